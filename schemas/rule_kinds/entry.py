"""What a kind of comparison is: as what the values of a rule are compared.

A kind makes another text of a value; the key of that text is then compared like any other, so that every kind is exact
in its own way. A value of which a kind can make nothing has no key and matches nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import polars as pl

ReadSides = Literal["both", "netsuite"]
"""Whether the values of both sides are read so, or only NetSuite's."""


class RuleKind(Protocol):
    """A kind, as declarations, matching and the reference ask it."""

    @property
    def name(self) -> str:
        """What a rule says under `as`."""

    @property
    def side(self) -> ReadSides:
        """Whose values are read so; the other side's are compared as they are."""

    @property
    def says(self) -> str:
        """What is compared, for the reference."""

    @property
    def takes_country(self) -> bool:
        """Whether a rule may name a country for it."""

    @property
    def trait(self) -> str | None:
        """What a value looks like that this kind may be missing for, as a pattern; none, if values do not show it."""

    def read(self, column: pl.Expr, country: str | None, /) -> pl.Expr:
        """Return the text that is compared, of a String column and the rule's country; null where there is none."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A `RuleKind` whose reading is a function."""

    name: str
    says: str
    read: Callable[[pl.Expr, str | None], pl.Expr]
    side: ReadSides = "both"
    takes_country: bool = False
    trait: str | None = None
