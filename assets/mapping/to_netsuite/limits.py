"""What fits into a field: texts that are cut, texts that are left out, and the note that says so.

A note is a column of text, null for the rows that it does not concern.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from assets.keys import INVISIBLE, WHITE_SPACE
from assets.mapping.to_netsuite.few import altered
from assets.mapping.to_netsuite.settings import CreateSettings
from schemas.customer_fields import CUT, FIELD_WORDS

_OUTSIDE: Final = r"@\s,;:<>()\"\[\]\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_LABEL: Final = rf"[^{_OUTSIDE}.'`/\\|*{{}}!?#&=]+"
EMAIL: Final = rf"^[^{_OUTSIDE}]+@(?:{_LABEL}\.)+{_LABEL}$"
"""The form of one address: nothing around it, nothing that nobody sees, and a host of parts that are no signs."""

FEWEST_DIGITS: Final = 7
"""NetSuite takes a shorter number for a mistake."""

UNSEEN: Final = WHITE_SPACE + INVISIBLE
"""What is taken away at both ends of a text."""


@dataclass(frozen=True)
class Fitted:
    """A value that fits, and the notes on what was done to it."""

    value: pl.Expr
    notes: tuple[pl.Expr, ...] = ()


def words_of(field: str) -> str:
    """What people call a field."""
    return FIELD_WORDS.get(field, field)


def note(text: str, when: pl.Expr) -> pl.Expr:
    """Return a note for the rows where something is true."""
    return pl.when(when).then(pl.lit(text))


def fitted(value: pl.Expr, field: str, settings: CreateSettings, words: str | None = None) -> Fitted:
    """Cut a text to the length of its field, or leave it out where a part would be another value.

    Args:
        value: the text, a column.
        field: the script id of the field.
        settings: with the lengths.
        words: what people call the field, where that is not its usual name.
    """
    limit = settings.limit(field)
    if limit is None:
        return Fitted(value)
    is_long = value.str.len_chars() > limit
    name = words or words_of(field)
    if field in CUT:
        cut = altered(value, is_long, lambda long: long.str.slice(0, limit).str.strip_chars(UNSEEN))
        return Fitted(cut, (note(f"{name} cut to {limit} characters", is_long),))
    return Fitted(pl.when(~is_long).then(value), (note(f"{name} left out: longer than {limit} characters", is_long),))


def fitted_email(value: pl.Expr, settings: CreateSettings) -> Fitted:
    """Leave out an e-mail that has not the form of one address, or is too long."""
    return _checked(
        value, "email", settings, lambda text: text.str.contains(EMAIL), "it has not the form of an address"
    )


def fitted_phone(value: pl.Expr, field: str, settings: CreateSettings, words: str | None = None) -> Fitted:
    """Leave out a phone number that is too short or too long."""
    too_few = f"it has fewer than {FEWEST_DIGITS} digits"
    has_digits = rf"(?:\d\D*){{{FEWEST_DIGITS}}}"  # counting them all costs five times as much
    return _checked(value, field, settings, lambda text: text.str.contains(has_digits), too_few, words)


def _checked(
    value: pl.Expr,
    field: str,
    settings: CreateSettings,
    is_good: Callable[[pl.Expr], pl.Expr],
    why: str,
    words: str | None = None,
) -> Fitted:
    good = is_good(value)
    left_out = note(f"{words or words_of(field)} left out: {why}", ~good)
    rest = fitted(pl.when(good).then(value), field, settings, words)
    return Fitted(rest.value, (left_out, *rest.notes))
