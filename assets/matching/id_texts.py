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
_USUAL: Final = r"(?i)[0-9A-Za-z]*cus_[0-9A-Za-z]+"
_ESCAPED: Final = r"_|\\_|%5f|&#95;|&#x5f;|&lowbar;"
"""The `_` of an id as it is in a text that was made for Markdown, an address or a page."""

_HOLDS: Final = rf"(?i)cus(?:{_ESCAPED})"
_TORN: Final = r"(?i)\bcus(?:[\s\-]+|_\s+)"
_PIECES: Final = r"""[^\s,;|/"'`<>()\[\]{}]+"""


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
    return text.str.contains(_HOLDS) | as_latin(other).str.contains("(?i)cus_").fill_null(value=False)


def ids_within(text: pl.Expr) -> pl.Expr:
    """Return every usual id that stands in a text, in any case, as a list."""
    return text.str.extract_all(_USUAL).list.filter(pl.element().str.contains("(?i)^cus_"))


def may_mean(text: pl.Expr) -> pl.Expr:
    """Return all that a text may mean as an id: itself, its words, and the usual ids that a person sees in it.

    An id may be torn (`cus 1`, `cus_ 1`); where other numbers stand, it is not looked for.
    """
    whole = pl.concat_list(text)
    torn = ids_within(text.str.replace_all(_TORN, "cus_"))
    return pl.concat_list(whole, text.str.extract_all(_PIECES), ids_seen(text), torn).list.unique()


def ids_seen(text: pl.Expr) -> pl.Expr:
    r"""Return every usual id that a person sees in a text, as a list: with letters that look like its own, or escaped.

    >>> pl.select(ids_seen(pl.lit(r"%2Fcustomers%2Fcus_1 cus\_2 cus&#95;3"))).item().to_list()
    ['cus_1', 'cus_2', 'cus_3']
    """
    plain = as_latin(text).str.replace_all(f"(?i){_ESCAPED}", "_")
    return ids_within(plain.str.replace_all("%[0-9A-Fa-f]{2}", " "))
