"""What has become of the last plan, seen in the next extracts: for plans that a person carries out by import files.

Over two APIs the ledger knows it; from export files nobody reports back, but the next exports show it.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final

import dagster as dg
import polars as pl
from pydantic import TypeAdapter

from assets.plan_history import plans_made
from assets.reconciliation import Reconciliation
from assets.report.inputs import FieldProgress
from assets.steps import Step, key_of, of_frames
from schemas.errors import DamageError
from schemas.link_fields import LINK_FIELDS, LinkField, fields_of, written_fields

_NAME: Final = "previous_plan"
_EXTRACTS: Final = ("stripe_customers", "netsuite_customers")
_PROGRESS: Final = TypeAdapter(tuple[FieldProgress, ...])
_RECORDS_SHOWN = 20
_PLANS_LOOKED_AT = 50


def follow_previous_plan(
    context: dg.AssetExecutionContext,
    sync: Reconciliation,
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    links: Callable[[], pl.LazyFrame],
) -> tuple[str, tuple[FieldProgress, ...]]:
    """The hash of the plan before the present one, and its progress by field; an empty hash when there is none.

    One that is damaged is told, and shown as none: a report of today does not stop for it.
    """
    store = sync.plans
    hashes = (made.plan for made in islice(plans_made(context.instance, sync), _PLANS_LOOKED_AT))
    present = next(hashes, "")
    last = next((digest for digest in hashes if digest != present and store.holds(digest)), "")
    if not last:
        return "", ()
    step = Step(sync, _NAME, context.run.run_id, lambda: key_of(sync, _NAME, of_frames(sync, *_EXTRACTS), last))
    if (before := step.before()) and store.is_whole(last):
        return last, _PROGRESS.validate_json(before.more)
    try:
        progress = summary(states_of(store.read(last).lazy(), stripe, netsuite, links()))
    except DamageError as damage:
        context.log.info(str(damage))
        return "", ()
    step.keep([], _PROGRESS.dump_json(progress).decode())
    return last, progress


def states_of(plan: pl.LazyFrame, stripe: pl.LazyFrame, netsuite: pl.LazyFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """Say of each change of a plan what the extracts show.

    Args:
        plan: `schemas.plan.Plan`.
        stripe: `schemas.customers.StripeCustomers`, read later.
        netsuite: `schemas.customers.NetsuiteCustomers`, read later.
        links: their `link_table`.

    Returns:
        The columns of the plan's rows that name a record and a value, and `state`: `done`, `not yet` (the old value
        still stands), or `otherwise` (another value, or no such record any more).
    """
    ours = _held(stripe, pl.col("id"), fields_of("stripe"))
    there = netsuite.collect_schema()
    fields_there = [field for field in written_fields("netsuite") if field.name in there]
    theirs = _held(netsuite, pl.col("internal_id").cast(pl.String), fields_there)
    now = pl.concat([ours, theirs]).with_columns(is_there=pl.lit(value=True))
    pair = ["field", "stripe_customer_id", "netsuite_internal_id"]
    fields = {field.evidence: field.name for field in LINK_FIELDS if field.holds == "words"}
    named = links.filter(pl.col("source").is_in(list(fields))).with_columns(field=pl.col("source").replace(fields))
    plain = plan.filter(pl.col("record_id").is_not_null() & pl.col("new_value").is_not_null())
    found = plain.join(now, on=["field", "record_id"], how="left").join(
        named.select(*pair, is_named=pl.lit(value=True)).unique(), on=pair, how="left"
    )
    is_named, is_there = (pl.col(name).fill_null(value=False) for name in ("is_named", "is_there"))
    is_append, is_removal = pl.col("action") == "append", pl.col("action") == "remove"
    is_gone, is_cleared = ~is_named & is_there, (pl.col("action") != "clear") | is_there
    is_set = pl.when(is_removal).then(is_gone).otherwise(_same("now", "new_value") & is_cleared)
    is_done = pl.when(is_append).then(is_named).otherwise(is_set)
    is_open = pl.when(is_append).then(is_there).when(is_removal).then(is_named).otherwise(_same("now", "old_value"))
    is_open = is_open & is_there
    state = pl.when(is_done).then(pl.lit("done")).when(is_open).then(pl.lit("not yet")).otherwise(pl.lit("otherwise"))
    return found.with_columns(state.alias("state")).drop("now", "is_there", "is_named")


def summary(states: pl.LazyFrame) -> tuple[FieldProgress, ...]:
    """Counts by field, and the first records that turned out otherwise."""

    def count(state: str) -> pl.Expr:
        return (pl.col("state") == state).sum().cast(pl.Int64)

    others = pl.col("record_id").filter(pl.col("state") == "otherwise").unique(maintain_order=True)
    rows = (
        states.group_by("system", "field", maintain_order=True)
        .agg(count("done").alias("done"), count("not yet").alias("not_yet"), count("otherwise").alias("otherwise"),
             others.head(_RECORDS_SHOWN).alias("records"))
        .sort("system", "field")
        .collect()
    )  # fmt: skip
    return tuple(
        FieldProgress(system, field, done, not_yet, otherwise, tuple(records))
        for system, field, done, not_yet, otherwise, records in rows.iter_rows()
    )


def _held(customers: pl.LazyFrame, record_id: pl.Expr, fields: Iterable[LinkField]) -> pl.LazyFrame:
    """What each record of a side holds in each of some fields: field, record_id, now."""
    held = customers.select(record_id.alias("record_id"), *(field.name for field in fields))
    rows = held.unpivot(index="record_id", variable_name="field", value_name="now")
    return rows.select("field", "record_id", "now")


def _same(one: str, other: str) -> pl.Expr:
    """Whether two texts are equal, white space at their ends aside; empty and absent are the same."""
    return pl.col(one).fill_null("").str.strip_chars() == pl.col(other).fill_null("").str.strip_chars()
