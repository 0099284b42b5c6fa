"""Further fields of a Stripe export: the labels under which they may stand, and which of them have to be there.

Those of rules have to be, for without them a rule compares nothing. Those of new records are read where the file has
them, since an export shows only what somebody has ticked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from resources.exports.header import Header
from resources.exports.known_labels import fields_meant
from resources.exports.usual_labels import USUAL_LABELS
from schemas.declaration.rules import EXPORT_PATHS, STRIPE_PATHS
from schemas.errors import ExportError
from schemas.stripe_words import STRIPE_WORDS
from schemas.system_words import letters_of


@dataclass(frozen=True)
class Further:
    """Fields that become columns of that name: a path as in rules, or a column's label.

    Attributes:
        needed: by a rule, so that they have to be there.
        if_there: those of nulls where the file has no such column.
        who_paid: labels of columns, one of which has to be there, because it tells who has paid.
    """

    needed: Sequence[str] = ()
    if_there: Sequence[str] = ()
    who_paid: Sequence[str] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All columns."""
        return tuple(dict.fromkeys([*self.needed, *self.if_there, *self.who_paid]))


_IN_BRACKETS: Final = re.compile(r"\s*\([^()]*\)$")
NOTHING_MORE: Final = Further()


def further_columns(header: Header, further: Further) -> dict[str, str]:
    """The label of the column of each further field that the file has.

    Raises:
        ExportError: a column is missing that a rule needs, or all that tell who has paid.
    """
    found = {name: _label_of(header, name) for name in further.names}
    for name in further.needed:
        if found[name] is None:
            labels = " or ".join(map(repr, _labels(name)))
            raise ExportError(
                f"{header.source} has no column {labels}, which a rule needs; its columns are: {header.shown}. Add it "
                "to the export, or take the rule out."
            )
    if further.who_paid and not any(found[name] for name in further.who_paid):
        raise ExportError(
            f"{header.source} has no column {' or '.join(map(repr, further.who_paid))}, which tells who has paid; its "
            f"columns are: {header.shown}. Add one to the export, or write `when: at_once` under `create`."
        )
    return {name: label for name, label in found.items() if label is not None}


def label_in_any_case(header: Header, label: str) -> str | None:
    """The label that the file has for this one, whose case varies; none where it has none.

    Raises:
        ExportError: it has several.
    """
    found = header.in_any_case(label)
    if len(set(found)) > 1:
        shown = " and ".join(map(repr, found))
        raise ExportError(f"{header.source} has {shown}, each of which is {label!r}; {header.if_doubled}.")
    return found[0] if found else None


def way_to_declare(header: Header, field: str) -> str:
    """How to declare the column that may be a field under another label, as the end of a sentence; else nothing."""
    known = {letters_of(word) for word in STRIPE_WORDS.get(field, ())}
    for label in header.labels:
        if label.casefold() not in USUAL_LABELS and (
            letters_of(_IN_BRACKETS.sub("", label)) in known or field in fields_meant(label)
        ):
            return (
                f", or, if it is {label!r}, write `labels: {{{field}: {label!r}}}` beside `export` (of make init: "
                f"COLUMNS='stripe.{field}={label}')"
            )
    return ""


def _label_of(header: Header, name: str) -> str | None:
    if name in header.labels:
        return name
    known = (label_in_any_case(header, label) for label in _labels(name))
    return next((label for label in known if label), None)


def _labels(name: str) -> Sequence[str]:
    return (STRIPE_PATHS | EXPORT_PATHS).get(name, (name,))
