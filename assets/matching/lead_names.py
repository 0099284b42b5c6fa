"""Doubted matches of customers whom a lead or prospect names, which links nobody; pure."""

from typing import Final

import polars as pl

from assets.matching.findings import listed
from assets.matching.link_traces import named_by_records
from assets.matching.second_opinions import Evidence
from schemas.link_fields import fields_of
from schemas.words import CANDIDATES_SHOWN

_SAID: Final = pl.Schema({"position": pl.UInt32(), "said": pl.String()})


def lead_names(evidence: Evidence) -> pl.LazyFrame:
    """Return `position` and `said` of matches by a rule whose customer a link field of a lead or prospect names (M2).

    Whoever wrote the id there took that one for the customer; if NetSuite has both, one of them is a double.
    """
    fields = [field.name for field in fields_of("netsuite")]
    some = evidence.others.select("internal_id", *fields).filter(pl.any_horizontal(pl.col(fields).is_not_null()))
    leads = some.collect(engine="streaming")
    if leads.is_empty():  # as in most accounts
        return _SAID.to_frame().lazy()
    matched = evidence.customers.lazy().filter(pl.lit(evidence.matched).is_not_null()).select("position", "id")
    traces = named_by_records(matched, leads.lazy()).filter("is_evidence").unique(["position", "record", "source"])
    named = traces.group_by("position", "source").agg(
        count=pl.len(), shown=pl.col("record").sort().head(CANDIDATES_SHOWN)
    )
    records = listed(pl.col("shown"), pl.col("count"))
    one = pl.format("record {}, a lead or prospect, names this customer ({})", records, "source")
    several = pl.format("records {}, leads or prospects, name this customer ({})", records, "source")
    said = named.sort("source").with_columns(said=pl.when(pl.col("count") > 1).then(several).otherwise(one))
    return said.group_by("position", maintain_order=True).agg(said=pl.col("said").str.join(", "))
