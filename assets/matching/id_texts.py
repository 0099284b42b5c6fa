"""What a field that holds an id says: one id, or something that may mean some.

People put more into such fields than an id: two of them, an address of Stripe's Dashboard, an id whose case an import
has changed, characters that nobody sees. What can be read as one id counts as that id. What cannot may mean each
customer whose id is in it, in any case.
"""

from typing import Final

import polars as pl

from assets.matching.look_alikes import as_latin
from schemas.invisible import without_invisible

_PREFIX: Final = r"""^[\s"'`<(\[{]*(?:[^\s,;|]*/)?"""
_SUFFIX: Final = r"""(?:/[^\s,;|]*|\?[^\s,;|]+|\#[^\s,;|]+)?[\s"'`>)\]}.,;:]*$"""
_ONE_ID: Final = rf"{_PREFIX}(cus_[0-9A-Za-z]+){_SUFFIX}"
_IN_AN_ADDRESS: Final = r"^\s*https?://[^\s,;|]*/customers/([^\s/?#,;|]+)(?:[/?#][^\s,;|]*)?\s*$"
_USUAL: Final = r"(?i)[0-9A-Za-z]*(?:cus_)+[0-9A-Za-z]+"
_ESCAPED: Final = r"_|\\_|%5f|&#95;|&#x5f;|&lowbar;"
"""The `_` of an id as it is in a text that was made for Markdown, an address or a page."""

_HOLDS: Final = rf"(?i)cus(?:{_ESCAPED})"
_TORN: Final = r"(?i)\bcus(?:[\s\-]+|_\s+)"
_PIECES: Final = r"""[^\s,;|/"'`<>()\[\]{}]+"""
_FRONT: Final = r"(?i)^[^0-9A-Za-z]*(?:(?:cus|us|s)?[_\-.:#]+|cus)*"
"""All of `cus_` that may stand before the rest of an id: once, twice, a part of it."""
_BEHIND: Final = r"[^0-9A-Za-z]+$"
_LONG: Final = 8
"""Letters and digits of a word that may be an id without `cus_` beside other words."""
STRIPES: Final = 14
"""Letters and digits behind `cus_` of the ids that Stripe gives."""
_BARE: Final = rf"(?i)^[^0-9A-Za-z]*(?:cus[^0-9A-Za-z]*)?[0-9A-Za-z]{{{STRIPES}}}[^0-9A-Za-z]*$"
_IS_MIXED: Final = "[0-9].*[A-Za-z]|[A-Za-z].*[0-9]"
_OF_STRIPE: Final = r"(?i)(?:^|[^0-9A-Za-z])cus(?:[_\-]|\s+[0-9A-Za-z]*[0-9])|\bstripe\.com/"
_CUT: Final = r"cus_[0-9A-Za-z]{6,}"
"""As much of an id as tells whose it is."""


def cleaned(text: pl.Expr) -> pl.Expr:
    """Return a text without white space around it and without invisible characters (Unicode's Cf), null if empty.

    A zero-width space, a soft hyphen, a byte-order mark or a mark of direction is never part of an id.
    """
    visible = without_invisible(text).str.strip_chars()
    return pl.when(visible != "").then(visible)


def one_id(text: pl.Expr) -> pl.Expr:
    """Return the one id that a text holds with decoration around it, such as an address; null if it is not so clear.

    >>> pl.select(one_id(pl.lit("https://dashboard.stripe.com/customers/cus_A1/subscriptions"))).item()
    'cus_A1'
    >>> pl.select(one_id(pl.lit("'cus_A1'."))).item()
    'cus_A1'
    >>> pl.select(one_id(pl.lit("cus_A1, cus_B2"))).item() is pl.select(one_id(pl.lit("not cus_A1"))).item() is None
    True
    """
    is_single = text.str.count_matches(r"(?i)cus_") == 1
    usual = pl.when(is_single).then(text.str.extract(_ONE_ID))
    return pl.coalesce(usual, text.str.extract(_IN_AN_ADDRESS))


def may_hold_ids(text: pl.Expr) -> pl.Expr:
    """Return whether a usual id may stand in a text, or seem to; few texts have letters beyond ASCII."""
    other = pl.when(text.str.len_bytes() != text.str.len_chars()).then(text)
    seems_to = as_latin(other).str.contains("(?i)cus_").fill_null(value=False)
    return text.str.contains(_HOLDS) | text.str.contains(_BARE) | seems_to


def ids_within(text: pl.Expr) -> pl.Expr:
    """Return every usual id that stands in a text, in any case, as a list."""
    return text.str.extract_all(_USUAL).list.filter(pl.element().str.contains("(?i)^cus_"))


def may_mean(text: pl.Expr) -> pl.Expr:
    """Return all that a text may mean as an id: itself, its words, and the usual ids that a person sees in it.

    An id may be torn (`cus 1`, `cus_ 1`, `cus_A 1`), or have `cus_` not at all, in part or twice; where other numbers
    stand, only a long one is looked for so.
    """
    pieces = text.str.extract_all(_PIECES)
    torn = ids_within(text.str.replace_all(_TORN, "cus_"))
    long = pieces.list.filter(pl.element().str.len_bytes() >= _LONG).list.eval(_with_prefix(pl.element()))
    return pl.concat_list(pl.concat_list(text), pieces, ids_seen(text), torn, long, _whole(text)).list.unique()


def may_mean_among_others(text: pl.Expr) -> pl.Expr:
    """Return all that a text of a field for anybody's numbers may mean as an id: less than `may_mean` does."""
    whole = _whole(text)
    long = pl.when(whole.list.first().str.len_bytes() >= len("cus_") + _LONG).then(whole)
    return pl.concat_list(ids_seen(text), long.fill_null([])).list.unique()


def _whole(text: pl.Expr) -> pl.Expr:
    """Return a text as one id, in a list: without white space, and with `cus_` before it."""
    return pl.concat_list(_with_prefix(text.str.replace_all(r"\s+", "")))


def _with_prefix(text: pl.Expr) -> pl.Expr:
    return "cus_" + text.str.replace(_FRONT, "").str.replace(_BEHIND, "")


def cut_id(text: pl.Expr) -> pl.Expr:
    """Return what a text ends with and may be the beginning of an id; null if it is none.

    >>> pl.select(cut_id(pl.lit("https://dashboard.stripe.com/customers/cus_Nffr..."))).item() is None
    True
    >>> pl.select(cut_id(pl.lit("https://dashboard.stripe.com/customers/cus_NffrFeUfN..."))).item()
    'cus_NffrFeUfN'
    """
    return text.str.extract(rf"({_CUT})[^0-9A-Za-z]*$")


def is_nearly_an_id(text: pl.Expr) -> pl.Expr:
    """Return whether a text seems to be one of Stripe's ids or addresses, however it is written.

    >>> pl.select(is_nearly_an_id(pl.lit("dashboard.stripe.com/custom"))).item()
    True
    >>> pl.select(is_nearly_an_id(pl.lit("see the customer's notes"))).item()
    False
    """
    return text.str.contains(_OF_STRIPE) | (text.str.contains(_BARE) & text.str.contains(_IS_MIXED))


def ids_seen(text: pl.Expr) -> pl.Expr:
    r"""Return every usual id that a person sees in a text, as a list: with letters that look like its own, or escaped.

    >>> pl.select(ids_seen(pl.lit(r"%2Fcustomers%2Fcus_1 cus\_2 cus&#95;3"))).item().to_list()
    ['cus_1', 'cus_2', 'cus_3']
    """
    plain = as_latin(text).str.replace_all(f"(?i){_ESCAPED}", "_")
    return ids_within(plain.str.replace_all("%[0-9A-Fa-f]{2}", " "))
