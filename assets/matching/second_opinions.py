"""What all evidence says of the pairs that matching found, the evidence that decided nothing included.

Matching stops at the first that finds a record. Here the rules after it are asked too, so that `doubts` can say where
they find somebody else; each column's keys are made once more for that, which docs/matching.md has the price of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from assets.matching.comparison import Comparison
from assets.matching.rules import found_records, keyed_records, side_keys
from assets.matching.settings import MatchSettings, Rule
from assets.matching.verdicts import Decided, listed

_ANSWERS: Final = pl.Schema({"position": pl.UInt32(), "agrees": pl.Boolean(), "says": pl.String()})
_CROWDS: Final = pl.Schema({"position": pl.UInt32(), "sharing": pl.UInt32()})


@dataclass(frozen=True)
class Evidence:
    """What matching has found, and what it was found in.

    Attributes:
        customers: the Stripe customers: `id`, the columns of the rules, and `position`, the number of the row.
        records: the NetSuite customers.
        traces: `position`, `record`, `source` of every trace of a link between two customers that are there; those that
            are not `is_evidence` link nobody.
        decided: what matching said of all customers.
        settings: what the declaration says.
        comparison: how values are compared.
    """

    customers: pl.DataFrame
    records: pl.LazyFrame
    traces: pl.DataFrame
    decided: Decided
    settings: MatchSettings
    comparison: Comparison

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """The pairs that no person decided: `position`, `record`, `candidates`, `evidence`, `rank`.

        `rank` is the place of the rule that found the record, and -1 for a link that was there.
        """
        places = {str(rule): at for at, rule in enumerate(self.settings.rules)}
        rank = pl.col("evidence").replace_strict(places, default=-1, return_dtype=pl.Int16)
        verdicts = self.decided.verdicts.select("evidence", "candidates", rank=rank).rechunk()
        said = [pl.lit(column).gather("verdict").alias(column.name) for column in verdicts]
        pairs = self.decided.rows.filter(pl.col("record").is_not_null()).select("position", "record", *said)
        return pairs.filter(pl.col("evidence") != "override")

    @cached_property
    def answers(self) -> pl.DataFrame:
        """What rules say that did not decide: `position`, `agrees`, `says`; no row where a rule finds nothing.

        A rule agrees when the record is among those that it finds, or would be if it were active.
        """
        return pl.concat([_ANSWERS.to_frame(), *(answers for answers, _ in self._by_rule)])

    @cached_property
    def crowds(self) -> pl.DataFrame:
        """Whose value of the rule that decided more than `shared_key` Stripe customers have: `position`, `sharing`."""
        return pl.concat([_CROWDS.to_frame(), *(crowds for _, crowds in self._by_rule)])

    @cached_property
    def _by_rule(self) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
        return list(self._asked())

    def _asked(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        is_eligible = pl.lit(value=True) if self.settings.match_inactive else ~pl.col("inactive")
        sides = [rule.netsuite_side for rule in self.settings.rules]
        compare = self.comparison
        keyed = keyed_records(self.records.filter(is_eligible), sides, compare, self.settings.no_value)
        for at, (rule, theirs) in enumerate(zip(self.settings.rules, keyed, strict=True)):
            ours = self.customers.lazy()
            keys = side_keys(ours, rule.stripe_side, pl.col("position"), compare)
            rank = pl.col("rank")
            yield (
                self._answered(rule, keys, theirs, self.pairs.filter(rank < at)),
                self._crowded(keys, self.pairs.filter(rank == at)),
            )

    def _answered(self, rule: Rule, keys: pl.DataFrame, theirs: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
        found = found_records(self._of(keys, pairs), theirs, rule)
        groups = found.groups.lazy().with_row_index("group").select("group", "candidates", "shown")
        several = found.shared.lazy().join(groups, on="group").select("position", "candidates", "shown")
        one = found.single.lazy().select(
            "position", candidates=pl.lit(1, pl.get_index_type()), shown=pl.concat_list("record")
        )
        rows = pl.concat([one, several]).join(pairs.lazy().select("position", "record"), on="position")
        is_shown = pl.col("shown").list.contains(pl.col("record"))
        answers = rows.with_columns(agrees=is_shown).collect(engine="streaming")
        others = answers.filter(~pl.col("agrees"))
        equal = self._equal(rule, keys, others)
        word = pl.when(pl.col("candidates") > 1).then(pl.lit("records")).otherwise(pl.lit("record"))
        says = pl.format("{} finds {} {}", pl.lit(str(rule)), word, listed(pl.col("shown"), pl.col("candidates")))
        said = others.join(equal, on="position", how="left").select(
            "position", agrees=pl.col("is_equal").fill_null(value=False), says=says
        )
        agreeing = answers.filter("agrees").select("position", "agrees", says=pl.lit(""))
        return pl.concat([agreeing, said]).cast(_ANSWERS)

    def _equal(self, rule: Rule, keys: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        """Say of customers whose record was not shown among those found whether its value is equal nevertheless."""
        compare = self.comparison
        asked = self.records.join(rows.lazy(), left_on="internal_id", right_on="record", how="semi")
        record = pl.col("internal_id").alias("record")
        own = side_keys(asked, rule.netsuite_side, record, compare, self.settings.no_value)
        held = rows.lazy().select("position", "record").join(own.lazy(), on="record")
        equal = held.join(self._of(keys, rows).lazy(), on=["position", "key"], how="semi")
        return equal.select("position", is_equal=pl.lit(value=True)).unique().collect(engine="streaming")

    def _crowded(self, keys: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
        most = self.settings.shared_key
        crowds = keys.lazy().group_by("hash").len().filter(pl.col("len") > most).select("hash")
        crowd = keys.lazy().join(crowds, on="hash", how="semi")
        sharing = crowd.select("position", sharing=pl.len().over("key")).filter(pl.col("sharing") > most)
        largest = sharing.group_by("position").agg(pl.col("sharing").max())
        return largest.join(pairs.lazy(), on="position", how="semi").cast(_CROWDS).collect(engine="streaming")

    def _of(self, keys: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
        """Return the keys of the customers of some pairs."""
        is_asked = pl.repeat(value=False, n=self.customers.height, dtype=pl.Boolean, eager=True)
        is_asked = is_asked.scatter(pairs.get_column("position"), True)
        return keys.filter(is_asked.gather(keys.get_column("position")))
