"""What a column of text holds, by its values alone: ids, e-mails, stages, words for yes and no.

Used to recognise columns whose labels are not known, and to distrust labels whose values are something else.
"""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from schemas.rule_kinds.netsuite_name import NUMBERED, SOME
from schemas.system_words import BUILT_IN
from schemas.words import USUAL_STRIPE_ID

_MOST: Final = 0.5
_NEARLY_ALL: Final = 0.9
_MOST_WORDS: Final = 60
_MOST_STAGES: Final = 12
_ANSWERS: Final = 2


def is_internal_id(values: pl.Series) -> bool:
    """Whether each row has a whole number of its own."""
    numbers = values.str.strip_chars().str.contains("^[1-9][0-9]{0,17}$").fill_null(value=False)
    return bool(values.len()) and bool(numbers.all()) and values.n_unique() >= _NEARLY_ALL * values.len()


def is_stripe_id(values: pl.Series) -> bool:
    """Whether nearly all values are ids of Stripe customers."""
    return share(values, USUAL_STRIPE_ID) >= _NEARLY_ALL


def is_email(values: pl.Series) -> bool:
    """Whether most values are e-mail addresses."""
    return share(values, r"^[^\s@]+@[^\s@]+$") >= _MOST


def is_stage(values: pl.Series) -> bool:
    """Whether most values are words for a stage, of which there are few."""
    return _few_words(values, lambda word: BUILT_IN.stage(word) is not None)


def is_answer(values: pl.Series) -> bool:
    """Whether most values are words for yes and no, or nothing."""
    return not _filled(values).len() or _few_words(values, lambda word: BUILT_IN.answer(word) is not None)


def is_numbered_name(values: pl.Series) -> bool:
    """Whether names have NetSuite's number before them, or parents."""
    return share(values, NUMBERED) >= SOME


def share(values: pl.Series, pattern: str) -> float:
    """Return the share of the values that are there which are like a pattern."""
    filled = _filled(values)
    return float(filled.str.strip_chars().str.contains(pattern).mean() or 0) if filled.len() else 0.0  # type: ignore[arg-type]


def values_shared(values: pl.Series, others: pl.Series) -> int:
    """Return how many different values of a column another one has, letter case and blanks aside."""
    return len(set(_plain(values)) & set(_plain(others)))


def is_empty(values: pl.Series) -> bool:
    """Whether nothing is in a column."""
    return not _filled(values).len()


FITS: Final[Mapping[str, Callable[[pl.Series], bool]]] = {
    "internal_id": is_internal_id,
    "email": lambda values: is_empty(values) or is_email(values),
    "stage": is_stage,
    "inactive": is_answer,
}
"""What the values of a field have to be, where that can be told; a label alone is not believed."""

UNKNOWN_WORDS: Final[Mapping[str, Callable[[pl.Series], bool]]] = {
    "stage": lambda values: _may_be_words(values, _MOST_STAGES),
    "inactive": lambda values: _may_be_words(values, _ANSWERS),
}
"""What they may be all the same, by their label, in words of a language that nobody knows: better asked for than left
out, as leads and inactive customers would then count like any others."""

BY_CONTENT: Final[Mapping[str, Callable[[pl.Series], bool]]] = {
    "stripe_id": is_stripe_id,
    "email": is_email,
    "stage": is_stage,
}
"""Fields that are recognised by their values where no label is known."""


def _few_words(values: pl.Series, means: Callable[[str], bool]) -> bool:
    filled = _filled(values)
    words = filled.unique().head(_MOST_WORDS + 1).to_list()
    if not words or len(words) > _MOST_WORDS:
        return False
    known = filled.is_in([word for word in words if means(word)])
    return float(known.mean() or 0) >= _MOST  # type: ignore[arg-type]


def _may_be_words(values: pl.Series, most: int) -> bool:
    """Whether there are some words, no more different ones than that, and nothing else: no numbers, no e-mails."""
    words = _filled(values).unique().head(most + 1)
    return 0 < words.len() <= most and bool(words.str.contains(r"^[^\d@]*\p{L}[^\d@]*$").all())


def _filled(values: pl.Series) -> pl.Series:
    return values.filter((values.str.strip_chars().str.len_bytes() > 0).fill_null(value=False))


def _plain(values: pl.Series) -> pl.Series:
    return _filled(values).str.to_lowercase().str.replace_all(r"\s", "").unique()
