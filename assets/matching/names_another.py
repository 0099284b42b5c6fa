"""Doubted matches to a record that names another Stripe customer, who is there or gone; pure."""

from typing import Final

import polars as pl

from assets.matching.hash_table import may_be_in, slots_of
from assets.matching.id_texts import is_nearly_an_id, one_id
from assets.matching.link_traces import are_of
from assets.matching.second_opinions import Evidence
from schemas.link_fields import LinkField, fields_of

_RECORD: Final = "record"
_OWNER_FIELDS: Final = [field for field in fields_of("netsuite", "value") if field.names_owner]


def names_another(evidence: Evidence) -> pl.LazyFrame:
    """Return `position` and `said` of matches by a rule to a record of which a link field names somebody else."""
    matched = evidence.pairs.lazy().filter(pl.col("rank") >= 0).select("position", "record")
    ids = pl.lit(evidence.customers.get_column("id")).gather("other")
    hashed = pl.col(_RECORD).hash()
    may_be_matched = may_be_in(slots_of(matched.select(hashed).collect().to_series()), hashed)

    def named_there(traces: pl.LazyFrame) -> pl.LazyFrame:
        theirs = traces.filter(are_of(fields_of("netsuite"))).filter(may_be_matched)
        return theirs.select(_RECORD, "source", other="position")

    met = matched.join(evidence.traces.each(named_there), on=_RECORD).filter(pl.col("position") != pl.col("other"))
    named = met.with_columns(id=ids).sort("position", "id", "source").group_by("position", maintain_order=True)
    rows = named.agg(
        pl.col(_RECORD).first(), pl.col("id", "source").first(), others=pl.col("id").n_unique().cast(pl.Int64) - 1
    )
    more = pl.when(pl.col("others") > 0).then(pl.format(" and {} more", "others")).otherwise(pl.lit(""))
    said = rows.select("position", said=pl.format("record {} names {}{} ({})", _RECORD, "id", more, "source"))
    both = pl.concat([said, *(_names_gone(field, evidence, matched, may_be_matched) for field in _OWNER_FIELDS)])
    return both.unique("position", keep="first", maintain_order=True)


def _names_gone(field: LinkField, evidence: Evidence, matched: pl.LazyFrame, may_be_matched: pl.Expr) -> pl.LazyFrame:
    """Matches by a rule to a record whose own field holds an id that no customer has: it is not free (M10)."""
    record = {_RECORD: "internal_id"}
    filled = evidence.records.select(**record, text=field.name).drop_nulls().filter(may_be_matched)
    held = matched.join(filled, on=_RECORD).with_columns(id=one_id(pl.col("text")))
    mine = held.filter(pl.col("id").is_not_null() | is_nearly_an_id(pl.col("text"))).collect(engine="streaming")
    if mine.is_empty():  # as in most accounts
        return pl.LazyFrame(schema={"position": pl.UInt32, "said": pl.String})

    def met(traces: pl.LazyFrame) -> pl.LazyFrame:
        return traces.filter(are_of([field])).select(_RECORD).join(mine.lazy(), on=_RECORD, how="semi")

    gone = mine.lazy().join(evidence.traces.each(met), on=_RECORD, how="anti")
    whom = pl.col("id").fill_null("somebody by what is not one id as Stripe has it")
    said = pl.format(
        f"record {{}} names {{}} ({field.evidence}), whom Stripe has not, as far as it was read", _RECORD, whom
    )
    return gone.select("position", said=said)
