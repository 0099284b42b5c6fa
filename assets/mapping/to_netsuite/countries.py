"""Which country and which state a text of an address means (C10): by key, whole, and never by resemblance.

The names are in `schemas.country_names`. A name is found in a few more ways to write it (`_spellings`), each of which
only counts where no other country has it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from typing import Final
from unicodedata import category, normalize

import polars as pl

from assets.keys import key, key_expr
from assets.mapping.to_netsuite.few import altered
from schemas.country_names import COUNTRY_NAMES
from schemas.state_names import STATE_NAMES

SEVERAL: Final = "several"
"""Instead of a code: the name of several countries."""

_ARTICLE: Final = re.compile(r"(?:^the |,? \(the\)$|, the$)")
_IN_BRACKETS: Final = re.compile(r"(.+) \((.+)\)")


def country_code(name: str | None) -> str | None:
    """Return the ISO 3166-1 code that a text means, None for no country that is known, or for several.

    >>> country_code("de"), country_code("DEUTSCHLAND"), country_code("Korea (Republic of)"), country_code("korea")
    ('DE', None, 'KR', None)
    >>> country_code("St. Kitts & Nevis"), country_code("the Netherlands"), country_code("Cote d'Ivoire")
    ('KN', 'NL', 'CI')
    """
    found = _meaning(key(name)) if name else None
    return None if found == SEVERAL else found


def country_expr(column: pl.Expr) -> pl.Expr:
    """Return `country_code` of a String column, but `SEVERAL` for a name that several countries have."""
    is_code = column.is_in([*COUNTRY_NAMES])  # as nearly all of them are
    return altered(column, ~is_code, lambda names: _looked_up(names, _meaning))


def state_code_expr(state: pl.Expr, country: pl.Expr) -> pl.Expr:
    """Return a state as its short name where it is one of a country of `STATE_NAMES`, else as it is written.

    Args:
        state: a String column.
        country: the code of its country.
    """
    short = state
    for code, names in STATE_NAMES.items():
        is_name = (country == code) & ~state.is_in([*names])
        short = altered(short, is_name, partial(_state_codes, code))
    return short


def _state_codes(country: str, states: pl.Expr) -> pl.Expr:
    return pl.coalesce(_looked_up(states, lambda found: _states()[country].get(found or "")), states)


def _looked_up(names: pl.Expr, meaning: Callable[[str | None], str | None]) -> pl.Expr:
    """Return what the keys of names stand for. There are few different ones, so that only these get a key."""

    def look_up(texts: pl.Series) -> pl.Series:
        different = texts.unique()
        keys = pl.select(key_expr(pl.lit(different))).to_series()
        known = pl.Series([meaning(found) for found in keys], dtype=pl.String)
        return texts.replace_strict(different, known, return_dtype=pl.String)

    return names.map_batches(look_up, return_dtype=pl.String)


def _spellings(name: str) -> set[str]:
    """Other ways to write a name: without article, accents, hyphens or brackets, with `&` and `St.`, in any mix."""
    plain = _ARTICLE.sub("", name)
    inverted = _IN_BRACKETS.sub(r"\1, \2", plain)
    found = {plain, f"the {plain}", f"{plain} (the)", f"{plain}, the", inverted, inverted.replace(", the ", ", ")}
    found |= {one.replace(" and ", " & ") for one in found}
    found |= {one.replace("Saint ", short) for one in found for short in ("St. ", "St ")}
    found |= {one.replace("-", " ") for one in found}
    found |= {_without_accents(one) for one in found if not one.isascii()}
    return found | {one.replace("'", "\u2019") for one in found}


def _without_accents(text: str) -> str:
    return "".join(letter for letter in normalize("NFD", text) if category(letter) != "Mn")


def _meaning(found: str | None) -> str | None:
    """Return the code that a key stands for, or `SEVERAL`. Few need the other spellings, which go last."""
    return _listed().get(found or "") or _spelled().get(found or "")


@cache
def _listed() -> dict[str, str]:
    return _by_key(_names())


@cache
def _spelled() -> dict[str, str]:
    return _by_key((code, spelling) for code, name in _names() for spelling in _spellings(name))


def _names() -> Iterator[tuple[str, str]]:
    return ((code, name) for code, names in COUNTRY_NAMES.items() for name in (code, *names))


def _by_key(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    meanings: dict[str, str] = {}
    for code, name in pairs:
        found = key(name) or ""
        meanings[found] = code if meanings.get(found, code) == code else SEVERAL
    return meanings


@cache
def _states() -> dict[str, Mapping[str, str]]:
    return {
        country: {
            key(name) or "": code
            for code, full in states.items()
            for name in (code, full, _without_accents(full), full.replace(" and ", " & "))
        }
        for country, states in STATE_NAMES.items()
    }
