"""What the doubts of all customers say together, in sentences for the check, the page and the terminal; pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

import polars as pl

from assets.matching.doubts import OF_NEW, kinds_of, speaks_of_new
from assets.matching.equal_customers import is_twin
from assets.matching.global_customer import HAS_RECORD
from schemas.words import DOUBTS, Doubt, many


def doubts_in_words(matches: pl.DataFrame, *, is_held: bool) -> str:
    """A sentence on how many pairs are doubted, and why; empty when none is."""
    doubted = matches.filter(pl.col("doubt").is_not_null())
    pairs, alone = doubted.filter(HAS_RECORD), doubted.filter(~HAS_RECORD)
    planned = "kept out of the plan (on_doubt: refuse)" if is_held else "planned nevertheless (on_doubt: note)"
    of_pairs = (
        f"Some evidence speaks against the record of {pairs.height:,} of {many(matches.height, 'customer')}. They are "
        f"{planned}: {_named(pairs)}. Look at them in review.csv before you use the plan."
    )
    kinds = by_kind(alone)
    of_others = (
        f"{said} ({kinds[kind]:,}); decide in review.csv." for kind, said in _OF_NOBODY.items() if kind in kinds
    )
    return " ".join([*[of_pairs] * (not pairs.is_empty()), *of_others, *_of_new(alone, is_held=is_held)])


def _named(doubted: pl.DataFrame, of: Collection[Doubt] = DOUBTS) -> str:
    kinds = by_kind(doubted)
    return "; ".join(f"{words}: {kinds[kind]:,}" for kind, words in DOUBTS.items() if kind in kinds and kind in of)


def _of_new(alone: pl.DataFrame, *, is_held: bool) -> Iterator[str]:
    """What the doubts about new records say."""
    twins = alone.filter(is_twin(pl.col("doubt"))).height
    waiting = alone.filter(speaks_of_new(pl.col("doubt"))).height - twins
    if waiting:
        others = [kind for kind in OF_NEW if kind != "twin"]
        several = sum(count for kind, count in by_kind(alone).items() if kind in others) > waiting
        kinds = _named(alone, others) + " (some for several of these)" * several
        yield (
            f"No new one is made for {many(waiting, 'customer')} without a record, as one that is there, or that "
            f"another customer gets, may be theirs; decide in review.csv: {kinds}."
        )
    if twins:
        asks = ", and asks whether they are one" if is_held else ""
        yield (
            f"{many(twins, 'new customer')} with a value of another one that gets a record: the next run finds it for "
            f"them{asks}; if they are not one, decide create in review.csv."
        )


_OF_NOBODY: Final[Mapping[str, str]] = {
    "chosen_id": "Customers without a record whose imported Stripe id, which could be any number or word and so links "
    "nobody, is the external id of one",
    "near_key": "Customers without a record of whose metadata a key can be meant for one of ours, which is not read, "
    "so that no record is made for them",
    "near_id": "Customers without a record of whom comments of one hold nearly the id, so that none is made for them",
}
"""What the doubts say of customers that have no record."""


def by_kind(doubted: pl.DataFrame) -> dict[str, int]:
    """Count the kinds of doubt in the column `doubt`."""
    return dict(doubted.select(kinds_of(pl.col("doubt")).explode()).to_series().value_counts().rows())
