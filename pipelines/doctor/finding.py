"""One row of what the doctor says."""

from dataclasses import dataclass
from typing import Literal

Weight = Literal["good", "todo", "note"]
"""`good`: it is fine. `todo`: something must be done. `note`: worth knowing, and nothing is broken by it."""


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what was found there; where something must be done, the sentence says what."""

    weight: Weight
    of: str
    sentence: str
