"""How much memory matching needs, from rows and lengths known beforehand, and how many buckets that makes.

The figures are measured (`make bench ARGS=memory`): what is held of every customer whatever is done is ids, what was
decided, and the result; the rest is what rules compare, and traces of links.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Final, Protocol

import polars as pl

from assets.matching.match_rule import Side
from assets.matching.parted import Buckets
from assets.matching.settings import MatchSettings
from resources.memory import Memory
from resources.storage.atomic import private_folder
from resources.storage.disk import disk_in_words
from resources.storage.scratch import scratch
from schemas.declaration.memory import in_words
from schemas.link_fields import LinkField, fields_of
from schemas.words import STRIPES_OWN

_OF_A_CUSTOMER: Final = 250
"""Bytes that are held of each customer until there is a result."""
_OF_A_TRACE: Final = 170
"""Bytes that are held of each trace of a link while links are looked at, an id included."""
_OF_A_TEXT: Final = 16
"""Bytes of a text beside its letters."""
_OF_A_KEY: Final = 32
"""Bytes of a key beside its letters: whose it is, and its hash."""
_AT_WORK: Final = 2
"""How often keys are there while they are compared."""
_LEAST_PART: Final = 8
"""A bucket takes an eighth of the bound, even where all else takes more than it."""
_MOST_BUCKETS: Final = 64
"""Each is a file that is written to with all others."""


@dataclass(frozen=True)
class Need:
    """Bytes that matching needs.

    Attributes:
        held: whatever is done.
        links: what is known of links that exist.
        texts: what rules compare of the customers.
        keys: of both sides, by the rule with most of them.
    """

    held: int
    texts: int
    keys: int
    links: int = 0

    @property
    def whole(self) -> int:
        """What it takes at once."""
        return self.held + self.links + self.texts + self.keys

    def problem(self, memory: Memory) -> str:
        """A sentence where not even buckets keep it within the bound; empty where they do."""
        if self.held <= memory.of_a_stage:
            return ""
        least = ceil(self.held / memory.of_a_stage * memory.bound / 10**9)
        return (
            f"Matching so many customers holds {in_words(self.held)}, however it is parted, and a stage may take "
            f"{in_words(memory.of_a_stage)} of the {in_words(memory.bound)} of a run: it goes on, and takes more; "
            f"set `memory: {least}GB` where there is so much."
        )

    def buckets(self, bound: int) -> int:
        """Return into how many buckets keys and links have to be parted; none if all can be in memory.

        >>> Need(held=10, texts=5, keys=40).buckets(100), Need(held=10, texts=5, keys=40).buckets(30)
        (0, 2)
        """
        if self.whole <= bound:
            return 0
        part = max(bound - self.held, bound // _LEAST_PART, 1)
        return min(max(ceil(max(self.keys, self.links) / part), 2), _MOST_BUCKETS)


def need_of(stripe: pl.LazyFrame, netsuite: pl.LazyFrame, settings: MatchSettings) -> Need:
    """Return what matching would need, by counting rows and letters; takes a moment.

    Args:
        stripe: rows of `schemas.customers.StripeCustomers`.
        netsuite: rows of `schemas.customers.NetsuiteCustomers`.
        settings: what the declaration says.
    """
    ours = [rule.stripe_side for rule in settings.rules]
    theirs = [rule.netsuite_side for rule in settings.rules]
    customers, letters, named = _size(stripe, ours, _filled(fields_of("stripe")))
    traces = [*_filled(fields_of("netsuite", "value")), *_with_ids(fields_of("netsuite", "words"))]
    records, letters_of_records, found = _size(netsuite, theirs, traces)
    of_keys = [
        sum(letters[name] for name in left.columns) + sum(letters_of_records[name] for name in right.columns)
        for left, right in zip(ours, theirs, strict=True)
    ]
    keys = _OF_A_KEY * (customers + records) + max(of_keys, default=0)
    texts = _OF_A_TEXT * customers * len(letters) + sum(letters.values())
    return Need(_OF_A_CUSTOMER * customers, texts, _AT_WORK * keys, _OF_A_TRACE * (named + found))


@contextmanager
def room_for(need: Need, bound: int, home: Path) -> Iterator[Buckets | None]:
    """Give room on the disk for buckets, if so much memory asks for them; it is gone when the body has ended.

    Args:
        need: of matching.
        bound: bytes that it may take.
        home: a folder of this machine, private to the user.
    """
    count = need.buckets(bound)
    if not count:
        yield None
        return
    with disk_in_words(home), scratch(private_folder(home)) as room:
        yield Buckets(room, count)


class Parted(Protocol):
    """What says into how many buckets keys were parted."""

    @property
    def count(self) -> int:
        """How many."""


def numbers_of(need: Need, buckets: Parted | None) -> dict[str, int]:
    """What is reported of matching that went through the disk; nothing of what did not."""
    return {} if buckets is None else {"buckets": buckets.count, "bytes_needed_at_once": need.whole}


def _filled(fields: Iterable[LinkField]) -> list[pl.Expr]:
    """Return how many rows have something in each field."""
    return [pl.col(field.name).count() for field in fields]


def _with_ids(fields: Iterable[LinkField]) -> list[pl.Expr]:
    """Return how many texts of each field hold an id."""
    return [pl.col(field.name).cast(pl.String).str.find(STRIPES_OWN, literal=True).count() for field in fields]


def _size(rows: pl.LazyFrame, sides: Iterable[Side], traces: Iterable[pl.Expr]) -> tuple[int, dict[str, int], int]:
    """Return how many rows there are, the bytes of letters of each column that is compared, and how many traces."""
    columns = {column for side in sides for column in side.columns}
    letters = {column: pl.col(column).cast(pl.String).str.len_bytes().sum().cast(pl.Int64) for column in columns}
    asked = {_ROWS: pl.len(), _TRACES: pl.sum_horizontal(pl.lit(0), *traces), **letters}
    [found] = rows.select(**asked).collect(engine="streaming").to_dicts()
    return found[_ROWS], {name: found[name] for name in columns}, found[_TRACES]


_TRACES: Final = "all traces"  # as no column is called, for the space
_ROWS: Final = "all rows"  # as no column is called, for the space
