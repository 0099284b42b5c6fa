"""Which of our fields a column's label means, in the languages of `schemas.column_words`."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from schemas.column_words import FIELD_WORDS
from schemas.system_words import letters_of


def fields_meant(label: str) -> Mapping[str, frozenset[str]]:
    """Return the fields that a label may mean, each with the languages in which it does.

    >>> sorted(fields_meant("Interne-ID")["internal_id"]), dict(fields_meant("Umsatz"))
    (['de', 'nl'], {})
    """
    return _MEANT.get(letters_of(label), {})


def rank_of(field: str, label: str) -> int:
    """Return the place of a label among those of a field, the smallest for the one that is preferred."""
    return min(
        at
        for words in FIELD_WORDS.values()
        for at, word in enumerate(words.get(field, ()))
        if letters_of(word) == letters_of(label)
    )


def _meant() -> Mapping[str, Mapping[str, frozenset[str]]]:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for language, fields in FIELD_WORDS.items():
        for field, words in fields.items():
            for word in words:
                found[letters_of(word)][field].add(language)
    return {key: {field: frozenset(said) for field, said in fields.items()} for key, fields in found.items()}


_MEANT: Final = _meant()
