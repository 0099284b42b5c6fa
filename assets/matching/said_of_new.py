"""What is said of customers that would get a new record, row by row, and how it comes into the matches; pure."""

from typing import Final

import polars as pl

from assets.matching.findings import joined, listed
from schemas.link_fields import fields_of
from schemas.words import CANDIDATES_SHOWN, DOUBTS, Doubt

SAID: Final = pl.Schema(
    {
        "position": pl.UInt32(),
        "kind": pl.String(),
        "said": pl.String(),
        "candidates": pl.UInt32(),
        "shown": pl.List(pl.Int64()),
    }
)
"""Of a customer (`position`): a kind of doubt, a sentence, and the records that it names: how many, and the first.

Without a kind there are only records: of a doubt that is in the matches already."""

A_LEAD: Final = ", no customer but a lead or prospect"
"""What is said behind records that link nobody, as they are no customers."""

HELD_BY_LEAD: Final = f"{{}} of {{}}{A_LEAD}"
"""What is said of the link field and the records of leads that hold a customer's id."""

_KEYS: Final = f"(?:{'|'.join(field.evidence for field in fields_of('netsuite', 'value'))})"
_OF_CHOSEN: Final[Doubt] = "chosen_id"
_KEY_IS_HELD: Final = rf"\b{_OF_CHOSEN}: |\b{HELD_BY_LEAD.format(_KEYS, 'records? [0-9, andmore]+')}"

CHOSEN: Final = "this id, which could be any number or word, is the external id of {}"
"""What is said of an imported id that some records hold (`chosen_id`)."""

FOUND: Final = ("candidates", "candidate_ids")


def with_doubts(matches: pl.DataFrame, new: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Put what is `SAID` of new customers (`position`, `id`) into the matches, behind the doubts that are there."""
    rows = _by_customer(said).join(new.select("position", stripe_customer_id="id"), on="position")
    found = with_found(matches, rows)
    said_of = found.select("stripe_customer_id", "doubt").join(
        rows.select("stripe_customer_id", new="doubt"), on="stripe_customer_id", how="left", maintain_order="left"
    )
    every = pl.concat_str("doubt", "new", separator="; ", ignore_nulls=True)
    doubts = said_of.select(pl.when(pl.col("new").is_not_null()).then(every).otherwise("doubt").alias("doubt"))
    return found.with_columns(doubts.to_series())


def with_found(matches: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Put `candidates` and `candidate_ids` of some customers into the matches."""
    named = found.select("stripe_customer_id", *FOUND)
    both = matches.join(named, on="stripe_customer_id", how="left", maintain_order="left", suffix=" new")
    is_found = pl.col("candidates new").is_not_null()
    told = (pl.when(is_found).then(f"{name} new").otherwise(name).alias(name) for name in FOUND)
    return both.with_columns(*told).select(matches.columns)


def is_key_held(doubt: pl.Expr) -> pl.Expr:
    """Whether a record that links nobody holds the customer's id, so that NetSuite would take no new one with it."""
    return doubt.str.contains(_KEY_IS_HELD).fill_null(value=False)


def records_in_words() -> pl.Expr:
    """Name the records of a row: `record 5`, `records 5, 7 and 3 more`."""
    count = pl.col("candidates")
    word = pl.when(count > 1).then(pl.lit("records")).otherwise(pl.lit("record"))
    return pl.format("{} {}", word, listed(pl.col("shown"), count))


def _by_customer(rows: pl.DataFrame) -> pl.DataFrame:
    """Put together what is said of each customer: `position`, `doubt`, `candidates`, `candidate_ids`."""
    order = pl.col("kind").replace_strict({kind: at for at, kind in enumerate(DOUBTS)}, return_dtype=pl.UInt8)
    doubted = rows.drop_nulls("kind").sort("position", order, "said")
    said = doubted.unique(["position", "kind", "said"], keep="first", maintain_order=True)
    kinds = said.group_by("position", "kind", maintain_order=True).agg(pl.col("said").str.join(", "))
    doubts = kinds.group_by("position", maintain_order=True).agg(
        doubt=pl.format("{}: {}", "kind", "said").str.join("; ")
    )
    each = rows.select("position", record="shown").explode("record").drop_nulls().unique().sort("position", "record")
    found = each.group_by("position", maintain_order=True).agg(
        candidates=pl.len(), shown=pl.col("record").head(CANDIDATES_SHOWN)
    )
    ids = joined(pl.col("shown"), " ").alias("candidate_ids")
    known = doubts.join(found.select("position", "candidates", ids), on="position", how="full", coalesce=True)
    return known.with_columns(pl.col("candidates").fill_null(0))
