"""What all evidence says of the pairs that matching found, the evidence that decided nothing included.

Matching stops at the first that finds a record. Here the rules after it are asked too, so that `doubts` can say where
they find somebody else. They are asked in passing: a rule looks up the customers that are decided together with those
that are open, by the same keys, and nothing of a rule but its answers is kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from assets.matching.answers import CROWDS
from assets.matching.comparison import Comparison
from assets.matching.findings import Findings, listed
from assets.matching.match_rule import Found, MatchRule
from assets.matching.parted_links import Traces
from assets.matching.settings import MatchSettings
from assets.matching.side_keys import side_keys
from schemas.words import CANDIDATES_SHOWN, MatchOutcome

_OTHERS: Final = pl.Schema({"position": pl.UInt32(), "says": pl.String()})


@dataclass(frozen=True)
class Evidence:
    """What matching has found, and what it was found in.

    Attributes:
        customers: the Stripe customers: `id`, the columns of the rules, and `position`, the number of the row.
        records: the NetSuite customers.
        others: the leads and prospects of NetSuite, which link nobody.
        traces: every trace of a link; those that are not `is_evidence` link nobody.
        decided: what matching said of all customers.
        settings: what the declaration says.
        opinions: what the rules say that did not decide.
    """

    customers: pl.DataFrame
    records: pl.LazyFrame
    others: pl.LazyFrame
    traces: Traces
    decided: Findings
    settings: MatchSettings
    opinions: "SecondOpinions"

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """The pairs that no person decided: `position`, `record`, `candidates`, `rank`.

        `rank` is the place of the rule that found the record, and -1 for a link that was there.
        """
        ranks = {str(rule): at for at, rule in enumerate(self.settings.rules)}
        rank = pl.col("evidence").replace_strict(ranks, default=-1, return_dtype=pl.Int16)
        said = self.decided.findings.select(
            is_override=pl.col("evidence") == "override", candidates="candidates", rank=rank
        )
        findings = said.rechunk()
        gathered = [pl.lit(column).gather("finding").alias(column.name) for column in findings]
        pairs = self.decided.rows.filter(pl.col("record").is_not_null()).select("position", "record", *gathered)
        return pairs.filter(~pl.col("is_override").fill_null(value=False)).drop("is_override")

    def still_open(self, some: pl.LazyFrame, *settled: MatchOutcome) -> pl.LazyFrame:
        """Of some customers (`position`) those for whom no person decided, and their record; no such outcomes."""
        findings = self.decided.findings.select("outcome", "evidence").with_row_index("finding")
        rows = self.decided.rows.lazy().join(some, on="position").join(findings.lazy(), on="finding")
        return rows.filter(~pl.col("outcome").is_in(settled) & pl.col("evidence").ne_missing("override"))

    @cached_property
    def linked(self) -> pl.Series:
        """The record of each customer that was linked already, by position; null for all others."""
        return self._by_position(pl.col("rank") < 0)

    @cached_property
    def matched(self) -> pl.Series:
        """The record of each customer that a rule matched, by position; null for all others."""
        return self._by_position(pl.col("rank") >= 0)

    def _by_position(self, which: pl.Expr) -> pl.Series:
        rows = self.pairs.filter(which)
        nothing = pl.Series("own", [None], pl.Int64).new_from_index(0, self.customers.height)
        return nothing.scatter(rows.get_column("position"), rows.get_column("record"))


class SecondOpinions:
    """What rules say of customers that are decided already, heard rule by rule.

    Args:
        customers: as many as there are positions.
        records: the NetSuite customers.
        settings: what the declaration says.
        comparison: how values are compared.

    Attributes:
        agrees: with which customers' record a rule agrees that did not decide, by position: the record is among those
            that it finds, or would be if it were active.
    """

    def __init__(
        self, customers: pl.DataFrame, records: pl.LazyFrame, settings: MatchSettings, comparison: Comparison
    ) -> None:
        self._records, self._settings, self._comparison = records, settings, comparison
        self._record_of = pl.Series("own", [None], pl.Int64).new_from_index(0, customers.height)
        self.agrees = pl.repeat(value=False, n=customers.height, dtype=pl.Boolean, eager=True)
        self._others = [_OTHERS.to_frame()]
        self._successors = [_OTHERS.to_frame()]
        self._crowds = [CROWDS.to_frame()]

    @property
    def others(self) -> pl.DataFrame:
        """What rules say that find other records only: `position`, `says`; no row where a rule finds nothing."""
        return pl.concat(self._others)

    @property
    def successors(self) -> pl.DataFrame:
        """What rules find for customers whose record is as equal, but inactive: `position`, `says`."""
        return pl.concat(self._successors)

    @property
    def crowds(self) -> pl.DataFrame:
        """Whose value of the rule that decided more than `shared_key` Stripe customers have: `position`, `sharing`."""
        return pl.concat(self._crowds)

    def watched(self, steps: Iterator[Findings]) -> Iterator[Findings]:
        """Pass on what steps decide, and remember the pairs of it that no person decided."""
        for decided in steps:
            by_person = decided.findings.select(pl.col("evidence").eq_missing("override")).to_series()
            rows = decided.rows.filter(pl.col("record").is_not_null())
            if by_person.any():
                rows = rows.filter(~by_person.gather(rows.get_column("finding")))
            self._record_of = self._record_of.scatter(rows.get_column("position"), rows.get_column("record"))
            yield decided

    def hear(self, rule: MatchRule, keys: Callable[[pl.LazyFrame], pl.LazyFrame], found: Found) -> None:
        """Remember what a rule says of customers that are decided.

        Args:
            rule: which.
            keys: gives the keys of a few customers by its Stripe side.
            found: what it finds for those that are decided; of who has no record no opinion is wanted.
        """
        groups = found.groups.with_row_index("group")
        several = found.shared.lazy().join(groups.lazy(), on="group").select("position", "candidates", "shown")
        own = self._record_of.gather(found.single.get_column("position"))
        alone = found.single.with_columns(own).filter(own.is_not_null())
        is_own = pl.col("record") == pl.col("own")
        self.agrees = self.agrees.scatter(alone.filter(is_own).get_column("position"), True)
        one = alone.filter(~is_own).select(
            "position", candidates=pl.lit(1, pl.get_index_type()), shown=pl.concat_list("record")
        )
        rows = pl.concat([one, several.collect()])
        if rows.is_empty():
            return
        rows = rows.with_columns(record=self._record_of.gather(rows.get_column("position"))).drop_nulls("record")
        is_shown = pl.col("shown").list.contains(pl.col("record"))
        others = rows.filter(~is_shown)
        is_idle = others.get_column("record").is_in(self._idle.implode())
        is_equal = others.get_column("position").is_in(self._equal(rule, keys, others, is_idle).implode())
        for agreeing in (rows.filter(is_shown), others.filter(is_equal)):
            self.agrees = self.agrees.scatter(agreeing.get_column("position"), True)
        word = pl.when(pl.col("candidates") > 1).then(pl.lit("records")).otherwise(pl.lit("record"))
        says = pl.format("{} finds {} {}", pl.lit(str(rule)), word, listed(pl.col("shown"), pl.col("candidates")))
        for said, is_it in ((self._others, ~is_equal), (self._successors, is_equal & is_idle)):
            said.append(others.filter(is_it).select("position", says=says).cast(_OTHERS))

    @cached_property
    def _idle(self) -> pl.Series:
        """The records that no rule may find, as they are inactive."""
        is_idle = pl.lit(value=False) if self._settings.match_inactive else pl.col("inactive")
        return self._records.filter(is_idle).select("internal_id").collect().to_series()

    def _equal(
        self,
        rule: MatchRule,
        keys: Callable[[pl.LazyFrame], pl.LazyFrame],
        others: pl.DataFrame,
        is_idle: pl.Series,
    ) -> pl.Series:
        """Return the customers whose record is equal though it is not among those shown: inactive, or one of many."""
        rows = others.filter(is_idle | (others.get_column("candidates") > CANDIDATES_SHOWN))
        if rows.is_empty():
            return rows.get_column("position")
        asked = self._records.join(rows.lazy(), left_on="internal_id", right_on="record", how="semi")
        record = pl.col("internal_id").alias("record")
        own = side_keys(asked, rule.netsuite_side, record, self._comparison, self._settings.no_key)
        held = rows.lazy().select("position", "record").join(own.lazy(), on="record")
        equal = held.join(keys(rows.lazy().select("position")), on=["position", "key"], how="semi")
        return equal.select("position").unique().collect(engine="streaming").to_series()

    def count(self, crowds: pl.DataFrame, found: Found) -> None:
        """Remember which of the customers that a rule decides have a value that many customers of Stripe have.

        Args:
            crowds: which customers have one, by the keys of all or by a part of them: `position`, `sharing`.
            found: what the rule decides by these keys.
        """
        if crowds.is_empty():
            return
        decided = pl.concat([found.single.select("position"), found.shared.select("position")])
        self._crowds.append(crowds.join(decided, on="position", how="semi"))
