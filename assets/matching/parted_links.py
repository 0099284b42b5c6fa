"""All traces of links, in memory or parted on the disk by the customer, where memory would not hold them.

A text and the id that it equals have one hash, so both are in one bucket, and the traces that are found in it belong to
its customers. So those of a customer are always together, and a part can be looked at as if there were no others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import polars as pl

from assets.matching.comment_ids import Hash, are_unusual, find_words, with_position
from assets.matching.link_traces import (
    WORD_FIELDS,
    as_clear,
    named_by_metadata,
    named_by_records,
    named_unclearly,
    named_unusually,
    notes_of,
    unmet,
    usual_ids_of,
    values_of,
    without_placeholders,
)
from assets.matching.parted import BUCKET, ROWS_AT_ONCE, Buckets, Parted
from schemas.link_fields import fields_of

_TRACES: Final = pl.Schema(
    {
        "position": pl.UInt32(),
        "record": pl.Int64(),
        "source": pl.String(),
        "text": pl.String(),
        "is_clear": pl.Boolean(),
        "is_evidence": pl.Boolean(),
    }
)
_TEXTS: Final = pl.Schema({"source": pl.String(), "record": pl.Int64(), "text": pl.String()})
_BATCH: Final = 4 * ROWS_AT_ONCE
"""Rows for which all customers, or all records, are looked at once."""


@dataclass(frozen=True)
class Traces:
    """All traces of links (`assets.matching.link_traces`); one of metadata without a record names nobody.

    Attributes:
        parts: all those of a customer are in one of them.
    """

    parts: Sequence[pl.LazyFrame]

    def each(self, look: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.LazyFrame:
        """Return what is found by looking at each part, in one piece: little of them all."""
        if len(self.parts) == 1:
            return look(self.parts[0])
        return pl.concat([look(part).collect(engine="streaming") for part in self.parts]).lazy()


def find_traces(
    customers: pl.DataFrame,
    texts: pl.LazyFrame,
    records: pl.LazyFrame,
    hashed: Hash,
    no_value: frozenset[str],
    buckets: Buckets | None,
) -> Traces:
    """Return all traces of links.

    Args:
        customers: `position`, `id`.
        texts: the same with their metadata, read as often as needed.
        records: the NetSuite customers.
        hashed: any function of an id; a bad one costs time, never the truth.
        no_value: keys of placeholders, which are no traces.
        buckets: where traces are, if not in memory.
    """
    if buckets is None:
        named = [named_by_metadata(texts, records), named_by_records(customers.lazy(), records, hashed)]
        return Traces([without_placeholders(pl.concat(named).collect(engine="streaming"), no_value).lazy()])
    links = _PartedLinks(customers.select("position", "id"), hashed, buckets)
    links.put_metadata(texts, records, no_value)
    links.put_fields(records)
    links.put_unusual(records)
    return Traces(list(links.traces.parts))


class _PartedLinks:
    """Traces as they are written.

    Args:
        ids: `position`, `id` of all customers.
        hashed: as above.
        buckets: for everything here.
    """

    def __init__(self, ids: pl.DataFrame, hashed: Hash, buckets: Buckets) -> None:
        self._ids, self._hashed, self._buckets = ids, hashed, buckets
        self._bucket_of = ids.select(buckets.by_hash(hashed(pl.col("id")))).to_series()
        self.traces = self._room("traces", _TRACES)

    def put_metadata(self, texts: pl.LazyFrame, records: pl.LazyFrame, no_value: frozenset[str]) -> None:
        """Put what the metadata of customers name."""
        names = [field.name for field in fields_of("stripe")]
        filled = texts.select("position", *names).filter(pl.any_horizontal(pl.col(names).is_not_null()))
        for batch in filled.collect_batches(chunk_size=_BATCH, maintain_order=False):
            named = named_by_metadata(batch.lazy(), records).collect(engine="streaming")
            self._put(without_placeholders(named, no_value))

    def put_fields(self, records: pl.LazyFrame) -> None:
        """Put what the fields of records name: first whose id they hold, then what is left and may mean somebody."""
        texts, rest = self._room("texts", _TEXTS), self._room("rest", _TEXTS)
        for rows in chain(values_of(records), usual_ids_of(records)):
            texts.put(rows.with_columns(self._buckets.by_hash(self._hashed(pl.col("text")))))
        for number, part in enumerate(texts.parts):
            asked = part.collect(engine="streaming").with_row_index("row")
            ids = self._ids.filter(self._bucket_of == number)
            met = with_position(asked.lazy(), ids.lazy(), self._hashed).collect(engine="streaming")
            self._put(as_clear(met.lazy()).collect())
            rest.put(unmet(asked, met).lazy().with_columns(pl.lit(0, pl.UInt8).alias(BUCKET)))
        texts.remove()
        for batch in rest.rows.collect_batches(chunk_size=_BATCH, maintain_order=False):
            self._put(named_unclearly(batch, self._ids.lazy(), self._hashed).collect(engine="streaming"))
        rest.remove()

    def put_unusual(self, records: pl.LazyFrame) -> None:
        """Put what words name by the few ids that have another form than all others."""
        unusual = self._ids.lazy().filter(are_unusual()).collect(engine="streaming")
        if unusual.is_empty():
            return
        for field in WORD_FIELDS:
            for batch in records.select("internal_id", field.name).drop_nulls().collect_batches(chunk_size=_BATCH):
                words = find_words(notes_of(batch.lazy(), field)).collect(engine="streaming")
                found = named_unusually(unusual.lazy(), words, field, batch.lazy(), self._hashed)
                self._put(found.collect(engine="streaming"))

    def _put(self, traces: pl.DataFrame) -> None:
        if not traces.is_empty():
            self.traces.put(traces.with_columns(self._bucket_of.gather(traces.get_column("position"))).lazy())

    def _room(self, name: str, schema: pl.Schema) -> Parted:
        return Parted(Buckets(self._buckets.folder / name, self._buckets.count), schema)
