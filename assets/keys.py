"""The key of a value: what it is compared by. Two values match when their keys are equal, whole.

`key` is the definition, a few lines of plain Python; `key_expr` is the same for columns, and `with_keys` for millions
of rows. Which columns are compared, and what follows from it, is the subject of `assets.matching`. Ids are compared as
exact text and need no key.
"""

from collections.abc import Callable
from functools import cache
from typing import Final
from unicodedata import is_normalized, normalize

import polars as pl

WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000"
)
"""The code points with Unicode's property White_Space (PropList.txt). `str.isspace` has four more, U+001C to U+001F."""

INVISIBLE: Final = "\u180e\u200b\u2060\ufeff"
"""Code points that look like nothing and come along when text is copied from a page or a spreadsheet."""

_REMOVED: Final = dict.fromkeys(map(ord, WHITE_SPACE + INVISIBLE))


def key(text: str | None) -> str | None:
    r"""Return the key of a text, None if nothing is left (M3, M4).

    It is the text decomposed (NFD), case-folded, decomposed again, and without white space and invisible characters.

    White space and letter case never matter:

    >>> key(" Acme  GmbH") == key("ACME\u00a0gmbh") == "acmegmbh"
    True
    >>> key("Straße") == key("STRASSE")
    True

    One letter is one letter, however its accent is stored:

    >>> key("Jos\u00e9") == key("Jose\u0301")
    True
    >>> key("José") == key("Jose")
    False

    Folding is Unicode's, whole, and does not depend on the place of a letter or on a language:

    >>> key("ΟΔΥΣΣΕΥΣ") == key("οδυσσευς")
    True
    >>> key("I") == key("\u0131")
    False

    Exact means exact: no compatibility forms, no numbers read as numbers, no part of a value, no punctuation dropped:

    >>> key("\uff21\uff23\uff2d\uff25") == key("ACME")
    False
    >>> key("00123") == key("123")
    False
    >>> key("company ID 12345") == key("12345")
    False
    >>> key("Acme, Inc.") == key("Acme Inc")
    False

    Characters that nobody sees are not there, and nothing matches nothing:

    >>> key("acme\u200b.com") == key("acme.com")
    True
    >>> key(" \ufeff ") is None and key("") is None and key(None) is None
    True
    """
    if text is None:
        return None
    folded = normalize("NFD", normalize("NFD", text).casefold())
    return folded.translate(_REMOVED) or None


def key_expr(column: pl.Expr) -> pl.Expr:
    """Return the expression that equals `key` on every value of a String column, null where it is None.

    Elementwise, so it streams.
    """
    folded = folded_expr(column)
    return pl.when(folded.str.len_bytes() > 0).then(folded)


def folded_expr(column: pl.Expr) -> pl.Expr:
    """Return `key_expr`, but empty text instead of null where a value has nothing that is compared: a little cheaper.

    ASCII, by far the most, takes a short road; only the other rows pay for Unicode.
    """
    other = pl.when(~_is_plain(column)).then(column)
    return pl.coalesce(_folded_other(other), _folded_plain(column))


def with_keys(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows with the `key` of their `text` in its place; some have none or an empty one, some are gone.

    Three quarters of the price of `key_expr`, half where most texts are keys already, as e-mails are. The rows are
    parted by the road that they take, so the order is another one.
    """
    text, rows = pl.col("text"), rows.drop_nulls("text")
    done = []
    if _are_mostly_keys(rows):
        marked = rows.with_columns(is_done=~text.str.contains(_NO_KEY)).collect(engine="streaming")
        done.append(marked.lazy().filter("is_done").drop("is_done"))
        rows = marked.lazy().filter(~pl.col("is_done")).drop("is_done")
    marked = rows.with_columns(is_plain=_is_plain(text)).collect(engine="streaming")
    plain = marked.lazy().filter("is_plain").drop("is_plain")
    # The table of letters is made once for each chunk, so there should be few.
    other = marked.filter(~pl.col("is_plain")).drop("is_plain").rechunk().lazy()
    folded = [plain.with_columns(_folded_plain(text)), other.with_columns(_folded_other(text))]
    return pl.concat([*done, *folded]).rename({"text": "key"})


def hashed_keys(rows: pl.LazyFrame, hashed: Callable[[pl.Expr], pl.Expr] = pl.Expr.hash) -> pl.DataFrame:
    """Add the `hash` of each `key`, and leave out rows without one.

    Args:
        rows: `key`, and columns that stay as they are.
        hashed: any function of a key; a bad one costs time, never the truth.
    """
    is_filled = pl.col("key").str.len_bytes() > 0
    return rows.filter(is_filled).with_columns(hash=hashed(pl.col("key"))).collect(engine="streaming")


_BLOCK: Final = 128
"""Letters that are looked at together: of most blocks none has case."""

_NO_KEY: Final = r"[^!-@\[-~]"
"""Of ASCII: what a key never has. Beyond it, what one may have."""
_SAMPLE: Final = 10_000


def _are_mostly_keys(rows: pl.LazyFrame) -> bool:
    """Return whether it pays to look for texts that are keys as they are; the first rows tell."""
    some = rows.select(pl.col("text").str.contains(_NO_KEY)).head(_SAMPLE).collect(engine="streaming").to_series()
    return 2 * (some.sum() or 0) < some.len()


def _is_plain(column: pl.Expr) -> pl.Expr:
    # A space is the only white space of the short road; looking for the other five costs less than removing them.
    return (column.str.len_bytes() == column.str.len_chars()) & ~column.str.contains(r"[\t-\r]")


def _folded_plain(column: pl.Expr) -> pl.Expr:
    return column.str.to_lowercase().str.replace_all(" ", "", literal=True)


def _folded_other(column: pl.Expr) -> pl.Expr:
    """Return the folded form of any text.

    The second decomposition of `key` is left out, because folding keeps decomposed text decomposed: each folded form is
    decomposed itself, and the only mark that becomes a letter, U+0345, stands behind all marks that could swap with it.
    """
    folded = _folded_forms()
    return column.str.normalize("NFD").str.replace_many([*folded], [*folded.values()])


def is_blank(column: pl.Expr) -> pl.Expr:
    """Return whether a value has no key, for less than the price of the key."""
    return ~column.str.contains(rf"[^\s{INVISIBLE}]").fill_null(value=False)


@cache
def _folded_forms() -> dict[str, str]:
    """Return each decomposed letter that folding changes, some 1,100, and each removed character, with its new form."""
    # Nothing above U+1FFFF has case, and the surrogates, U+D800 to U+DFFF, are no text.
    blocks = ("".join(map(chr, range(start, start + _BLOCK))) for start in range(0, 0x20000, _BLOCK))
    letters = (letter for block in blocks if block.casefold() != block for letter in block)
    pairs = ((letter, letter.casefold()) for letter in letters)
    folded = {letter: form for letter, form in pairs if form != letter and is_normalized("NFD", letter)}
    return folded | dict.fromkeys(WHITE_SPACE + INVISIBLE, "")
