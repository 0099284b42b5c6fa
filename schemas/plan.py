"""What is going to be written: a row for each change."""

import re
from dataclasses import fields
from typing import Any, Final, get_args

import orjson
import pandera.polars as pa
import polars as pl

from schemas.change import RECORD, Change
from schemas.errors import InternalError
from schemas.link_fields import BY_NAME
from schemas.stripe_parameters import PATTERN
from schemas.words import Action, System


class Plan(pa.DataFrameModel):
    """One row per change: (system, record, field), and where ids are appended one per id (W7).

    NetSuite comes before Stripe, because no metadata may point at a record that NetSuite refused. Then by field, by
    record, and within a record the older customer first. The last four columns may be absent, where no row needs them.
    """

    change_id: str = pa.Field(
        unique=True,
        description="system:record:field, and the Stripe id where it is appended; system:create:<id> where one is made",
    )
    system: str = pa.Field(isin=get_args(System))
    record_id: str = pa.Field(nullable=True, description="the internal id as text, or the Stripe id; none in a create")
    field: str = pa.Field(str_matches=rf"^(?:{'|'.join(map(re.escape, (*BY_NAME, RECORD)))}|{PATTERN})$")
    action: str = pa.Field(isin=get_args(Action))
    old_value: str = pa.Field(
        nullable=True, description="what the extract held: the condition under which it is written"
    )
    new_value: str = pa.Field(
        nullable=True, description="the value to set, the text to append, or the key by which a create is found again"
    )
    reason: str
    stripe_customer_id: str = pa.Field(nullable=True)
    netsuite_internal_id: pl.Int64 = pa.Field(nullable=True)
    record_from: str | None = pa.Field(nullable=True, description="the create whose id is the record")
    value_from: str | None = pa.Field(nullable=True, description="the create whose id is the value")
    requires: str | None = pa.Field(nullable=True, description="JSON: further changes that have to stand first")
    values: str | None = pa.Field(nullable=True, description="of a create, the record as canonical JSON")


OF_CREATES: Final = ("record_from", "value_from", "requires", "values")
"""Columns that a plan's file has only if a row uses one."""

PLAN_COLUMNS: Final = tuple(name for name in Plan.to_schema().columns if name not in OF_CREATES)
"""The columns of every plan, in the order in which its file has them: its hash depends on it."""


GUESSES_FILE: Final = "guesses.csv"
"""The pairs of customers of which a change in the plan is a guess, each with the reason, if there are any."""

CREATIONS_FILE: Final = "creations.csv"
"""The new customers of a plan for people, where it has some: a row each, a column for each field."""


def columns_kept(plan: pl.DataFrame) -> tuple[str, ...]:
    """The columns that the file of a plan has: a plan without creates keeps the bytes and the hash that it ever had."""
    used = (name for name in OF_CREATES if name in plan.columns)
    needs_all = any(plan.get_column(name).is_not_null().any() for name in used)
    return (*PLAN_COLUMNS, *OF_CREATES) if needs_all else PLAN_COLUMNS


def completed(plan: pl.DataFrame) -> pl.DataFrame:
    """The same plan with all columns: those that its file lacks are null."""
    lacking = [name for name in OF_CREATES if name not in plan.columns]
    return plan.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)


def check_rows(plan: pl.DataFrame) -> None:
    """See that each row says one thing.

    Raises:
        InternalError: a row does not; the sentence names the first such change and what is wrong with it.
    """
    if _says_no_more_than_usual(plan):
        return
    rows = completed(plan)
    if not any(rows.select(is_wrong.any().alias(what) for what, is_wrong in _WRONG.items()).row(0)):
        return
    for what, is_wrong in _WRONG.items():
        if (wrong := rows.filter(is_wrong)).height:
            raise InternalError(f"{wrong.height:,} changes of a plan {what}, {wrong.item(0, 'change_id')} the first.")


def _says_no_more_than_usual(plan: pl.DataFrame) -> bool:
    """Whether each row has a record and a value, and nothing that creates have, as in most plans; asked cheaply."""
    is_create = (pl.col("action") == "create") | (pl.col("field") == RECORD)
    nulls = pl.col("record_id", "new_value").null_count()
    return not {*OF_CREATES} & {*plan.columns} and not any(plan.select(is_create.any(), nulls).row(0))


_IS_CREATE: Final = pl.col("action") == "create"
_WRONG: Final = {
    "make a record and name one": _IS_CREATE & pl.any_horizontal(pl.col("record_id", "record_from").is_not_null()),
    "make a record of nothing": _IS_CREATE & pl.any_horizontal(pl.col("values", "new_value").is_null()),
    "make a record as a field": _IS_CREATE & (pl.col("field") != RECORD),
    "are of no record, or of two": ~_IS_CREATE & (pl.col("record_id").is_null() == pl.col("record_from").is_null()),
    "have no value, or two": ~_IS_CREATE & (pl.col("new_value").is_null() == pl.col("value_from").is_null()),
    "set a field to a record": ~_IS_CREATE & (pl.col("values").is_not_null() | (pl.col("field") == RECORD)),
}


def changes_of(plan: pl.DataFrame) -> list[Change]:
    """The rows of a plan as objects, in its order."""
    names = [field.name for field in fields(Change)]
    return [_change(row) for row in completed(plan).select(names).iter_rows(named=True)]


def _change(row: dict[str, Any]) -> Change:
    requires = row.pop("requires")
    return Change(**row, requires=None if requires is None else tuple(orjson.loads(requires)))
