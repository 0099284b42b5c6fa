"""One row of what the doctor says."""

from dataclasses import dataclass
from typing import Literal

Weight = Literal["good", "todo", "note"]
"""`good`: it is fine. `todo`: something must be done. `note`: worth knowing, and nothing is broken by it."""


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what was found there; where something must be done, the sentence says what.

    Attributes:
        names: what may be read in the sentence though it comes from the environment: ids of accounts that answered.
    """

    weight: Weight
    of: str
    sentence: str
    names: tuple[str, ...] = ()
