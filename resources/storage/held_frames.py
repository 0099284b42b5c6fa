"""What this process knows of Parquet files that have not changed: their metadata, and frames as they lie in memory.

A run reads the same months at each of its stages, and hundreds of small files cost more to open and to decode than to
use. A file is known by its state (`frame_seal.state_of`); one that was replaced is another one, and is read.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from resources.storage.frame_seal import State, state_of
from schemas.errors import UserError

MOST_HELD: Final = 3 << 29
"""Bytes of frames in memory that are held; the oldest goes first, and a larger one is never held."""

_READ_AT_ONCE: Final = 1 << 28
"""Bytes of the files of months, compressed, up to which they become one frame in memory when they are read."""

_Key = tuple[State, ...]
_HELD: Final[OrderedDict[_Key, pl.DataFrame]] = OrderedDict()
_METADATA: Final[dict[State, Mapping[str, str]]] = {}


def metadata_of(path: Path) -> Mapping[str, str]:
    """The metadata of a Parquet file, read once."""
    state = state_of(path)
    if (known := _METADATA.get(state)) is None:
        known = _METADATA[state] = pl.read_parquet_metadata(path)
    return known


def scanned(path: Path) -> pl.LazyFrame:
    """The frame of a file: as it is held, or else a scan."""
    found = _HELD.get((state_of(path),))
    return pl.scan_parquet(path, glob=False) if found is None else found.lazy()


def hold(paths: Sequence[Path], frame: pl.DataFrame) -> None:
    """Hold what these files have together."""
    key, size = tuple(map(state_of, paths)), frame.estimated_size()
    _HELD.pop(key, None)
    if size <= MOST_HELD:
        _HELD[key] = frame
    while sum(each.estimated_size() for each in _HELD.values()) > MOST_HELD:
        _HELD.popitem(last=False)


def scanned_months(name: str, present: Mapping[str, Path]) -> pl.LazyFrame:
    """The rows of some months, in one piece and held, unless they are very many.

    Raises:
        UserError: some were written with other columns than the newest.
    """
    paths = list(present.values())
    if (found := _HELD.get(tuple(map(state_of, paths)))) is not None:
        return found.lazy()
    schemas = {month[:7]: pl.read_parquet_schema(path) for month, path in present.items()}
    *_, newest = schemas.values()
    outdated = [month for month, schema in schemas.items() if schema != newest]
    if outdated:
        raise UserError(
            f"{len(outdated)} months of {name}, {outdated[0]} the first, were read under an older declaration; "
            "materialize all months again."
        )
    rows = pl.scan_parquet(paths, glob=False)
    if sum(path.stat().st_size for path in paths) > _READ_AT_ONCE:
        return rows
    # What is made of a text costs a table of letters for each chunk, and a file is a chunk.
    hold(paths, whole := rows.collect(engine="streaming").rechunk())
    return whole.lazy()
