"""What this process knows of Parquet files that have not changed: their metadata, and frames as they lie in memory.

A run reads the same months at each of its stages, and hundreds of small files cost more to open and to decode than to
use. A file is known by its state (`frame_seal.state_of`); one that was replaced is another one, and is read.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from resources.storage.frame_seal import State, state_of
from schemas.errors import UserError

MOST_HELD: Final = 3 << 30
"""Bytes of frames in memory that are held at most; the oldest goes first, and a larger one is never held."""

_COMPRESSED: Final = 12
"""How much smaller the files of months are than the frame that they become in memory when they are read."""

_OF_A_TEXT: Final = 16
"""Bytes of a text in a frame beside its letters: how long it is, where it is, or the letters of a short one."""

_SHARE_BESIDE: Final = 8
"""What was made of frames may take that part of what frames may: the next step would else have less room."""

_Key = tuple[State, ...]
_HELD: Final[OrderedDict[_Key, pl.DataFrame]] = OrderedDict()
_SIZES: Final[dict[_Key, int]] = {}
"""How many bytes each of these takes: to reckon that anew of all, whenever one comes, is dear where they are many."""

_BESIDE: Final[dict[_Key, dict[str, pl.DataFrame]]] = {}
_MADE: Final[dict[str, tuple[Hashable, pl.DataFrame]]] = {}
_METADATA: Final[dict[State, Mapping[str, str]]] = {}


class Held(NamedTuple):
    """A frame in memory, and beside it, by name, what was made of it for a later step."""

    frame: pl.DataFrame
    beside: MutableMapping[str, pl.DataFrame]


def metadata_of(path: Path, state: State | None = None) -> Mapping[str, str]:
    """The metadata of a Parquet file, read once; its state may be known."""
    state = state or state_of(path)
    if (known := _METADATA.get(state)) is None:
        known = _METADATA[state] = pl.read_parquet_metadata(path)
    return known


def scanned(path: Path) -> pl.LazyFrame:
    """The frame of a file: as it is held, or else a scan."""
    found = _HELD.get((state_of(path),))
    return pl.scan_parquet(path, glob=False) if found is None else found.lazy()


def hold(paths: Sequence[Path], frame: pl.DataFrame, most: int | None = None) -> None:
    """Hold what these files have together.

    Args:
        paths: the files.
        frame: their rows, if they are not many.
        most: bytes that may be held, if they are less than `MOST_HELD`.
    """
    key, limit = tuple(map(state_of, paths)), _limit(most)
    for known in (_HELD, _SIZES, _BESIDE):
        known.pop(key, None)
    if fits(frame, most):
        _HELD[key] = frame.rechunk()
        _SIZES[key] = size_of(_HELD[key])
    together = sum(_SIZES.values())
    while together > limit:
        oldest, _ = _HELD.popitem(last=False)
        _BESIDE.pop(oldest, None)
        together -= _SIZES.pop(oldest)


def fits(frame: pl.DataFrame, most: int | None = None) -> bool:
    """Whether a frame may be held; `most` as for `hold`."""
    return size_of(frame) <= _limit(most)


def held(paths: Sequence[Path]) -> Held | None:
    """What these files have together, if it is held."""
    key = tuple(map(state_of, paths))
    return Held(_HELD[key], _BESIDE.setdefault(key, {})) if key in _HELD else None


def keep_beside(frame: Held, name: str, made: pl.DataFrame, most: int | None = None) -> None:
    """Hold beside a frame what was made of it, if there is room; `most` as for `hold`."""
    others = [each for beside in _BESIDE.values() for each in beside.values()]
    if _size_of_all([made, *others]) <= _limit(most) // _SHARE_BESIDE:
        frame.beside[name] = made


def made_of(
    what: str, paths: Sequence[Path], told: Hashable, make: Callable[[], pl.DataFrame], most: int | None = None
) -> pl.DataFrame:
    """What is made of some files, and of what is told: what was made last, if all of that is as it was then.

    It is held as frames are: if it is not larger than they may be together.

    Args:
        what: its name; of each name one is held.
        paths: the files.
        told: what else it depends on.
        make: makes it.
        most: as for `hold`.
    """
    key = (tuple(map(state_of, paths)), told)
    known, made = _MADE.get(what, (None, None))
    if known != key or made is None:
        _MADE.pop(what, None)
        made = make()
        if size_of(made) <= _limit(most):
            _MADE[what] = (key, made)
    return made


def scanned_months(name: str, present: Mapping[str, Path], most: int | None = None) -> pl.LazyFrame:
    """The rows of some months, in one piece and held, unless they are very many; `most` as for `hold`.

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
    if sum(path.stat().st_size for path in paths) > _limit(most) // _COMPRESSED:
        return rows
    # What is made of a text costs a table of letters for each chunk, and a file is a chunk.
    hold(paths, whole := rows.collect(engine="streaming").rechunk(), most)
    return whole.lazy()


def narrowed(frame: pl.LazyFrame) -> pl.DataFrame:
    """The frame in memory, where texts that are all null take no room; fields of most plans hold nothing."""
    texts = [name for name, dtype in frame.collect_schema().items() if dtype == pl.String]
    [counts] = frame.select(pl.col(texts).count()).collect(engine="streaming").to_dicts() if texts else [{}]
    none = (pl.lit(None, pl.String).alias(name) for name, count in counts.items() if not count)
    return frame.with_columns(none).collect()


def size_of(frame: pl.DataFrame) -> int:
    """Return how many bytes a frame takes: of texts polars counts the letters alone, which are as much again."""
    texts = sum(dtype == pl.String for dtype in frame.dtypes)
    return int(frame.estimated_size()) + _OF_A_TEXT * texts * frame.height


def _size_of_all(frames: Iterable[pl.DataFrame]) -> int:
    return sum(map(size_of, frames))


def _limit(most: int | None) -> int:
    return MOST_HELD if most is None else min(most, MOST_HELD)
