"""From the customers of pages to columns, without an object per customer.

Pages gather in lists, a frame every few hundred: one for each page costs six times as much, SDK objects a hundred.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import polars as pl

from resources.extracts.on_disk import Disk
from resources.stripe_api.reading.near_keys import near_keys
from resources.stripe_api.reading.pages import ListedCustomer
from schemas.stripe_parameters import text_at
from schemas.words import NEAR_KEYS

_TEXTS: Final = ("email", "name", "description", "phone")
_ROWS_PER_PART: Final = 20_000


def customers_frame(
    rows: Sequence[ListedCustomer], metadata_keys: Sequence[str], further: Sequence[str] = ()
) -> pl.DataFrame:
    """Return customers as columns, in the shape of `schemas.customers.StripeCustomers`."""
    parts = Parts(metadata_keys, further=further)
    parts.add(rows)
    return parts.rows().collect()


def customers_schema(metadata_keys: Sequence[str], further: Sequence[str] = ()) -> pl.Schema:
    """Return the columns that a read with these metadata keys and further fields (paths) has, in their order."""
    texts = dict.fromkeys((*_TEXTS, *(f"metadata.{key}" for key in metadata_keys), *further, NEAR_KEYS), pl.String())
    return pl.Schema({"id": pl.String(), "created": pl.Datetime("us", "UTC"), "livemode": pl.Boolean(), **texts})


class Parts:
    """Collects pages into a few large frames, in memory or on the disk."""

    def __init__(self, metadata_keys: Sequence[str], disk: Disk | None = None, further: Sequence[str] = ()) -> None:
        """Start empty. With a disk, rows that do not fit wait there."""
        self._keys, self._further, self._disk = metadata_keys, further, disk
        self._columns = _empty(metadata_keys, further)
        self._frames: list[pl.LazyFrame] = []

    def add(self, rows: Sequence[ListedCustomer]) -> None:
        """Add the customers of one page. Raises TypeError if one of them is not as Stripe describes it."""
        _extend(self._columns, rows, self._keys)
        if self._further:
            objects = [msgspec.structs.asdict(row) for row in rows]
            for path in self._further:
                self._columns[path].extend([text_at(row, path) for row in objects])
        if len(self._columns["id"]) >= _ROWS_PER_PART:
            self._join()

    def rows(self) -> pl.LazyFrame:
        """Return all rows so far."""
        self._join()
        return pl.concat(self._frames)

    def _join(self) -> None:
        frame = pl.DataFrame(self._columns, schema=_raw_schema(self._keys, self._further)).with_columns(_MOMENT)
        self._columns = _empty(self._keys, self._further)
        self._frames.append((self._disk.laid(frame) if self._disk else frame).lazy())


_MOMENT: Final = pl.from_epoch("created", time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _empty(metadata_keys: Sequence[str], further: Sequence[str]) -> dict[str, list[str | int | bool | None]]:
    return {name: [] for name in customers_schema(metadata_keys, further)}


def _extend(
    columns: dict[str, list[str | int | bool | None]], rows: Sequence[ListedCustomer], keys: Sequence[str]
) -> None:
    columns["id"].extend([row.id for row in rows])
    columns["created"].extend([row.created for row in rows])
    columns["livemode"].extend([row.livemode for row in rows])
    columns["email"].extend([row.email for row in rows])
    columns["name"].extend([row.name for row in rows])
    columns["description"].extend([row.description for row in rows])
    columns["phone"].extend([row.phone for row in rows])
    metadata = [row.metadata or {} for row in rows]
    columns[NEAR_KEYS].extend(near_keys(metadata, keys))
    for key in keys:
        columns[f"metadata.{key}"].extend([pairs.get(key) for pairs in metadata])


def _raw_schema(metadata_keys: Sequence[str], further: Sequence[str]) -> dict[str, pl.DataType]:
    return {**customers_schema(metadata_keys, further), "created": pl.Int64()}
