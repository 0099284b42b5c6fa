"""Metadata keys that can be meant for ours and are not read: a column of them, and what a person is told.

They stand with their customer, so that a read of what has changed forgets none and keeps none that is gone.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from resources.extracts.near_keys import key_meant_by
from resources.server_text import harmless
from schemas.words import NEAR_KEYS

_MOST_TOLD: Final = 10


def near_keys(metadata: Sequence[Mapping[str, str]], read: Sequence[str]) -> list[str | None]:
    """Of each customer of a page such keys, but for those that are read under their own names: null for nearly all."""
    names = set[str]().union(*metadata)
    near = {name for name in names if key_meant_by(name)}.difference(read)
    if not near:
        return [None] * len(metadata)
    return ["\n".join(sorted(near.intersection(pairs))) or None for pairs in metadata]


def unread_keys(rows: pl.LazyFrame) -> tuple[str, ...]:
    """Sentences on the keys of all customers that are not read, the most frequent first."""
    keys = pl.col(NEAR_KEYS).drop_nulls().str.split("\n").explode().alias("key")
    found = rows.select(keys).group_by("key").len().sort("len", "key", descending=[True, False]).collect().rows()
    rest = f"So have {len(found) - _MOST_TOLD:,} keys more, which can be meant for one of ours."
    return (
        *(_sentence(name, customers) for name, customers in found[:_MOST_TOLD]),
        *((rest,) if len(found) > _MOST_TOLD else ()),
    )


def _sentence(name: str, customers: int) -> str:
    whose = "1 customer has" if customers == 1 else f"{customers:,} customers have"
    return (
        f"{whose} the metadata key {harmless(name)!r}, which is not read: the key is {key_meant_by(name)!r}; if that "
        "is it, correct the key in Stripe. Until then nobody who has it gets a new record, and what a rule finds for "
        "them is a doubt."
    )
