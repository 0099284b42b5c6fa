"""Which column of a saved search's export is which field: by its label, and by what it holds.

Nothing is guessed: what is taken has a reason that a person can read, and what is not clear is left open, with the
columns that it may be.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from resources.exports.column_contents import (
    BY_CONTENT,
    FITS,
    UNKNOWN_WORDS,
    is_empty,
    is_internal_id,
    is_numbered_name,
    values_shared,
)
from resources.exports.known_labels import fields_meant, rank_of
from schemas.link_fields import fields_of
from schemas.system_words import letters_of

_FIELDS: Final = (
    *("internal_id", "external_id", "stripe_id", "comments", "email", "company_name", "name", "first_name"),
    *("last_name", "phone", "stage", "inactive", "tax_id", "address1", "postal_code", "city"),
)
_COMPARED: Final = {"email": "Email", "company_name": "Name", "phone": "Phone"}
"""Our fields, and the label of Stripe's column of which they hold the same values."""
_MANY_SHARED: Final = 3
_CLEARLY: Final = 2
_JOINED: Final = " : "
"""What NetSuite has between the two names of a field that is not the customer's own, as in `Sales Rep : Email`."""
_MUST_BE_CLEAR: Final = frozenset({"internal_id", *(link.name for link in fields_of("netsuite"))})
_LANGUAGES: Final = {
    "en": "English", "de": "German", "ja": "Japanese", "fr": "French", "es": "Spanish", "pt": "Portuguese",
    "it": "Italian", "nl": "Dutch", "sv": "Scandinavian", "pl": "Polish", "cs": "Czech", "ru": "Russian",
    "zh": "Chinese", "ko": "Korean",
}  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """A column that is taken for a field, and why."""

    field: str
    label: str
    why: str


@dataclass(frozen=True)
class Open:
    """A field that may be in one of several columns, or in one that only a person can tell."""

    field: str
    labels: tuple[str, ...]
    why: str


@dataclass
class Recognized:
    """What was found.

    Attributes:
        taken: in the order of a declaration.
        open: what a person has to say.
        notes: sentences on columns that were not taken for what their label says, and on choices.
        has_numbered_names: whether the column `name` has NetSuite's numbers before its names.
    """

    taken: list[Taken] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    has_numbered_names: bool = False

    @property
    def labels(self) -> Mapping[str, str]:
        """Field → label."""
        return {each.field: each.label for each in self.taken}


def recognize(columns: pl.DataFrame, said: Mapping[str, str], stripe: pl.DataFrame | None = None) -> Recognized:
    """Say which column is which field.

    Args:
        columns: the text of each column, by label.
        said: field → label, as a person says.
        stripe: the columns of the Stripe export by label, whose values may be the same.
    """
    found = Recognized([Taken(name, label, "you said so") for name, label in said.items()])
    for name in _FIELDS:
        if name not in said:
            _by_label(found, name, columns)
    for name in BY_CONTENT:
        _by_content(found, name, columns)
    if stripe is not None:
        for name in _COMPARED:
            _by_shared_values(found, name, columns, stripe)
    _without_internal_id(found, columns)
    _name_of_netsuite(found, columns)
    order = [*_FIELDS, *said]
    found.taken.sort(key=lambda taken: order.index(taken.field))
    return found


def _is_settled(found: Recognized, name: str) -> bool:
    return name in found.labels or any(each.field == name for each in found.open)


def _free(found: Recognized, columns: pl.DataFrame) -> list[str]:
    taken = found.labels.values()
    return [label for label in columns.columns if label not in taken]


def _by_label(found: Recognized, name: str, columns: pl.DataFrame) -> None:
    meant = [label for label in _free(found, columns) if name in fields_meant(label)]
    fits = FITS.get(name)
    fitting = [label for label in meant if not (columns.height and fits) or fits(columns.get_column(label))]
    if not fitting and name in UNKNOWN_WORDS:
        fitting = [label for label in meant if UNKNOWN_WORDS[name](columns.get_column(label))]
    for label in meant:
        if label not in fitting:
            found.notes.append(f"{label!r} was not taken for {name}, as its label says: {_MISFITS[name]}.")
    filled = [label for label in fitting if not is_empty(columns.get_column(label))]
    among = filled or fitting
    if len(among) == 1:
        found.taken.append(Taken(name, among[0], _label_says(name, among[0], columns)))
    elif among and name in _MUST_BE_CLEAR:
        found.open.append(Open(name, tuple(among), "each has a label that says so"))
    elif among:
        first, *others = sorted(among, key=lambda label: rank_of(name, label))
        found.taken.append(
            Taken(name, first, f"{_label_says(name, first, columns)}, which goes before {_listed(others)}")
        )
        found.notes.append(f"{name} may as well be {_listed(others)}; {first!r} was taken.")


_MISFITS: Final = {
    "internal_id": "not every row has a whole number of its own there",
    "email": "it holds no e-mail addresses",
    "stage": "its words are no stages that are known",
    "inactive": "its words are neither yes nor no",
}


def _label_says(name: str, label: str, columns: pl.DataFrame) -> str:
    """Name the language of a label: of those it can be, the one that most labels of the file are."""
    spoken = Counter(language for each in columns.columns for said in fields_meant(each).values() for language in said)
    language = max(sorted(fields_meant(label)[name]), key=lambda each: spoken[each])
    by_label = f"by its label ({_LANGUAGES[language]})"
    if name in FITS and columns.height and not FITS[name](columns.get_column(label)):
        return f"{by_label}; its words are in no list"
    return by_label + (", and by its values" if name in FITS else "")


def _by_content(found: Recognized, name: str, columns: pl.DataFrame) -> None:
    if _is_settled(found, name):
        return
    free = [label for label in _free(found, columns) if not fields_meant(label)]
    among = [label for label in free if BY_CONTENT[name](columns.get_column(label))]
    if len(among) == 1 and _JOINED in among[0] and name != "stripe_id":
        why = f"{_CONTENTS[name]}, and its label, with {_JOINED.strip()!r}, says that they are another record's"
        found.open.append(Open(name, tuple(among), why))
    elif len(among) == 1:
        found.taken.append(Taken(name, among[0], _CONTENTS[name]))
    elif among:
        found.open.append(Open(name, tuple(among), _CONTENTS[name].replace("its values", "the values of each")))


_CONTENTS: Final = {
    "stripe_id": "its values are ids of Stripe customers",
    "email": "its values are e-mail addresses",
    "stage": "its values are words for stages",
}


def _by_shared_values(found: Recognized, name: str, columns: pl.DataFrame, stripe: pl.DataFrame) -> None:
    theirs = next((label for label in stripe.columns if letters_of(label) == letters_of(_COMPARED[name])), None)
    if _is_settled(found, name) or theirs is None:
        return
    values = stripe.get_column(theirs)
    free = [label for label in _free(found, columns) if not fields_meant(label)]
    shared = {label: values_shared(columns.get_column(label), values) for label in free}
    ranked = sorted(shared, key=lambda label: -shared[label])
    if ranked and shared[ranked[0]] >= _MANY_SHARED:
        first, second = shared[ranked[0]], shared[ranked[1]] if len(ranked) > 1 else 0
        why = f"{first:,} of its values are in Stripe's column {theirs!r}"
        if first >= _CLEARLY * second:
            found.taken.append(Taken(name, ranked[0], why))
        else:
            found.open.append(Open(name, tuple(ranked[:2]), f"as many values of both are in {theirs!r}"))


def _without_internal_id(found: Recognized, columns: pl.DataFrame) -> None:
    """Numbers of an unknown label may be internal ids, or customer numbers: only a person can tell."""
    if not _is_settled(found, "internal_id"):
        free = [label for label in _free(found, columns) if is_internal_id(columns.get_column(label))]
        found.open.append(Open("internal_id", tuple(free), "each row has a whole number of its own there"))


def _name_of_netsuite(found: Recognized, columns: pl.DataFrame) -> None:
    """NetSuite's own column *Name* is the company's name, mostly with a number before it."""
    label = found.labels.get("name")
    if label is None:
        return
    found.has_numbered_names = is_numbered_name(columns.get_column(label))
    at = next(at for at, taken in enumerate(found.taken) if taken.field == "name")
    if "company_name" in found.labels or any(each.field == "company_name" for each in found.open):
        del found.taken[at]
    elif not found.has_numbered_names:
        found.taken[at] = Taken("company_name", label, found.taken[at].why)


def unused(found: Recognized, labels: Iterable[str]) -> Iterator[str]:
    """Labels of columns that were taken for nothing, each once."""
    taken = set(found.labels.values())
    yield from (label for label in dict.fromkeys(labels) if label and label not in taken)


def _listed(labels: Sequence[str]) -> str:
    return " or ".join(map(repr, labels))
