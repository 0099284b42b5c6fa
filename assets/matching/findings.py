"""What is said of a customer, and in which words.

A million customers share a handful of findings ("email = email: equal"), so a finding is a row of its own and a
customer only points at it: `Findings`. Reasons hold ids and counts, never an e-mail or a name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from assets.matching.order import order_by_text
from schemas.words import CANDIDATES_SHOWN, MatchOutcome

OF_A_LEAD: Final = "a lead or prospect: the link counts once NetSuite has it as a customer"
"""What is the matter with a record that is named and is there, but is no customer (M2)."""

ROWS = pl.Schema({"position": pl.UInt32(), "record": pl.Int64(), "finding": pl.UInt32()})
FINDINGS = pl.Schema(
    {
        "outcome": pl.String(),
        "evidence": pl.String(),
        "candidates": pl.UInt32(),
        "candidate_ids": pl.String(),
        "reason": pl.String(),
    }
)


@dataclass(frozen=True)
class Findings:
    """Some customers and what is said of them.

    Args:
        rows: `position` of the customer, its `record` or null, `finding` as a row number of `findings`.
        findings: a null in `candidate_ids` stands for the record itself.
    """

    rows: pl.DataFrame
    findings: pl.DataFrame

    @property
    def said(self) -> dict[str, pl.Expr]:
        """What is said of each row, by the names of `FINDINGS`."""
        if self.findings.height == 1:
            (said,) = self.findings.iter_rows(named=True)
            return {name: pl.lit(said[name], dtype).alias(name) for name, dtype in FINDINGS.items()}
        return {column.name: self._gathered(column) for column in self.findings}

    @property
    def is_itself(self) -> pl.Expr:
        """Whether the only candidate of a row is its record."""
        is_itself = (pl.col("candidates") == 1) & pl.col("candidate_ids").is_null()
        flags = self.findings.select(is_itself).to_series()
        return pl.lit(flags.item()) if flags.len() == 1 else self._gathered(flags)

    @staticmethod
    def _gathered(column: pl.Series) -> pl.Expr:
        return pl.lit(column).gather("finding").alias(column.name)


def say_alike(
    rows: pl.DataFrame, outcome: MatchOutcome, evidence: str | None, reason: str, *, candidates: int | None = None
) -> Findings:
    """Say one thing of all rows (`position`, and `record` where there is one)."""
    found = int("record" in rows.columns) if candidates is None else candidates
    said = {"outcome": outcome, "evidence": evidence, "candidates": found, "candidate_ids": None, "reason": reason}
    record = pl.col("record") if "record" in rows.columns else pl.lit(None)
    return Findings(_as_rows(rows.select("position", record=record, finding=0)), pl.DataFrame([said], FINDINGS))


def say_singly(rows: pl.DataFrame) -> Findings:
    """Say of each row what stands in its own columns: those of `FINDINGS`."""
    record = pl.col("record") if "record" in rows.columns else pl.lit(None)
    said = rows.select(pl.col(name).cast(dtype) for name, dtype in FINDINGS.items())
    return Findings(_as_rows(rows.select("position", record=record, finding=pl.int_range(pl.len()))), said)


def say_broken(rows: pl.DataFrame, evidence: str, reason: pl.Expr) -> Findings:
    """Say of rows whose `record` is null that what they name is not there."""
    said = rows.filter(pl.col("record").is_null()).select(
        "position",
        outcome=pl.lit("broken"),
        evidence=pl.lit(evidence),
        candidates=0,
        candidate_ids=pl.lit(None),
        reason=reason,
    )
    return say_singly(said)


def among(records: pl.LazyFrame, named: pl.Series) -> pl.Series:
    """Those of some records (`internal_id`) that are named; nothing is looked at where none is."""
    if named.is_empty():
        return named
    is_named = pl.col("internal_id").is_in(named.implode())
    return records.filter(is_named).select("internal_id").collect(engine="streaming").to_series()


def say_several(rows: pl.DataFrame, groups: pl.DataFrame, evidence: str, reason: str, *, use_lowest: bool) -> Findings:
    """Say of rows (`position`, `group`) that they found all the records of a group, as `group_records` returns them."""
    said = groups.select(
        outcome=pl.lit("ambiguous"),
        evidence=pl.lit(evidence),
        candidates=pl.col("candidates").cast(pl.UInt32),
        candidate_ids=joined(pl.col("shown"), " "),
        reason=pl.lit(f"{reason}; ") + (_lowest_of_several() if use_lowest else _none_of_several()),
    )
    record = pl.col("lowest") if use_lowest else pl.lit(None)
    used = groups.select(group=pl.int_range(pl.len(), dtype=pl.UInt32), record=record)
    found = rows.join(used, on="group", how="left")
    return Findings(_as_rows(found.select("position", "record", finding="group")), said)


def group_records(pairs: pl.LazyFrame, by: str) -> pl.LazyFrame:
    """Return each group of (`by`, `record`): how many `candidates`, the `lowest`, and the first 50 as `shown`.

    Sorted once before, since that costs a tenth of sorting in each of many small groups; groups keep the order.
    """
    record = pl.col("record")
    ascending = pairs.sort("record").group_by(by)
    return ascending.agg(candidates=pl.len(), lowest=record.first(), shown=record.head(CANDIDATES_SHOWN))


def combine(parts: Iterable[Findings]) -> Findings:
    """Put together what several steps decided, each of other customers."""
    rows, findings = [], []
    offset = 0
    for part in parts:
        rows.append(part.rows.with_columns(pl.col("finding") + pl.lit(offset, pl.UInt32)))
        findings.append(part.findings)
        offset += part.findings.height
    # One chunk each: a gather over many chunks costs ten times one over a single chunk.
    return Findings(
        pl.concat([ROWS.to_frame(), *rows]).rechunk(), pl.concat([FINDINGS.to_frame(), *findings]).rechunk()
    )


def in_order(decided: Findings, ids: pl.Series, order: pl.Series | None = None) -> Findings:
    """Put what was decided of all customers into the order of their ids, while it is numbers and not yet words.

    The rows in that `order` may be known.
    """
    if decided.rows.height != ids.len():
        return decided
    numbers = pl.int_range(ids.len(), dtype=pl.UInt32, eager=True)
    ranks = numbers.clone().scatter(order_by_text(ids) if order is None else order, numbers)
    rows = numbers.clone().scatter(ranks.gather(decided.rows.get_column("position")), numbers)
    return Findings(decided.rows[rows], decided.findings)


def joined(ids: pl.Expr, separator: str) -> pl.Expr:
    """Return a list of internal ids as text."""
    return ids.cast(pl.List(pl.String)).list.join(separator)


def listed(ids: pl.Expr, count: pl.Expr) -> pl.Expr:
    """Return the ids in words, and how many of `count` are left out."""
    left_out = count.cast(pl.Int64) - ids.list.len()
    more = pl.when(left_out > 0).then(pl.format(" and {} more", left_out)).otherwise(pl.lit(""))
    return joined(ids, ", ") + more


def _lowest_of_several() -> pl.Expr:
    others = pl.col("candidates").cast(pl.Int64) - 1
    one = pl.lit("1 other record shares it")
    share = pl.when(others == 1).then(one).otherwise(pl.format("{} other records share it", others))
    ids = listed(pl.col("shown").list.slice(1), others)
    return pl.format("{}: {}; the lowest internal id is used", share, ids)


def _none_of_several() -> pl.Expr:
    ids = listed(pl.col("shown"), pl.col("candidates"))
    return pl.format("{} records share it: {}; none is used", pl.col("candidates"), ids)


def _as_rows(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.cast(ROWS)
