"""Which column of a customer export of Stripe is which field, where a person has translated the Dashboard's labels.

What has its usual label is left as it is. The rest is known by its label in another language and by what it holds:
ids of Stripe customers, e-mail addresses, dates with a time.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from resources.exports.column_contents import is_email, is_empty, is_stripe_id, share
from resources.exports.known_labels import fields_meant
from resources.exports.recognition import Taken
from resources.exports.usual_labels import ID_LABEL, OWN_LABELS, USUAL_LABELS
from resources.extracts.near_keys import METADATA_WORDS
from schemas.stripe_words import STRIPE_WORDS
from schemas.system_words import letters_of
from schemas.words import LINK_KEY

_NOTHING: Final[Mapping[str, str]] = {}
_NEARLY_ALL: Final = 0.9
_MOMENT: Final = r"^\d{1,4}[-./]\s?\d{1,2}[-./]\s?\d{1,4}\.?[ T,]+\d{1,2}:\d\d"
_OTHERS: Final = "^(ch|py|pi|in|ii|sub|si|txn|re|dp|po|tr|prod|price|seti)_"
_OF_METADATA: Final = re.compile(r"(.+?)\s*[(\uff08]\s*(\w+)\s*[)\uff09]")
_AS_IN_NETSUITE: Final = {"email": ("email",), "name": ("company_name", "name"), "phone": ("phone",)}


def recognize_stripe(columns: pl.DataFrame, said: Mapping[str, str] = _NOTHING) -> Sequence[Taken]:
    """Say which column is which field, of those fields that have no column with the Dashboard's label.

    Args:
        columns: the text of each column, by label.
        said: field → label, as a person says.
    """
    there = {label.casefold() for label in columns.columns}
    found = [Taken(name, label, "you said so") for name, label in said.items()]
    wanted = [name for name in _FIELDS if name not in said and not _is_there(name, there)]
    for name in wanted:
        taken = {each.label for each in found}
        free = [label for label in columns.columns if label not in taken and label.casefold() not in USUAL_LABELS]
        found += _one(name, free, columns)
    return [*found, *(each for each in _metadata(columns.columns, there) if each.field not in said)]


def is_customer_list(columns: pl.DataFrame) -> bool:
    """Whether a file is a customer export with labels of its own: it has ids and moments, and no internal id."""
    known = {each.field for each in recognize_stripe(columns)}
    return {"id", "created"} <= known and not any("internal_id" in fields_meant(label) for label in columns.columns)


def names_others(columns: pl.DataFrame) -> bool:
    """Whether the column `id` has ids of payments, invoices or the like, which only name a customer beside."""
    return "id" in columns.columns and share(columns.get_column("id"), _OTHERS) >= _NEARLY_ALL


def _is_there(name: str, labels: set[str]) -> bool:
    if name == "created":
        return any(label.startswith("created (") for label in labels)
    return (ID_LABEL if name == "id" else OWN_LABELS[name].casefold()) in labels


def _one(name: str, free: Sequence[str], columns: pl.DataFrame) -> Iterator[Taken]:
    """The column of a field: of those whose values fit the one whose label says so, or the only one."""
    fits = _FIELDS[name]
    fitting = [label for label in free if fits is None or fits(columns.get_column(label))]
    said = [label for label in fitting if _is_called(name, label)]
    filled = [label for label in said if not is_empty(columns.get_column(label))] or said
    if filled:
        yield Taken(name, filled[0], "by its label" + (", and by its values" if fits else ""))
        return
    alone = [label for label in fitting if name not in _ALONE or _ALONE[name](columns.get_column(label))]
    if fits and len(alone) == 1:
        yield Taken(name, alone[0], _CONTENTS[name])


def _is_called(name: str, label: str) -> bool:
    words = {letters_of(word) for word in STRIPE_WORDS.get(name, ())}
    plain = re.sub(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]\s*$", "", label)
    as_netsuite = {meant for each in (label, plain) for meant in fields_meant(each)}
    return bool({letters_of(label), letters_of(plain)} & words) or bool(as_netsuite & {*_AS_IN_NETSUITE.get(name, ())})


def _metadata(labels: Sequence[str], there: set[str]) -> Iterator[Taken]:
    for label in labels:
        found = _OF_METADATA.fullmatch(label.strip())
        if found and letters_of(found[2]) in METADATA_WORDS and found[2].casefold() != "metadata":
            yield Taken(f"metadata.{found[1]}", label, "by its label: a key of metadata")
        elif label == LINK_KEY and f"{LINK_KEY} (metadata)" not in there:
            yield Taken(f"metadata.{label}", label, "by its label: a key of metadata")


def _is_id(values: pl.Series) -> bool:
    return not values.null_count() and is_stripe_id(values) and values.n_unique() >= _NEARLY_ALL * values.len()


def _is_moment(values: pl.Series) -> bool:
    return not values.null_count() and share(values, _MOMENT) >= _NEARLY_ALL


def _may_be_moment(values: pl.Series) -> bool:
    """Whether values are moments in any form, or what was left of them: of what is no date the reader says why."""
    return not values.null_count() and share(values, r"\d|^#+$") >= _NEARLY_ALL


_FIELDS: Final[Mapping[str, Callable[[pl.Series], bool] | None]] = {
    "id": _is_id,
    "created": _may_be_moment,
    "email": lambda values: is_empty(values) or is_email(values),
    "name": None,
    "description": None,
    "phone": None,
}
_ALONE: Final = {"created": _is_moment}
"""What is wanted of values besides, where no label says what they are."""
_CONTENTS: Final = {
    "id": "its values are ids of Stripe customers",
    "created": "its values are dates with a time",
    "email": "its values are e-mail addresses",
}
