"""What a declaration says about matching, and nothing of how it is done."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

from assets.matching.match_rule import MatchRule
from assets.no_values import OF_NOBODY, PLACEHOLDERS


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
        nobody: keys of what people write for nobody, by which nobody is found.
    """

    rules: tuple[MatchRule, ...]
    on_several: Literal["first", "refuse"] = "first"
    one_to_one: bool = False
    match_inactive: bool = False
    allow_list: bool = False
    shared_key: int = 3
    no_value: frozenset[str] = PLACEHOLDERS
    nobody: frozenset[str] = OF_NOBODY

    @cached_property
    def no_key(self) -> frozenset[str]:
        """The keys by which no rule finds anybody."""
        return self.no_value | self.nobody


NO_OVERRIDES = pl.LazyFrame(schema={"stripe_customer_id": pl.String, "netsuite_internal_id": pl.Int64})
"""No overrides (`schemas.matches.Overrides`)."""
