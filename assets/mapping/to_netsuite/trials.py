"""Which fields a new record has for every customer, and which for some: told by making records of invented ones.

So nothing is said twice of what fills what: the mapping itself is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import orjson
import polars as pl

from assets.mapping.to_netsuite.settings import CreateSettings, IndividualWhen
from assets.mapping.to_netsuite.values import new_records
from schemas.customer_fields import OWN_SETTINGS
from schemas.declaration.creation import NAMES, Constant
from schemas.declaration.rules import STRIPE_FIELDS, STRIPE_PATHS

_NONE: Final = pl.LazyFrame(schema={"entity_id": pl.String})
_FITS: Final = {"email": "a@b.example", "phone": "5550100100", "name": "A B"}
"""What such a field takes; any other takes a letter."""

_ALL: Final = IndividualWhen()
_LONG_AGO: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Trial:
    """A kind of new record.

    Attributes:
        is_individual: whether it is one, or a company.
        always: the fields that it has for every customer.
        sometimes: the fields that it has for a customer whose Stripe fields are filled.
        values: what a declaration sets, the same for every customer.
    """

    is_individual: bool
    always: frozenset[str]
    sometimes: frozenset[str]
    values: Mapping[str, Constant]


def trials(settings: CreateSettings) -> list[Trial]:
    """Give the kinds of records that a declaration may make: companies always, as an individual needs two names."""
    company = _trial(replace(settings, individual_when=None))
    individual = None if settings.individual_when is None else _trial(replace(settings, individual_when=_ALL))
    return [company, individual] if individual is not None and individual.is_individual else [company]


def _trial(settings: CreateSettings) -> Trial:
    paths = sorted({*STRIPE_FIELDS, *STRIPE_PATHS, *NAMES, *settings.mapping} - {"id"})
    names = dict.fromkeys(("name", "description", *NAMES), _FITS["name"])
    whole = {path: _FITS.get(settings.mapping.get(path) or path, "A") for path in paths} | names
    least = names if settings.individual_when is not None else {}
    rows = [{path: given.get(path) for path in paths} for given in (least, whole)]
    customers = pl.LazyFrame(rows, schema=dict.fromkeys(paths, pl.String)).with_columns(
        id=pl.lit("cus_trial"), created=pl.lit(_LONG_AGO)
    )
    made = new_records(customers, _NONE, replace(settings, no_value=frozenset())).collect()
    few, many = (orjson.loads(record)["fields"] for record in made.get_column("record"))
    own = {name: value for name, value in many.items() if name in OWN_SETTINGS}
    defaults = {name: value for name, value in settings.defaults.items() if value is not None and name in many}
    return Trial(
        is_individual=made.get_column("is_individual").any(),
        always=frozenset(few) & frozenset(many),
        sometimes=frozenset(few) ^ frozenset(many),
        values=own | defaults,
    )
