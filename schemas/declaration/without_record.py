"""What a declaration says of customers without a record (`on_none`), held against the rest of it (C1)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from schemas.declaration.creation import Create
from schemas.declaration.problems import Problem
from schemas.words import GLOBAL_NAME

if TYPE_CHECKING:
    from schemas.declaration.declaration import Declaration

_OF_THE_ONE: Final = frozenset({"subsidiary", "entity_status", "custom_form", "currency", "defaults", "undo"})
"""What `create` can say of the one customer that stands for all: it is made of no Stripe customer."""


def problems_without_record(declared: "Declaration") -> Iterator[Problem]:
    """Say what does not fit together: where it stands, and what is wrong with it."""
    if declared.on_none != "global" and declared.global_customer is not None:
        yield ("global_customer",), "has no effect without on_none: global"
    if declared.on_none == "create":
        yield from _problems_of_create(declared)
    elif declared.on_none == "global":
        yield from _problems_of_global(declared)
    elif declared.create is not None:
        yield ("create",), "has no effect without on_none: create"


def _problems_of_create(declared: "Declaration") -> Iterator[Problem]:
    if not declared.can_write and not declared.is_by_hand:
        yield (
            ("on_none",),
            "create needs both sides over their APIs, or both from exports: no plan spans an API and a file",
        )
    if declared.create is None:
        yield ("on_none",), "create needs the block create, which says how; create: {} is the least"
    if declared.can_write and declared.create is not None and declared.create.currencies:
        said = "is for export files; leave it out, as over the APIs all active ones of the account are added"
        yield ("create", "currencies"), said
    if declared.writes.may_write("external_id") is False or "external_id" not in declared.netsuite_fields:
        yield ("on_none",), "create needs external_id in netsuite_fields, and written: by it a record is found"


def _problems_of_global(declared: "Declaration") -> Iterator[Problem]:
    """The one customer is named by its id, or found by its name, and made where nobody is called so."""
    if declared.global_customer is not None:
        if declared.create is not None:
            yield ("create",), "has no effect, because global_customer names a record, so that none is made"
        return
    instead = "or global_customer: <its internal id>"
    if not declared.can_write and not declared.is_by_hand:
        yield (
            ("on_none",),
            f"global needs both sides over their APIs, or both from exports, as its customer may be made; {instead}",
        )
    if "external_id" not in declared.netsuite_fields or not {"company_name", "entity_id"} & {*declared.netsuite_fields}:
        yield (
            ("on_none",),
            f"global needs external_id, and company_name or entity_id, in netsuite_fields, to find {GLOBAL_NAME}; "
            + instead,
        )
    yield from ((("create", key), _IDLE) for key in _idle(declared.create))


_IDLE: Final = "has no effect with on_none: global, whose one customer is made of no Stripe customer; take it out"


def _idle(create: Create | None) -> list[str]:
    return [] if create is None else sorted(create.model_fields_set - _OF_THE_ONE)
