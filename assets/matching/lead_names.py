"""Leads and prospects that name Stripe customers, which links nobody, and matches that are doubted for it; pure."""

from typing import Final

import polars as pl

from assets.matching.link_traces import named_by_records
from assets.matching.said_of_new import SAID, records_in_words
from assets.matching.second_opinions import Evidence
from schemas.link_fields import fields_of
from schemas.words import CANDIDATES_SHOWN

_FIELDS: Final = tuple(field.name for field in fields_of("netsuite"))
_NAMED: Final = pl.Schema({"source": pl.String} | {name: SAID[name] for name in ("position", "candidates", "shown")})


def lead_names(evidence: Evidence) -> pl.LazyFrame:
    """Return `position` and `said` of matches by a rule whose customer a link field of a lead or prospect names (M2).

    Whoever wrote the id there took that one for the customer; if NetSuite has both, one of them is a double.
    """
    matched = evidence.customers.lazy().filter(pl.lit(evidence.matched).is_not_null())
    named = named_by_leads(matched, evidence.others)
    who = pl.when(pl.col("candidates") > 1).then(pl.lit("leads or prospects, name"))
    names = who.otherwise(pl.lit("a lead or prospect, names"))
    said = pl.format("{}, {} this customer ({})", records_in_words(), names, "source")
    rows = named.sort("source").with_columns(said=said)
    return rows.group_by("position", maintain_order=True).agg(pl.col("said").str.join(", ")).lazy()


def named_by_leads(customers: pl.LazyFrame, leads: pl.LazyFrame) -> pl.DataFrame:
    """Return by which leads or prospects, and by which of their link fields, customers are named.

    Args:
        customers: `position`, `id`.
        leads: `schemas.customers.NetsuiteCustomers`, those that are no customers.

    Returns:
        `position`, `source`, `candidates`, how many they are, and `shown`, the first of their ids in order; a row for
        each customer and field.
    """
    held = leads.select("internal_id", *_FIELDS).filter(pl.any_horizontal(pl.col(_FIELDS).is_not_null()))
    records = held.collect(engine="streaming")
    if records.is_empty():  # as in most accounts
        return _NAMED.to_frame()
    traces = named_by_records(customers, records.lazy()).filter("is_evidence").unique(["position", "record", "source"])
    shown = pl.col("record").sort().head(CANDIDATES_SHOWN)
    return traces.group_by("position", "source").agg(candidates=pl.len(), shown=shown).collect()
