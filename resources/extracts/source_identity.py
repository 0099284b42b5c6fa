"""Where a frame comes from: so that what was read of one account never passes for another's, nor old columns for new.

A declaration keeps its name when its key, its account or its columns change. What was kept under that name before is
told apart by a short hash, which stands in the file of each frame and in the path of each plan.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

_DIGITS = 16


@dataclass(frozen=True)
class SourceIdentity:
    """Where a reader reads, in words that hold no secret.

    Attributes:
        account: what tells its account, and the fields that are written there, from others.
        columns: what else decides on the frame: which rows are asked for, and which column feeds which name.
    """

    account: tuple[str, ...]
    columns: tuple[str, ...]


EXPORT_FILE = ("export",)
"""The account of an export file: nobody knows it, and the next file of the same declaration is of the same one."""


def fingerprint(*parts: Sequence[str]) -> str:
    """Shorten origins, or parts of them, to a hash that can be compared, and be part of a path."""
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:_DIGITS]


def labels(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Which label feeds which of our names, as part of an origin."""
    return tuple(f"{name}={label.strip()}" for name, label in fields.items())
