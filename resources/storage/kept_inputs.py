"""What plans were made from, kept by content (X12): so that a plan can be made again, or by other rules.

Frames and texts are named by the hash of what they hold, so that what did not change is kept once. A frame's file is
the one that the stages read, under a further name. A picture lists all that a stage looked at; a making, of which plan.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

import orjson
import polars as pl
from pydantic import BaseModel, ValidationError

from resources.storage.atomic import flush
from resources.storage.frame_seal import content_hash, state_of
from resources.storage.frame_standing import READ_AT
from resources.storage.held_frames import metadata_of
from resources.storage.protocol import Storage
from schemas.words import shortened

_Model = TypeVar("_Model", bound=BaseModel)
_OBJECTS, _PICTURES, _MAKINGS = "objects", "pictures", "plans"
_TEXTS: Final = frozenset({"declaration", "decisions", "traces"})
_UNDER_WAY: Final = timedelta(days=1)
"""For which a picture is spared though no plan was made from it yet: its run may still be under way."""


class Picture(BaseModel, frozen=True):
    """All that a stage looked at, contents by their hashes.

    Attributes:
        rules: the version of the rules by which it decided.
        unicode: the version of Unicode by which it folded letters.
        declaration: what the declaration said, as JSON.
        decisions: what persons had decided, as CSV.
        frames: the extracts, months one by one, by name.
        months_missing: months whose Stripe customers were never read.
        traces: what is ours and was taken away, as CSV; none where nothing was.
    """

    rules: int
    unicode: str
    declaration: str
    decisions: str
    frames: dict[str, str]
    months_missing: list[str] = []
    traces: str | None = None

    @property
    def contents(self) -> dict[str, str]:
        """Every content that it needs, by what it is."""
        taken_away = {"traces": self.traces} if self.traces else {}
        return {"declaration": self.declaration, "decisions": self.decisions, **taken_away, **self.frames}


class Making(BaseModel, frozen=True):
    """That a plan was made: from which pictures its matches and its changes, and when.

    The same plan made from the same inputs again is no other making.
    """

    plan: str
    matching: str
    planning: str
    made_at: datetime
    pruned_at: datetime | None = None

    @property
    def name(self) -> str:
        """What it is called in the storage, by which it is noticed that one was altered."""
        return f"{_MAKINGS}/{self.plan}/{hash_of_text(orjson.dumps([self.plan, self.matching, self.planning]))}.json"


@dataclass(frozen=True)
class KeptInputs:
    """The inputs of the plans of one declaration for its accounts.

    Attributes:
        storage: where they lie.
        alone: the right to put something there or take it away, which one holds at a time.
    """

    storage: Storage
    alone: Callable[[], AbstractContextManager[object]]

    def keep(self, picture: Picture, frames: Mapping[str, Path], texts: Iterable[bytes]) -> str:
        """Keep a picture with its contents: the frames' files, by hash, and the texts; returns its hash."""
        content = _json(picture)
        digest = hash_of_text(content)
        named = {f"{_OBJECTS}/{hash_of_text(text)}": text for text in texts} | {f"{_PICTURES}/{digest}.json": content}
        with self.alone(), self.storage.room() as room:
            files = {f"{_OBJECTS}/{each}": path for each, path in frames.items()}
            for number, (name, text) in enumerate(named.items()):
                files[name] = room / str(number)
                files[name].touch(mode=0o600)
                files[name].write_bytes(text)
                flush(files[name])
            self.storage.share(files)  # the picture last
        return digest

    def record(self, making: Making) -> None:
        """Keep that a plan was made."""
        with self.alone(), self.storage.replaced([making.name]) as [fresh]:
            fresh.write_bytes(_json(making))

    def makings(self, start: str = "") -> list[Making]:
        """How the plans were made whose hashes begin so, the newest first; what is no making any more is left out."""
        good = (making for making in self._makings(start).values() if making is not None)
        return sorted(good, key=lambda making: making.made_at, reverse=True)

    def lost(self, start: str = "") -> list[str]:
        """The plans whose hashes begin so of which it was kept how they were made, and is not any more what it was."""
        found = self._makings(start)
        good = {making.plan for making in found.values() if making is not None}
        return sorted({Path(name).parent.name for name in found} - good)

    def _makings(self, start: str) -> dict[str, Making | None]:
        found = self.storage.fetched(self.storage.names(f"{_MAKINGS}/{start}"))
        makings = {name: _read(path, Making) for name, path in found.items()}
        return {name: making if making and making.name == name else None for name, making in makings.items()}

    def picture(self, digest: str) -> Picture | str:
        """A picture; or what has become of it, as the end of a sentence."""
        path = self._found(f"{_PICTURES}/{digest}.json")
        if path is None:
            return "is gone"
        picture = _read(path, Picture)
        return "was altered" if picture is None or hash_of_text(path.read_bytes()) != digest else picture

    def text(self, digest: str) -> bytes:
        """A text that is there; see `damage`."""
        return self.frame(digest).read_bytes()

    def frame(self, digest: str) -> Path:
        """The file of a frame that is there; see `damage`."""
        name = f"{_OBJECTS}/{digest}"
        return self.storage.fetched([name])[name]

    def damage(self, picture: Picture) -> dict[str, str]:
        """What has become of the contents of a picture that are not what they were, as ends of sentences, by name."""
        states = {name: self._damage(name, digest) for name, digest in picture.contents.items()}
        return {name: said for name, said in states.items() if said}

    def prune(self, before: datetime, now: datetime, spared: Iterable[str] = ()) -> list[Making]:
        """Remove what only plans need that were made before a moment.

        Args:
            before: the moment.
            now: what is noted as the moment of their removal.
            spared: pictures that a plan may still be made from.

        Returns:
            The makings whose inputs went, without those of plans that can be made again from younger inputs.
        """
        with self.alone():
            makings = [making for making in self.makings() if making.pruned_at is None]
            old = [making for making in makings if making.made_at < before]
            for making in old:
                gone = making.model_copy(update={"pruned_at": now})
                with self.storage.replaced([making.name]) as [fresh]:
                    fresh.write_bytes(_json(gone))
            if gone_too := self._needed_by_none_of(makings, before, spared):
                self.storage.remove(gone_too)
        return _ended(makings, before)

    def old(self, before: datetime, spared: Iterable[str] = ()) -> tuple[list[Making], list[str]]:
        """What `prune` would give, and the names of the contents that would go with it; nothing is changed."""
        makings = [making for making in self.makings() if making.pruned_at is None]
        return _ended(makings, before), self._needed_by_none_of(makings, before, spared)

    def _found(self, name: str) -> Path | None:
        return self.storage.fetched([name]).get(name)

    def _damage(self, name: str, digest: str) -> str:
        path = self._found(f"{_OBJECTS}/{digest}")
        if path is None:
            return "is gone"
        found = hash_of_frame(path) if name not in _TEXTS else hash_of_text(path.read_bytes())
        return "" if found == digest else f"was altered: its hash is {shortened(found)}, and was {shortened(digest)}"

    def _needed_by_none_of(self, makings: Iterable[Making], before: datetime, spared: Iterable[str]) -> list[str]:
        """The names of what no plan needs that was made since, nor anything that is spared."""
        young = [making for making in makings if making.made_at >= before]
        pictures = {*spared, *(digest for making in young for digest in (making.matching, making.planning))}
        known = self.storage.fetched(self.storage.names(f"{_PICTURES}/"))
        written, oldest = self.storage.written(known), datetime.now(UTC) - _UNDER_WAY
        left = {name for name in known if Path(name).stem in pictures or written[name] > oldest}
        needed = [_read(known[name], Picture) for name in left]
        contents = {f"{_OBJECTS}/{digest}" for picture in needed if picture for digest in picture.contents.values()}
        objects = set(self.storage.names(f"{_OBJECTS}/"))
        return sorted((known.keys() - left) | (objects - contents))


def _ended(makings: Sequence[Making], before: datetime) -> list[Making]:
    """The makings of plans that cannot be made again from younger inputs."""
    still = {making.plan for making in makings if making.made_at >= before}
    return [making for making in makings if making.made_at < before and making.plan not in still]


def hash_of_frame(path: Path) -> str:
    """A hash of what a frame's file holds, whenever it was read; of any bytes where it is none any more."""
    try:
        state = state_of(path)
        return content_hash(path, metadata_of(path, state).get(READ_AT, ""), state)
    except pl.exceptions.PolarsError:
        return content_hash(path)


def hash_of_text(text: bytes) -> str:
    """The hash under which a text is kept."""
    return hashlib.sha256(text).hexdigest()


def _json(model: BaseModel) -> bytes:
    return orjson.dumps(model.model_dump(mode="json", exclude_none=True), option=orjson.OPT_SORT_KEYS)


def _read(path: Path, model: type[_Model]) -> _Model | None:
    try:
        return model.model_validate_json(path.read_bytes())
    except (ValidationError, OSError):
        return None
