"""What steps made last, and of what: a step that would look at the same things again need not be done again.

A step is known by its key, a hash of all that it looks at. Its frame lies where frames lie, and counts only if its
content is still what was written; what it told of itself stands beside it, under a hash of its own. All of it is a
cache, like the frames.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ValidationError

from resources.extracts.on_disk import OnDisk
from resources.storage.kept_inputs import hash_of_frame, hash_of_text
from resources.storage.protocol import Storage
from schemas.paired_plan import PairedPlan

_DIGITS = 64


class KeptStep(BaseModel, frozen=True):
    """What a step made.

    Attributes:
        key: the hash of all that it looked at.
        run: the run that did it.
        told: what it reported of itself, as who asks wants to read it.
        more: what else who asks wants to keep.
        frames: the content of each frame that it wrote, as a hash, by name; none if it writes no frame.
        rows: of them all.
    """

    key: str
    run: str
    told: str
    more: str = ""
    frames: dict[str, str] = {}
    rows: int = 0


@dataclass(frozen=True)
class Made:
    """A frame that a step has just made, to be written, and what is to be kept of the step then."""

    frame: pl.DataFrame | OnDisk | PairedPlan
    step: KeptStep


@dataclass(frozen=True)
class Same:
    """That a step would make the frame that is there: nothing is to be written."""

    rows: int


@dataclass(frozen=True)
class KeptSteps:
    """The last steps of one declaration, by name, where its frames are."""

    storage: Storage

    def keep(self, name: str, step: KeptStep, frames: Mapping[str, str]) -> None:
        """Keep what a step has made, with the contents of its frames, as hashes, by name."""
        whole = step.model_copy(update={"frames": dict(frames)})
        content = whole.model_dump_json().encode()
        with self.storage.replaced([_file(name)]) as [fresh]:
            fresh.write_bytes(hash_of_text(content).encode() + content)

    def found(self, name: str, key: str, frames: Mapping[str, Path]) -> KeptStep | None:
        """What a step of this key made, if it was the last one and all of it is there, undamaged."""
        path = self.storage.fetched([_file(name)]).get(_file(name))
        step = _read(path) if path else None
        if step is None or step.key != key:
            return None
        return step if hashes_of(frames) == step.frames else None


def hashes_of(frames: Mapping[str, Path]) -> dict[str, str]:
    """The contents of the files of frames, as hashes, by name."""
    return {name: hash_of_frame(path) for name, path in frames.items()}


def _file(name: str) -> str:
    return f"steps/{name}.json"


def _read(path: Path) -> KeptStep | None:
    try:
        content = path.read_bytes()
        step = KeptStep.model_validate_json(content[_DIGITS:])
    except (ValidationError, OSError):
        return None
    return step if content[:_DIGITS] == hash_of_text(content[_DIGITS:]).encode() else None
