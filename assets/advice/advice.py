"""The whole advice: which fields are compared, what is known already, the counts and the rules, as one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from assets.advice.field_pairs import count_pairs
from assets.advice.recommendation import Advised, recommend
from assets.matching import MatchSettings, match_customers
from assets.matching.match_rule import MatchRule, Side
from schemas.link_fields import fields_of
from schemas.words import MATCH_KEYS, NEAR_KEYS

_NOT_COMPARED: Final = frozenset({"stage", *(field.name for field in fields_of("netsuite"))})
_NOT_OF_STRIPE: Final = frozenset({"link_column", NEAR_KEYS, *(f"metadata.{key}" for key in MATCH_KEYS)})


@dataclass(frozen=True)
class Advice:
    """What a person is told.

    Attributes:
        table: a row for each pair of fields with an equal value, best first: `rule` (place in the recommended list, or
            null), `stripe`, `netsuite`, `links`, `only`, `ambiguous`, `agree`, `against`.
        rules: the recommended list.
        customers: how many there are.
        linked: how many of them are linked already.
    """

    table: pl.DataFrame
    rules: Sequence[Advised]
    customers: int
    linked: int


def advise(stripe: pl.DataFrame, netsuite: pl.DataFrame, overrides: pl.LazyFrame, settings: MatchSettings) -> Advice:
    """Say what an exact rule on each pair of fields would link, and which rules to declare.

    Args:
        stripe: `schemas.customers.StripeCustomers`, and every further field as a column.
        netsuite: `schemas.customers.NetsuiteCustomers`, and every further column.
        overrides: `schemas.matches.Overrides`.
        settings: what the declaration says of matching; its rules are not asked.
    """
    known = _known(stripe, netsuite, overrides, settings)
    is_found = pl.col("is_customer") & (pl.lit(settings.match_inactive) | ~pl.col("inactive"))
    ours = [name for name, dtype in stripe.schema.items() if dtype == pl.String and name not in _NOT_OF_STRIPE]
    theirs = [name for name, dtype in netsuite.schema.items() if dtype == pl.String and name not in _NOT_COMPARED]
    pairs = count_pairs(
        stripe.lazy(), netsuite.lazy().filter(is_found), known, ours, ["internal_id", *theirs], settings.no_key
    )
    rules = recommend(pairs, known, stripe.lazy(), netsuite.lazy(), settings)
    places = pl.DataFrame(
        [(at, each.stripe, each.netsuite) for at, each in enumerate(rules, 1)],
        schema={"rule": pl.UInt32, "stripe": pl.String, "netsuite": pl.String},
        orient="row",
    )
    table = pairs.counts.join(places, on=["stripe", "netsuite"], how="left").sort("rule", "pair", nulls_last=True)
    return Advice(table.select(COLUMNS), rules, stripe.height, known.height)


def is_plain_pair(rule: MatchRule) -> bool:
    """Whether a rule compares one field with one, as it is: only such rules are advised."""
    return all(side == Side(side.columns[:1]) for side in (rule.stripe_side, rule.netsuite_side))


COLUMNS: Final = ("rule", "stripe", "netsuite", "links", "only", "ambiguous", "agree", "against")
"""Of the table."""


def _known(
    stripe: pl.DataFrame, netsuite: pl.DataFrame, overrides: pl.LazyFrame, settings: MatchSettings
) -> pl.DataFrame:
    """Return `position` and `record` of the customers that a link or a person ties to a record."""
    without_rules = MatchSettings(
        (), "refuse", allow_list=settings.allow_list, no_value=settings.no_value, nobody=settings.nobody
    )
    found = match_customers(stripe.lazy(), netsuite.lazy(), overrides, without_rules)
    tied = found.select("stripe_customer_id", record="netsuite_internal_id").drop_nulls()
    positions = stripe.lazy().select(stripe_customer_id="id").with_row_index("position")
    return tied.join(positions, on="stripe_customer_id").select("position", "record").collect()
