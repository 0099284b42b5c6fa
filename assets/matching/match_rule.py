"""What a rule is to matching, whichever way it finds records; `equal_keys` has the way that declarations know.

The flow makes the keys of both sides, those of a NetSuite side once for all rules that want it, and a rule says which
customer finds which records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from schemas.declaration.rules import columns_of
from schemas.rule_kinds import AS_IT_IS, RuleKind


@dataclass(frozen=True)
class Side:
    """What a rule compares of one side.

    Attributes:
        parts: fields that must all be equal, in order; a part may be several columns read as one text, `first + last`.
        kind: as what they are compared.
        country: of phone numbers without a country code.
        separators: characters that part several values in one field.
    """

    parts: tuple[str, ...]
    kind: RuleKind = AS_IT_IS
    country: str | None = None
    separators: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return tuple(column for part in self.parts for column in columns_of(part))

    @property
    def alone(self) -> str | None:
        """The column, if one is compared alone, as it is, and whole."""
        is_alone = self.kind is AS_IT_IS and not self.separators and self.parts == self.columns and len(self.parts) == 1
        return self.parts[0] if is_alone else None


@dataclass(frozen=True)
class Found:
    """Who found what.

    Args:
        single: `position`, `record` of customers that found one record.
        shared: `position`, `group` of customers that found several, the group as a row number of `groups`.
        groups: `candidates`, `lowest`, `shown`.
    """

    single: pl.DataFrame
    shared: pl.DataFrame
    groups: pl.DataFrame


def join_found(parts: Sequence[Found]) -> Found:
    """Put together what was found by some keys and by others, of which no customer has two."""
    if len(parts) == 1:
        return parts[0]
    single, shared, groups = [], [], []
    offset = 0
    for part in parts:
        single.append(part.single)
        shared.append(part.shared.with_columns(pl.col("group") + pl.lit(offset, part.shared.schema["group"])))
        groups.append(part.groups)
        offset += part.groups.height
    return Found(*(pl.concat(frames) for frames in (single, shared, groups)))


class MatchRule(Protocol):
    """One rule. As a text it is what results name as the evidence, so no two rules may have the same one."""

    @property
    def stripe_side(self) -> Side:
        """What is compared of Stripe's side."""

    @property
    def netsuite_side(self) -> Side:
        """What is compared of NetSuite's side."""

    @property
    def says(self) -> str:
        """What the keys of a customer and of a record that it finds are, in one word: `equal`."""

    @property
    def is_by_one_key(self) -> bool:
        """Whether what a customer finds depends on the records of its key alone: then keys may be parted by it."""

    def find(self, customers: pl.DataFrame, records: pl.DataFrame, /) -> Found:
        """Return what each customer finds.

        Args:
            customers: `position`, `key`, `hash`, as `side_keys` makes them of the Stripe side.
            records: `record`, `key`, `hash` of the NetSuite side.
        """
