"""The fields in which a link can stand, a file each: whoever needs the list of them asks here.

A file with a `FIELD` is found by being here; nothing else lists it.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from schemas.link_fields.entry import Holds, LinkField, Texts
from schemas.words import System

__all__ = [
    "ADDRESS_FIELDS",
    "BY_NAME",
    "LINK_FIELDS",
    "Holds",
    "LinkField",
    "Texts",
    "by_asset",
    "fields_of",
    "in_plan_order",
    "written_fields",
]


def _found() -> Iterator[LinkField]:
    for module in iter_modules(__path__):
        if module.name != "entry":
            field: LinkField = import_module(f"{__name__}.{module.name}").FIELD
            yield field


_ALL: Final = tuple(sorted(_found(), key=lambda field: field.rank))

LINK_FIELDS: Final[tuple[LinkField, ...]] = tuple(field for field in _ALL if field.is_evidence)
"""Those that say who is linked to whom, in the order in which evidence is believed."""

ADDRESS_FIELDS: Final[tuple[LinkField, ...]] = tuple(field for field in _ALL if not field.is_evidence)
"""Those that follow from a link and prove none."""

BY_NAME: Final[Mapping[str, LinkField]] = {field.name: field for field in _ALL}


def fields_of(system: System, holds: Holds | None = None) -> tuple[LinkField, ...]:
    """The evidence of one system, of one kind or of both, in its order."""
    return tuple(field for field in LINK_FIELDS if field.system == system and holds in {None, field.holds})


def written_fields(system: System) -> tuple[LinkField, ...]:
    """Everything of one system that a plan can write into it beside whole records, evidence first."""
    return tuple(field for field in _ALL if field.system == system)


def by_asset(fields: Iterable[LinkField]) -> dict[str, list[LinkField]]:
    """Group fields by the asset that shows what was written into them, in their order."""
    shown: dict[str, list[LinkField]] = {}
    for field in fields:
        shown.setdefault(field.asset, []).append(field)
    return shown


def in_plan_order(fields: Iterable[LinkField]) -> list[LinkField]:
    """Return fields in the order of a plan's file: NetSuite's before Stripe's, then by name.

    Stripe comes last, because no metadata may point at a record that NetSuite refused.
    """
    return sorted(fields, key=lambda field: (field.system, field.name))
