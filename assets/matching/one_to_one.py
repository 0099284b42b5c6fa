"""`one_to_one`: a record belongs to one customer, and everybody else who found it is in conflict.

It belongs to whom its Stripe-id field names, else to whom a person linked to it, else to the oldest customer that found
it. A person's override is never turned into a conflict: it wins over everything (M8).
"""

from functools import reduce
from typing import Final

import polars as pl

from assets.matching.findings import Findings, combine, say_singly
from assets.matching.id_texts import one_id
from assets.matching.link_traces import trimmed
from assets.no_values import is_placeholder
from schemas.link_fields import LinkField, fields_of
from schemas.words import USUAL_STRIPE_ID

_OWNER_FIELDS: Final = [field for field in fields_of("netsuite", "value") if field.names_owner]


def settle_claims(
    decided: Findings, customers: pl.DataFrame, records: pl.LazyFrame, no_value: frozenset[str]
) -> Findings:
    """Return what was decided, with a conflict for everybody whose record belongs to somebody else.

    Only records that are contested are looked at: found by several customers, or with a filled Stripe-id field.

    Args:
        decided: what the steps decided of all customers.
        customers: `position`, `id`, `created`.
        records: the NetSuite customers.
        no_value: keys of placeholders, which hold nothing.
    """
    found = decided.rows.lazy().drop_nulls("record")
    crowded = found.group_by("record").len().filter(pl.col("len") > 1)
    holders = _holders(records, no_value)
    contested = pl.concat([crowded.select("record"), holders.select("record")])
    rows = found.join(contested, on="record", how="semi").join(holders, on="record", how="left")
    losers = _losers(_described(rows.collect(engine="streaming"), decided, customers))
    winners = decided.rows.join(losers, on="position", how="anti")
    return combine([Findings(winners, decided.findings), say_singly(losers)])


def _holders(records: pl.LazyFrame, no_value: frozenset[str]) -> pl.LazyFrame:
    """Return whom records name in fields that are for Stripe ids alone: `holder`, `record`, and the field's `label`."""
    named = [_named_in(field, records, no_value) for field in _OWNER_FIELDS]
    return reduce(lambda first, more: pl.concat([first, more.join(first, on="record", how="anti")]), named)


def _named_in(field: LinkField, records: pl.LazyFrame, no_value: frozenset[str]) -> pl.LazyFrame:
    holder = pl.coalesce(one_id(trimmed(field.name)), trimmed(field.name)).alias("holder")
    is_held = ~is_placeholder(pl.col("holder").str.to_lowercase().str.replace_all(" ", "", literal=True), no_value)
    label = pl.lit(field.texts.label).alias("label")
    return records.select(holder, record="internal_id").drop_nulls().filter(is_held).with_columns(label)


def _described(rows: pl.DataFrame, decided: Findings, customers: pl.DataFrame) -> pl.DataFrame:
    """Add what a claim is judged by, the customer's id, age and evidence, and the finding that may have to change."""
    of = customers.select("id", "created").select(pl.all().gather(rows.get_column("position")))
    said = decided.findings.select(pl.all().gather(rows.get_column("finding")))
    described = pl.concat([rows.drop("finding"), of, said], how="horizontal")
    is_in_extract = pl.col("holder").is_in(customers.get_column("id").implode())
    is_known = is_in_extract | pl.col("holder").str.contains(USUAL_STRIPE_ID)
    return described.with_columns(
        # An export has no seconds, so the order must not depend on them.
        pl.col("created").dt.truncate("1m"),
        is_override=pl.col("evidence") == "override",
        is_known=is_known,
    )


def _losers(rows: pl.DataFrame) -> pl.DataFrame:
    by_age = rows.sort("record", pl.col("is_override").not_(), "created", "id")
    first = by_age.group_by("record").agg(oldest=pl.col("id").first(), is_chosen=pl.col("is_override").first())
    owner = pl.coalesce("holder", "oldest")
    is_lost = (owner != pl.col("id")) & ~pl.col("is_override")
    lost = rows.join(first, on="record").filter(is_lost)
    itself = pl.col("record").cast(pl.String)
    return lost.select(
        "position",
        "evidence",
        "candidates",
        pl.coalesce("candidate_ids", itself).alias("candidate_ids"),
        outcome=pl.lit("conflict"),
        reason=pl.format("{}; record {} is claimed by {}", pl.col("reason"), pl.col("record"), _claimant()),
    )


def _claimant() -> pl.Expr:
    named = pl.format("{}, which its {} names", "holder", "label")
    # A field can hold anything, an e-mail too: what is no Stripe id is not repeated.
    held = pl.when("is_known").then(named).otherwise(pl.format("what its {} names", "label"))
    why = pl.when("is_chosen").then(pl.lit("which a person linked to it")).otherwise(pl.lit("which is older"))
    return pl.when(pl.col("holder").is_not_null()).then(held).otherwise(pl.format("{}, {}", pl.col("oldest"), why))
