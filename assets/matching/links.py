"""The traces of existing links: metadata in Stripe; Stripe-id field, external id and comments in NetSuite.

Matching believes them in that order; the audit compares them with each other (X5). Ids are compared as exact text
without the white space around it: keys are for values, not for ids.
"""

import polars as pl

from assets.matching.tokens import Hash, unusual_ids, usual_tokens, with_position
from schemas.words import LINK_FIELD

SOURCES = ("metadata", "stripe_id", "external_id", "comments")


def link_table(stripe: pl.LazyFrame, netsuite: pl.LazyFrame) -> pl.LazyFrame:
    """Return every trace of a link: `stripe_customer_id`, `netsuite_internal_id`, `source`, `text`.

    One side of a dangling trace is null, and `text` is what it names, trimmed: metadata that names no NetSuite
    customer, a Stripe-id field that names no Stripe customer of the extract. `text` of comments is the id that was
    found. Records that are no customers leave no traces.

    Args:
        stripe: rows of `schemas.customers.StripeCustomers`.
        netsuite: rows of `schemas.customers.NetsuiteCustomers`.
    """
    customers = stripe.select("id", LINK_FIELD).collect(engine="streaming").with_row_index("position").lazy()
    records = netsuite.filter("is_customer")
    named = named_by_records(customers, records).collect(engine="streaming").lazy()
    traces = pl.concat([named_by_metadata(customers, records), named])
    known = traces.join(customers.select("position", "id"), on="position", how="left")
    linked = named.filter(source=pl.lit("stripe_id"))
    dangling = _field_texts(records, "stripe_id").join(linked, on="record", how="anti")
    columns = {"stripe_customer_id": "id", "netsuite_internal_id": "record", "source": "source", "text": "text"}
    return pl.concat([known.select(**columns), dangling.with_columns(id=pl.lit(None, pl.String)).select(**columns)])


def named_by_metadata(customers: pl.LazyFrame, records: pl.LazyFrame) -> pl.LazyFrame:
    """Return what metadata names: `position`, `record` (null where NetSuite has no such customer), `source`, `text`."""
    number = pl.when(pl.col("text").str.contains("^[1-9][0-9]{0,18}$")).then(pl.col("text"))
    named = _filled(customers.select("position", text=LINK_FIELD))
    named = named.with_columns(internal_id=number.cast(pl.Int64, strict=False))
    known = records.select("internal_id", record="internal_id")
    found = named.join(known, on="internal_id", how="left")
    return found.select("position", "record", source=pl.lit("metadata"), text="text")


def named_by_records(customers: pl.LazyFrame, records: pl.LazyFrame, hashed: Hash = pl.Expr.hash) -> pl.LazyFrame:
    """Return the records whose Stripe-id field, external id or comments hold a customer's id.

    Each pair once per source, in the columns of `named_by_metadata`. All three are looked up at once, since it is the
    customers that cost, not the few texts.
    """
    ids = customers.select("position", "id")
    comments = records.select(pl.col("comments").cast(pl.String), record="internal_id").drop_nulls()
    noted = usual_tokens(comments).select(pl.lit("comments").alias("source"), "record", "text")
    texts = pl.concat([_field_texts(records, "stripe_id"), _field_texts(records, "external_id"), noted])
    usual = with_position(texts, ids, hashed).select("position", "record", "source", "text")
    unusual = unusual_ids(ids, comments, hashed)
    return pl.concat([usual, unusual.select("position", "record", source=pl.lit("comments"), text="text")])


def trimmed(column: str) -> pl.Expr:
    """Return the text of a column without white space around it, null if nothing is left."""
    text = pl.col(column).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text).alias(column)


def _field_texts(records: pl.LazyFrame, source: str) -> pl.LazyFrame:
    return _filled(records.select(pl.lit(source).alias("source"), record="internal_id", text=source))


def _filled(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.drop_nulls("text").with_columns(trimmed("text")).drop_nulls("text")
