"""Which keys stand for no value: placeholders of exports, and numbers that a spreadsheet has damaged.

They are no keys: nothing is matched by them, in either system. What is written compares with the text that is really
there, so no frame is changed. The list is in `schemas.no_value`; what has the form of none in `no_value_forms`.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

import polars as pl

from assets.keys import key
from assets.no_value_forms import ASCII_TEXT_MAY, FORMS, MAY_HAVE_ONE
from schemas.declaration import Declaration
from schemas.no_value import NO_VALUE, NOBODY

DAMAGED: Final = r"^[+-]?\d+(?:[.,]\d+)?e\+\d+$"
"""A key such as `4.93012e+11`: of a phone or an id, of which a spreadsheet has kept six digits."""


def placeholder_keys(words: Iterable[str]) -> frozenset[str]:
    """Return the keys of a list of placeholders.

    >>> sorted(placeholder_keys(["- None -", "N/A", " "]))
    ['-none-', 'n/a']
    """
    return frozenset(found for found in map(key, words) if found)


PLACEHOLDERS: Final = placeholder_keys(NO_VALUE)
BY_FORM: Final = " "
"""In a list of keys it says that what is masked or was not filled in is none either; it is no key itself."""
OF_NOBODY: Final = placeholder_keys(NOBODY) | {BY_FORM}
"""What people write for nobody: nothing is matched by these keys either. A link or a flag they may well be."""


def placeholders_of(declaration: Declaration) -> frozenset[str]:
    """Return the keys of what stands for nothing in the systems of a declaration (`no_value`)."""
    return _keys_of(tuple(declaration.placeholders))


def nobody_of(declaration: Declaration) -> frozenset[str]:
    """Return the keys of what people write for nobody; none where a declaration has a list of its own (`no_value`)."""
    return OF_NOBODY if declaration.no_value is None else frozenset()


def no_keys_of(declaration: Declaration) -> frozenset[str]:
    """Return the keys by which no rule of a declaration finds anybody."""
    return placeholders_of(declaration) | nobody_of(declaration)


@cache
def _keys_of(words: tuple[str, ...]) -> frozenset[str]:
    """Made once: most declarations have the same words, and ask for them again and again."""
    return placeholder_keys(words)


def is_placeholder_of(declaration: Declaration) -> Callable[[str], bool]:
    """Return what says whether a text stands for nothing in the systems of a declaration."""
    words = placeholders_of(declaration)
    return lambda text: key(text) in words


def is_placeholder(keys: pl.Expr, words: frozenset[str] = PLACEHOLDERS) -> pl.Expr:
    """Return whether keys are placeholders."""
    is_listed = keys.is_in(pl.Series(sorted(words), dtype=pl.String).implode())
    return is_listed | keys.str.contains(FORMS) if BY_FORM in words else is_listed


def may_have_form(keys: pl.Expr, words: frozenset[str]) -> pl.Expr:
    """Return whether keys may be no value by their form, of few others."""
    return keys.str.contains(MAY_HAVE_ONE) if BY_FORM in words else pl.lit(value=False)


def is_damaged(keys: pl.Expr) -> pl.Expr:
    """Return whether keys are numbers that a spreadsheet has damaged."""
    return keys.str.contains(DAMAGED)


def is_no_value(keys: pl.Expr, words: frozenset[str] = PLACEHOLDERS) -> pl.Expr:
    """Return whether keys stand for no value."""
    return is_placeholder(keys, words) | is_damaged(keys)


def rows_without_value(
    keys: pl.DataFrame, words: frozenset[str] = PLACEHOLDERS, hashed: Callable[[pl.Expr], pl.Expr] = pl.Expr.hash
) -> pl.Series:
    """Return the row numbers of keys that stand for no value.

    Hashes tell which few to look at: text would cost a fifth of the keys.

    Args:
        keys: `key` and `hash`.
        words: keys of placeholders.
        hashed: made the hashes.
    """
    hashes = pl.Series(sorted(words), dtype=pl.String).to_frame("word").select(hashed(pl.col("word"))).to_series()
    key = keys.get_column("key")
    is_number = key < ":"  # or a sign, and few else
    numbers = is_number.arg_true().filter(key.filter(is_number).str.contains("e+", literal=True))
    found = [keys.get_column("hash").is_in(hashes.implode()).arg_true(), numbers]
    if BY_FORM in words:
        found.append(key.str.contains(MAY_HAVE_ONE).arg_true())
    at = pl.concat(found).unique()
    return at.filter(pl.select(is_no_value(pl.lit(key.gather(at)), words)).to_series())


def may_be_no_value(column: pl.Expr, words: frozenset[str] = PLACEHOLDERS) -> pl.Expr:
    """Return whether texts may have such a key, or none; true of few others, for a fifth of the price of the keys."""
    return (column.str.len_bytes() != column.str.len_chars()) | column.str.contains(no_value_pattern(words))


@cache
def no_value_pattern(words: frozenset[str] = PLACEHOLDERS) -> str:
    """Return a pattern of the ASCII texts that may have such a key, or none; any text beyond ASCII may have one.

    Of long words only the beginning is looked at: each thread makes a machine of it, which for whole words takes tens
    of megabytes, and few other texts begin so.
    """
    # It is one of bytes: Unicode's classes cost many times as much.
    known = [word for word in words - {BY_FORM} if word.isascii()]
    whole = _one_of(word for word in known if len(word) <= _LOOKED_AT)
    begun = _one_of({word[:_LOOKED_AT] for word in known if len(word) > _LOOKED_AT})
    ways = [rf"(?:{whole}|{_SPACED_DAMAGED}{_SPACE})?$", *filter(None, [begun])]
    return rf"(?i-u:^{_SPACE}(?:{'|'.join(ways)}){f'|{ASCII_TEXT_MAY}' if BY_FORM in words else ''})"


def _one_of(words: Iterable[str]) -> str:
    """Return a pattern of words with white space anywhere, in which words that begin alike do so together."""
    rests: dict[str, list[str]] = {}
    for word in sorted(words):
        rests.setdefault(word[:1], []).append(word[1:])
    is_end = bool(rests.pop("", None))
    ways = [f"\\x{ord(first):02x}{_SPACE}{_one_of(rest)}" for first, rest in rests.items()]
    return f"(?:{'|'.join(ways)}){'?' if is_end else ''}" if ways else ""


_LOOKED_AT: Final = 5
_SPACE: Final = r"[\t-\r ]*"
_SPACED_DAMAGED: Final = rf"[+-]?[\d\t-\r ]+(?:[.,][\d\t-\r ]+)?e{_SPACE}\+[\d\t-\r ]+"
