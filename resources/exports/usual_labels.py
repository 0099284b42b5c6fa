"""The labels of Stripe's Dashboard for our fields, and the same labels for a file whose own are others."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from zoneinfo import available_timezones

from resources.exports.header import Header
from schemas.declaration.rules import EXPORT_PATHS, STRIPE_PATHS

ID_LABEL: Final = "id"
CREATED_LABEL: Final = "Created (UTC)"
OWN_LABELS: Final[Mapping[str, str]] = {
    "email": "Email", "name": "Name", "description": "Description", "phone": "Phone",
}  # fmt: skip
USUAL_LABELS: Final = frozenset(
    {ID_LABEL, CREATED_LABEL.casefold(), *(label.casefold() for label in OWN_LABELS.values())}
)
"""The Dashboard's labels of the fields that every extract has, in lower case."""

_IN_ZONE: Final = re.compile(r".*[(\uff08]\s*([^()\uff08\uff09]+?)\s*[)\uff09]$")
_SET_ASIDE: Final = " (as it is)"


def usual_label(field: str, label: str) -> str:
    """The Dashboard's label of a field; `label` is the file's own, which may name the time zone of `created`.

    >>> usual_label("created", "Erstellt (Europe/Berlin)"), usual_label("created", "Erstellt")
    ('Created (Europe/Berlin)', 'Created (UTC)')
    >>> usual_label("email", "E-Mail"), usual_label("metadata.crm", "crm (Metadaten)")
    ('Email', 'crm (metadata)')
    """
    if field == "id":
        return ID_LABEL
    if field == "created":
        zone = _IN_ZONE.fullmatch(label.strip())
        return f"Created ({zone[1]})" if zone and zone[1] in available_timezones() else CREATED_LABEL
    if field.startswith("metadata."):
        return f"{field.removeprefix('metadata.')} (metadata)"
    return OWN_LABELS.get(field) or (STRIPE_PATHS | EXPORT_PATHS)[field][0]


def with_usual_labels(header: Header, labels: Mapping[str, str]) -> Header:
    """The header as if the Dashboard had written it.

    Args:
        header: of the file.
        labels: our field → the label that its column has there.

    Raises:
        ExportError: the file has no such column.
    """
    usual = {}
    for field, label in labels.items():
        found = header.found(label)
        if not found:
            raise header.missing([label], ", which stripe.labels names", "Correct the label in the declaration.")
        usual[found[0]] = usual_label(field, label)
    taken = {label.casefold() for label in usual.values()}
    others = {label: label + _SET_ASIDE for label in header.labels if label.casefold() in taken}
    return replace(
        header,
        labels=tuple(usual.get(label) or others.get(label, label) for label in header.labels),
        written={new: label for label, new in (usual | others).items()},
    )
