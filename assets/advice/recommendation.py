"""The shortest list of rules that links most, of the pairs of fields that speak for themselves.

A pair is no rule if it finds other records than those that people know, if it meets by chance (few of the values of
either field are in the other one), or if many customers find one record. What a list would really link is told by
matching itself, with the list as its rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from assets.advice.field_pairs import FieldPairs
from assets.matching import NO_OVERRIDES, MatchSettings, Rule, match_customers
from schemas.link_fields import fields_of

_MOST_RULES: Final = 8
_LEAST_GAIN: Final = 0.001
"""Of all customers: a rule that links fewer of them is not worth its place."""
_LEAST_COVERAGE: Final = 0.02
_LEAST_RECORDS: Final = 0.5
_AGREE_PER_AGAINST: Final = 10


@dataclass(frozen=True)
class Advised:
    """A rule that is recommended, and what it would do at its place in the list.

    Attributes:
        stripe: the field.
        netsuite: the field.
        links: customers without a link that it would match.
        ambiguous: customers without a link for which it finds several records.
    """

    stripe: str
    netsuite: str
    links: int
    ambiguous: int


def recommend(
    pairs: FieldPairs, known: pl.DataFrame, stripe: pl.LazyFrame, netsuite: pl.LazyFrame, settings: MatchSettings
) -> list[Advised]:
    """Return the rules in their order, with what each of them adds to those before it.

    Args:
        pairs: what was counted.
        known: `position` of the customers that are linked already.
        stripe: `schemas.customers.StripeCustomers`, and any further columns.
        netsuite: `schemas.customers.NetsuiteCustomers`, and any further columns.
        settings: what the declaration says of matching; its rules are not asked.
    """
    chosen = _shortest(pairs, known)
    rules = tuple(Rule(left, right) for left, right in chosen)
    if not rules:
        return []
    asked = MatchSettings(
        rules, "refuse", match_inactive=settings.match_inactive, no_value=settings.no_value, nobody=settings.nobody
    )
    nobody_knows = [pl.lit(None, pl.String).alias(field.name) for field in fields_of("stripe")]
    links = [pl.lit(None, pl.String).alias(field.name) for field in fields_of("netsuite")]
    is_open = pl.repeat(value=True, n=pairs.customers, dtype=pl.Boolean, eager=True)
    is_open = is_open.scatter(known.get_column("position"), False)
    left = stripe.filter(is_open).with_columns(nobody_knows)
    found = match_customers(left, netsuite.with_columns(links), NO_OVERRIDES, asked)
    counted = found.group_by("evidence", "outcome").agg(pl.len()).collect().rows()
    counts = {(evidence, outcome): count for evidence, outcome, count in counted}
    return [
        Advised(left, right, counts.get((str(rule), "matched"), 0), counts.get((str(rule), "ambiguous"), 0))
        for (left, right), rule in zip(chosen, rules, strict=True)
    ]


def fit_to_be_rules(counts: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that may be rules."""
    smaller = pl.min_horizontal("filled_stripe", "filled_netsuite")
    is_known = (pl.col("against") == 0) | (pl.col("against") * _AGREE_PER_AGAINST <= pl.col("agree"))
    return counts.filter(
        is_known
        & (pl.col("links") > pl.col("ambiguous"))
        & (pl.col("links") >= _LEAST_COVERAGE * smaller)
        & (pl.col("records") >= _LEAST_RECORDS * pl.col("links"))
    )


def _shortest(pairs: FieldPairs, known: pl.DataFrame) -> Sequence[tuple[str, str]]:
    """Take the pair that links most of those who are left, again and again; then leave out what the others do too."""
    fit = fit_to_be_rules(pairs.counts)
    least = max(1, round(pairs.customers * _LEAST_GAIN))
    hits = pairs.hits.join(fit.select("pair"), on="pair", how="semi").join(
        known.select("position"), on="position", how="anti"
    )
    chosen, left = list[int](), hits
    while len(chosen) < _MOST_RULES and not left.is_empty():
        gains = left.group_by("pair").len("gain").join(fit, on="pair")
        best = gains.sort("gain", "agree", "ambiguous", "pair", descending=[True, True, False, False]).row(
            0, named=True
        )
        if best["gain"] < least:
            break
        chosen.append(best["pair"])
        left = left.join(left.filter(pl.col("pair") == best["pair"]).select("position"), on="position", how="anti")
    for pair in chosen[:]:
        others = hits.filter(pl.col("pair").is_in([each for each in chosen if each != pair])).select("position")
        alone = hits.filter(pl.col("pair") == pair).join(others, on="position", how="anti").height
        if alone < least and len(chosen) > 1:
            chosen.remove(pair)
    rows = {row["pair"]: (row["stripe"], row["netsuite"]) for row in fit.iter_rows(named=True)}
    return [rows[pair] for pair in chosen]
