"""Stripe ids that NetSuite records name and the Stripe extract does not have (X11): customers that are deleted there.

They have no row among the matches, which are of customers that exist; a person finds them in the review.
"""

import polars as pl

from assets.matching import find_usual_ids, ids_within
from assets.matching.id_texts import cleaned
from assets.matching.link_traces import named_unclearly
from schemas.link_fields import LinkField, fields_of
from schemas.repeated import may_be_among
from schemas.words import CANDIDATES_SHOWN, GONE

_OF_STRIPE = "^cus_[0-9A-Za-z]{14}$"
"""Nearly all ids are like this: one that is in another account is no half of any."""
_WHAT_TO_DO = (
    "It was deleted in Stripe, or is of another account or mode. If it was deleted, take the id out of the record, so "
    "that the customer who took its place can be linked; to leave it, decide never to link it ({where})."
)


def gone_customers(stripe: pl.LazyFrame, netsuite: pl.LazyFrame, where: str) -> pl.LazyFrame:
    """Return a row of the review for each id beginning with `cus_` that records name and that is no customer's.

    Args:
        stripe: `schemas.customers.StripeCustomers`, of every month: what is not read is not gone.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        where: how a person decides, in words (`schemas.review.where_decided`).
    """
    named = _named(netsuite.filter("is_customer"))
    known = stripe.select("id").filter(may_be_among(pl.col("id"), named.get_column("id")))
    unknown = named.lazy().join(known, on="id", how="anti").collect(engine="streaming")
    if unknown.is_empty():
        return pl.LazyFrame(schema=_COLUMNS)
    # An id in another case may be a customer's: matching says so.
    in_any_case = stripe.select(lower=pl.col("id").str.to_lowercase())
    rows = unknown.lazy().join(in_any_case, left_on=pl.col("id").str.to_lowercase(), right_on="lower", how="anti")
    records = pl.col("record").unique().sort()
    gone = (
        _meaning_nobody(rows.collect(engine="streaming"), stripe)
        .group_by("id")
        .agg(sources=pl.col("source").unique().sort(), candidates=pl.col("record").n_unique(), shown=records)
    )
    ids = pl.col("shown").list.head(CANDIDATES_SHOWN).cast(pl.List(pl.String)).list.join(" ")
    many = pl.when(pl.col("candidates") > 1).then(pl.lit("records name")).otherwise(pl.lit("record names"))
    reason = pl.format(
        "{}: {} {} this id, and no customer of this Stripe account has it",
        pl.col("sources").list.join(", "),
        "candidates",
        many,
    )
    return gone.select(
        stripe_customer_id="id",
        outcome=pl.lit(GONE),
        reason=reason,
        what_to_do=pl.lit(_WHAT_TO_DO.format(where=where)),
        candidates=pl.col("candidates").cast(pl.UInt32),
        candidate_ids=ids,
    )


def _meaning_nobody(unknown: pl.DataFrame, stripe: pl.LazyFrame) -> pl.LazyFrame:
    """Leave out what is nearly a customer's id, such as half of a torn one: matching says whom that means."""
    odd = unknown.filter(~pl.col("text").str.contains(_OF_STRIPE)).select("source", "record", "text").unique()
    if odd.is_empty():
        return unknown.lazy()
    ids = stripe.select("id").with_row_index("position")
    near = named_unclearly(odd, ids, pl.Expr.hash).filter(~pl.col("is_clear"))
    return unknown.lazy().join(near, on=["source", "record", "text"], how="anti")


def _named(records: pl.LazyFrame) -> pl.DataFrame:
    fields = [_held(records, field) for field in fields_of("netsuite", "value")]
    noted = [_noted(records, field) for field in fields_of("netsuite", "words")]
    return pl.concat([*fields, *noted]).drop_nulls("id").collect(engine="streaming")


def _held(records: pl.LazyFrame, field: LinkField) -> pl.LazyFrame:
    source = pl.lit(field.evidence).alias("source")
    filled = records.select(source, record="internal_id", text=field.name).drop_nulls("text")
    text = cleaned(pl.col("text"))
    return filled.select("source", "record", id=ids_within(text), text=text).explode("id")


def _noted(records: pl.LazyFrame, field: LinkField) -> pl.LazyFrame:
    tokens = find_usual_ids(records.select(note=field.name, record="internal_id").drop_nulls())
    return tokens.select(pl.lit(field.evidence).alias("source"), "record", "text", id="text").select(
        "source", "record", "id", "text"
    )


_COLUMNS = {
    "stripe_customer_id": pl.String,
    "outcome": pl.String,
    "reason": pl.String,
    "what_to_do": pl.String,
    "candidates": pl.UInt32,
    "candidate_ids": pl.String,
}
