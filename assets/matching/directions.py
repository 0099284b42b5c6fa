"""Both directions as one picture: what was found from NetSuite's side joins the matches of Stripe's customers."""

from typing import Final

import polars as pl

from assets.matching.doubts import of_pair
from assets.matching.global_customer import HAS_RECORD

_ID: Final = "netsuite_internal_id"


def both_ways(matches: pl.LazyFrame, found: pl.LazyFrame) -> pl.LazyFrame:
    """Return matches (`schemas.matches.Matches`) with what this direction found: a pair is in one direction only."""
    record = pl.col(_ID)
    decided = found.filter(pl.col("outcome") == "matched").select(
        "stripe_customer_id",
        "outcome",
        _ID,
        "evidence",
        "reason",
        candidates=pl.lit(1, pl.UInt32),
        candidate_ids=record.cast(pl.String),
    )
    names = [name for name in decided.collect_schema().names() if name != "stripe_customer_id"]
    left = matches.join(decided, on="stripe_customer_id", how="left", suffix=" found", maintain_order="left")
    is_found = pl.col(f"{_ID} found").is_not_null() & ~HAS_RECORD
    merged = [pl.when(is_found).then(f"{name} found").otherwise(name).alias(name) for name in names]
    if "doubt" in matches.collect_schema():
        merged.append(pl.when(is_found).then(of_pair(pl.col("doubt"))).otherwise("doubt").alias("doubt"))
    return left.with_columns(*merged).drop(f"{name} found" for name in names)


def undecided(found: pl.LazyFrame) -> pl.LazyFrame:
    """Return the Stripe customers (`stripe_customer_id`) that some record may be, of which nobody has said which yet.

    Nobody makes a new record for them either.
    """
    waiting = found.filter(pl.col("outcome").is_in(["ambiguous", "conflict"]))
    ids = waiting.select(pl.col("candidate_ids").str.split(" ").alias("stripe_customer_id"))
    return ids.explode("stripe_customer_id").drop_nulls().unique()
