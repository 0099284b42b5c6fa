"""What a declaration says about matching, and nothing of how it is done."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from assets.matching.rule_kinds import KINDS
from assets.no_values import PLACEHOLDERS
from schemas.declaration.rules import RuleKind, columns_of


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
    kind: RuleKind = "text"
    country: str | None = None
    separators: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return tuple(column for part in self.parts for column in columns_of(part))


@dataclass(frozen=True)
class Rule:
    """What must have equal keys (M1): a field of each side, or as many on both.

    `stripe` is a column of the Stripe extract (id, email, name, description, phone, `metadata.<key>`, or another one
    that the declaration names), `netsuite` any column of the NetSuite extract, custom ones and `internal_id` included.
    """

    stripe: str | tuple[str, ...]
    netsuite: str | tuple[str, ...]
    kind: RuleKind = "text"
    country: str | None = None
    separators: str = ""

    @property
    def stripe_side(self) -> Side:
        """What is compared of Stripe's side."""
        kind = self.kind if KINDS[self.kind].side == "both" else "text"
        return Side(_parts(self.stripe), kind, self.country, self.separators)

    @property
    def netsuite_side(self) -> Side:
        """What is compared of NetSuite's side."""
        return Side(_parts(self.netsuite), self.kind, self.country, self.separators)

    def __str__(self) -> str:
        """Return the rule as it is written in results.

        >>> str(Rule("email", "email"))
        'email = email'
        >>> str(Rule(("name", "phone"), ("company_name", "phone"), "phone"))
        'name and phone = company_name and phone as phone'
        """
        kind = "" if self.kind == "text" else f" as {self.kind}"
        return f"{' and '.join(_parts(self.stripe))} = {' and '.join(_parts(self.netsuite))}{kind}"


def _parts(side: str | tuple[str, ...]) -> tuple[str, ...]:
    return (side,) if isinstance(side, str) else side


@dataclass(frozen=True)
class MatchSettings:
    """The settings of matching, each with what the published connectors do as its default.

    Args:
        rules: in their order; the first that finds a record decides (M6).
        on_several: use the lowest internal id of several records, or none of them (M5).
        one_to_one: let a record belong to one Stripe customer only.
        match_inactive: let the rules find inactive records too (M2). Existing links to them count in any case.
        allow_list: hold every customer whose metadata does not let it in (C2).
        shared_key: how many customers of a side may have a value before a match by it is doubted.
        no_value: keys of placeholders, which are no values.
    """

    rules: tuple[Rule, ...]
    on_several: Literal["first", "refuse"] = "first"
    one_to_one: bool = False
    match_inactive: bool = False
    allow_list: bool = False
    shared_key: int = 3
    no_value: frozenset[str] = PLACEHOLDERS


NO_OVERRIDES = pl.LazyFrame(schema={"stripe_customer_id": pl.String, "netsuite_internal_id": pl.Int64})
"""No overrides (`schemas.matches.Overrides`)."""
