"""What rules find, rule by rule and part by part: all that matching asks of the keys of both sides.

A part of the keys is looked at alone, whoever is decided already, so that parts can be looked at anywhere, in any
order: in one piece in memory, in buckets one after the other, or by tasks of their own (`tasks`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import polars as pl

from assets.matching.buckets import RuleKeys
from assets.matching.known_keys import KnownKeys
from assets.matching.match_rule import Found, MatchRule

CROWDS: Final = pl.Schema({"position": pl.UInt32(), "sharing": pl.UInt32()})


@dataclass(frozen=True)
class Answer:
    """What a rule finds by a part of the keys.

    Attributes:
        found: by all customers, also those that are decided.
        crowds: whose value more than `shared_key` customers of Stripe have: `position`, `sharing`.
    """

    found: Found
    crowds: pl.DataFrame


@dataclass(frozen=True)
class Answers:
    """What a rule finds.

    Attributes:
        parts: by all keys, a part after the other.
        keys: gives the keys of a few customers (`position`) by its Stripe side.
    """

    parts: Iterable[Answer]
    keys: Callable[[pl.LazyFrame], pl.LazyFrame]


class FoundElsewhere(Protocol):
    """What was found before, so that no keys are made: see `tasks`."""

    def answers(self, customers: pl.LazyFrame) -> Iterator[Answers]:
        """Give what one rule after the other finds.

        Args:
            customers: `position`, and what the rules compare, of all customers.
        """


Known = KnownKeys | FoundElsewhere
"""What need not be made or asked again."""


def answer(rule: MatchRule, customers: pl.DataFrame, records: pl.DataFrame, most: int) -> Answer:
    """Return what a rule finds by these keys; what it finds by others is none of it.

    Args:
        rule: which.
        customers: `position`, `key`, `hash`.
        records: `record`, `key`, `hash`.
        most: `shared_key`.
    """
    return Answer(rule.find(customers, records), _crowds(customers, most))


def answers_of(keyed: Iterator[RuleKeys], rules: Sequence[MatchRule], most: int) -> Iterator[Answers]:
    """Ask one rule after the other, each part of its keys when it is wanted."""
    for rule, keys in zip(rules, keyed, strict=True):
        yield _asked(rule, keys, most)


def _asked(rule: MatchRule, keys: RuleKeys, most: int) -> Answers:
    def of(rows: pl.LazyFrame) -> pl.LazyFrame:
        # Keys are of all customers, and only these few are asked for.
        return keys.customers.join(rows, on="position", how="semi")

    return Answers((answer(rule, ours, theirs, most) for ours, theirs in keys.parts), of)


def _crowds(keys: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return which customers have a value that many customers of Stripe have, and how many.

    Args:
        keys: those of all customers, or all that are equal to one of them.
        most: how many are not many.
    """
    hashes = keys.get_column("hash").sort()
    crowds = hashes.filter(hashes == hashes.shift(most)).unique()
    if crowds.is_empty():
        return CROWDS.to_frame()
    crowd = keys.filter(pl.col("hash").is_in(crowds.implode()))
    sharing = crowd.lazy().select("position", sharing=pl.len().over("key")).filter(pl.col("sharing") > most)
    return sharing.group_by("position").agg(pl.col("sharing").max()).cast(CROWDS).collect()
