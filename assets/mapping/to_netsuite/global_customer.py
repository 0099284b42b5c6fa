"""The one new NetSuite customer that stands for all Stripe customers without a record: made of settings alone (C1)."""

from typing import Final

from assets.mapping.to_netsuite.canonical import Json, constant
from assets.mapping.to_netsuite.settings import CreateSettings
from assets.mapping.to_netsuite.trials import Trial
from assets.mapping.to_netsuite.values import ALL_ACTIVE
from schemas.customer_fields import OWN_SETTINGS
from schemas.words import GLOBAL_KEY, GLOBAL_NAME

_STANDARD: Final = {"companyname": GLOBAL_NAME, "entityid": GLOBAL_NAME}


def global_record(settings: CreateSettings) -> str:
    """The record as canonical JSON; a constant of `defaults` goes before the name, and null leaves a field out."""
    record: dict[str, Json] = {"fields": _fields(settings), "currencies": ALL_ACTIVE}
    if settings.currency is not None:
        record["currency"] = settings.currency
    return constant(record)


def global_trial(settings: CreateSettings) -> Trial:
    """What a preflight asks of it: all of its fields are always filled."""
    fields = _fields(settings)
    told = {*OWN_SETTINGS, *settings.defaults}
    return Trial(
        is_individual=False,
        always=frozenset(fields),
        sometimes=frozenset(),
        values={name: value for name, value in fields.items() if name in told},
    )


def _fields(settings: CreateSettings) -> dict[str, str | int | float | bool]:
    given = {
        **_STANDARD,
        **settings.defaults,
        "subsidiary": settings.subsidiary,
        "entitystatus": settings.entity_status,
        "customform": settings.custom_form,
        "externalid": GLOBAL_KEY,
        "isperson": "F",
    }
    return {name: value for name, value in given.items() if value is not None}
