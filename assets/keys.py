"""The key of a value: what it is compared by. Two values match when their keys are equal, whole.

`key` is the definition, a few lines of plain Python; `key_expr` is the same for columns. Which columns are compared,
and what follows from it, is the subject of `assets.matching`. Ids are compared as exact text and need no key.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

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
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    return folded.translate(_REMOVED) or None


def key_expr(column: pl.Expr) -> pl.Expr:
    """Return the expression that equals `key` on every value of a String column, null where it is None.

    Elementwise, so it streams. Printable ASCII takes a short road; only the other rows pay for Unicode. The second
    decomposition of `key` is left out, because folding keeps decomposed text decomposed: each folded form is decomposed
    itself, and the only mark that becomes a letter, U+0345, stands behind all marks that could swap with it.
    """
    is_plain = column.str.contains(r"^ *[!-~][ -~]*$")
    plain = pl.when(is_plain).then(column)
    other = pl.when(~is_plain).then(column)
    return pl.coalesce(_plain_key(plain), _other_key(other))


def is_blank(column: pl.Expr) -> pl.Expr:
    """Return whether a value has no key, for less than the price of the key."""
    return ~column.str.contains(rf"[^\s{INVISIBLE}]").fill_null(value=False)


def _plain_key(column: pl.Expr) -> pl.Expr:
    return column.str.to_lowercase().str.replace_all(" ", "", literal=True)


def _other_key(column: pl.Expr) -> pl.Expr:
    repaired = _fold_repairs() | dict.fromkeys(WHITE_SPACE + INVISIBLE, "")
    lowered = column.str.normalize("NFD").str.to_lowercase()
    return lowered.str.replace_many(list(repaired), list(repaired.values())).replace("", None)


@cache
def _fold_repairs() -> dict[str, str]:
    """Return what turns lower-cased, decomposed text into folded text: some 120 letters.

    Made from the engine's own lower-casing and this Python's folding, because each brings its own version of Unicode.
    A map in front of lower-casing could not do it: Cherokee folds to its capitals.
    """
    letters = list(_decomposed_letters())
    lowered = pl.Series(letters, dtype=pl.String).str.to_lowercase()
    pairs = zip(lowered, map(str.casefold, letters), strict=True)
    return {lower: folded for lower, folded in pairs if lower != folded}


def _decomposed_letters() -> Iterator[str]:
    """Yield what can stand in decomposed text and has case: nothing above U+1FFFF does."""
    for letter in map(chr, range(0x20000)):
        is_known = unicodedata.category(letter) not in {"Cn", "Cs"}
        if is_known and unicodedata.is_normalized("NFD", letter):
            yield letter
