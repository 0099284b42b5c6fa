"""What a declaration says about matching, and nothing of how it is done."""

from dataclasses import dataclass
from typing import Literal

import polars as pl


@dataclass(frozen=True)
class Rule:
    """A pair of fields that must have equal keys (M1).

    `stripe` is a column of the Stripe extract (id, email, name, description, phone or `metadata.<key>`), `netsuite` any
    column of the NetSuite extract, custom ones and `internal_id` included.
    """

    stripe: str
    netsuite: str

    def __str__(self) -> str:
        """Return the rule as it is written in results.

        >>> str(Rule("email", "email"))
        'email = email'
        """
        return f"{self.stripe} = {self.netsuite}"


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
    """

    rules: tuple[Rule, ...]
    on_several: Literal["first", "refuse"] = "first"
    one_to_one: bool = False
    match_inactive: bool = False
    allow_list: bool = False
    shared_key: int = 3


NO_OVERRIDES = pl.LazyFrame(schema={"stripe_customer_id": pl.String, "netsuite_internal_id": pl.Int64})
"""No overrides (`schemas.matches.Overrides`)."""
