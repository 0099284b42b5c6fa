"""The review as a person decides in it: two empty columns at its end, and what may be chosen in each row (X16)."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from assets.matching.said_of_new import is_key_held
from resources.storage.result_files import ResultFiles
from schemas.declaration import Declaration
from schemas.review import DECISION, WHY, WORKBOOK_ROWS
from schemas.words import GONE, WITHOUT_LINK, MatchOutcome

REVIEW_FILE: Final = "review.csv"
REVIEW_WORKBOOK: Final = "review.xlsx"

_IDS_OFFERED: Final = 10  # a drop-down of Excel holds 255 characters
_RECORDS: Final = ("netsuite_internal_id", "proposed_internal_id", "candidate_ids", "suggested_ids")


def decidable_for_new(declaration: Declaration) -> tuple[MatchOutcome, ...]:
    """The outcomes for which a person can decide `create`; a conflict only if another customer claims the record."""
    if declaration.on_none != "create":
        return ()
    return (*WITHOUT_LINK, "conflict") if declaration.one_to_one else WITHOUT_LINK


def add_review(files: ResultFiles, review: pl.DataFrame, creates: Sequence[MatchOutcome]) -> None:
    """Add the review to the files of a run: as CSV, and, unless it is huge, as a workbook.

    Args:
        files: of the run.
        review: `schemas.review.ReviewQueue`.
        creates: the outcomes for which a new record can be decided for.
    """
    decidable = with_decision_columns(review)
    files.for_people(REVIEW_FILE, decidable)
    if review.height <= WORKBOOK_ROWS:
        files.workbook(REVIEW_WORKBOOK, decidable, {DECISION: choices(review, creates)})


def with_decision_columns(review: pl.DataFrame) -> pl.DataFrame:
    """The review with the columns `decision` and `why` at its end, empty."""
    return review.with_columns(pl.lit(None, pl.String).alias(name) for name in (DECISION, WHY))


def choices(review: pl.DataFrame, creates: Sequence[MatchOutcome]) -> pl.Series:
    """What each row offers as a decision: its records, `create` where one can be made, and the other words."""
    named = [pl.col(name).cast(pl.String) for name in _RECORDS if name in review.columns]
    ids = pl.when(pl.col("outcome") != GONE).then(pl.concat_str(named, separator=" ", ignore_nulls=True))
    distinct = pl.when(ids != "").then(ids.str.split(" ").list.unique(maintain_order=True).list.head(_IDS_OFFERED))
    withdraw = pl.when(pl.col("decided").is_not_null()).then(pl.lit("withdraw"))
    create = pl.when(pl.col("outcome").is_in(list(creates)) & ~is_key_held(pl.col("doubt"))).then(pl.lit("create"))
    words = pl.concat_list(create, pl.lit("never"), pl.lit("later"), withdraw).list.drop_nulls()
    records = distinct.fill_null(pl.lit([], pl.List(pl.String)))
    return review.select(records.list.concat(words).alias(DECISION)).to_series()
