"""Which of our fields a column's label means, in the languages of `schemas.column_words`."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from schemas.column_words import FIELD_WORDS
from schemas.system_words import folded


def fields_meant(label: str) -> Mapping[str, frozenset[str]]:
    """Return the fields that a label may mean, each with the languages in which it does.

    >>> sorted(fields_meant("Interne-ID")["internal_id"]), dict(fields_meant("Umsatz"))
    (['de', 'nl'], {})
    """
    return _MEANT.get(label_key(label), {})


def rank_of(field: str, label: str) -> int:
    """Return the place of a label among those of a field, the smallest for the one that is preferred."""
    return min(
        at
        for words in FIELD_WORDS.values()
        for at, word in enumerate(words.get(field, ()))
        if label_key(word) == label_key(label)
    )


def label_key(label: str) -> str:
    """Return a label as it is looked up: without case, accents, white space and punctuation."""
    return "".join(filter(str.isalnum, folded(label)))


def _meant() -> Mapping[str, Mapping[str, frozenset[str]]]:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for language, fields in FIELD_WORDS.items():
        for field, words in fields.items():
            for word in words:
                found[label_key(word)][field].add(language)
    return {key: {field: frozenset(said) for field, said in fields.items()} for key, fields in found.items()}


_MEANT: Final = _meant()
