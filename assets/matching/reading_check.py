"""Hints for a declaration: customers that no rule found, and that another reading of the same values would find."""

from collections.abc import Iterator
from typing import Final

import dagster as dg
import polars as pl

from assets.check_results import id_result
from assets.matching.customer_matches import match_settings
from assets.matching.other_readings import other_readings, says
from assets.matching.settings import MatchSettings
from assets.reconciliation import Reconciliation, failures_for_people
from assets.steps import Step, key_of, of_frames
from schemas.repeated import may_be_among
from schemas.words import WITHOUT_RECORD

_NAME: Final = "other_readings"
_DESCRIPTION = (
    "No unmatched customer would be found if a value were read in another way (HTML, several e-mails in a field, a "
    "parent before the name); where some would be, it names the setting. Nothing is matched by it."
)


def build_reading_check(sync: Reconciliation) -> dg.AssetChecksDefinition:
    """The check `other_readings` of one declaration, on `customer_matches`."""
    key, settings = sync.key("customer_matches"), match_settings(sync.declaration)
    inputs = ("customer_matches", "stripe_customers", "netsuite_customers")
    extracts = [sync.key(name) for name in inputs[1:]]

    @dg.multi_asset_check(
        name=f"{sync.name}_{_NAME}",
        specs=[dg.AssetCheckSpec(_NAME, asset=key, blocking=True, description=_DESCRIPTION, additional_deps=extracts)],
        ins=sync.inputs(*inputs),
    )
    def readings(
        context: dg.AssetCheckExecutionContext,
        customer_matches: pl.LazyFrame,
        stripe_customers: pl.LazyFrame,
        netsuite_customers: pl.LazyFrame,
    ) -> Iterator[dg.AssetCheckResult]:
        with failures_for_people():
            sides = (customer_matches, stripe_customers, netsuite_customers)
            step = Step(sync, _NAME, context.run.run_id, lambda: key_of(sync, _NAME, of_frames(sync, *inputs)))
            yield from step.checked(lambda: [readings_result(key, *sides, settings)])

    return readings


def readings_result(
    key: dg.AssetKey,
    matches: pl.LazyFrame,
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    settings: MatchSettings,
) -> dg.AssetCheckResult:
    """Warn of customers that another reading would find, with the number and the setting of each reading.

    Args:
        key: the asset.
        matches: rows of `schemas.matches.Matches`.
        stripe: rows of `schemas.customers.StripeCustomers`.
        netsuite: rows of `schemas.customers.NetsuiteCustomers`.
        settings: what the declaration says.
    """
    unmatched = matches.filter(pl.col("outcome").is_in(WITHOUT_RECORD)).select(id="stripe_customer_id").collect()
    may_be_one = stripe.filter(may_be_among(pl.col("id"), unmatched.to_series()))
    customers = may_be_one.join(unmatched.lazy(), on="id", how="semi")
    found = other_readings(customers, netsuite, settings)
    counts = dict(found.group_by("reading").len().sort("reading").rows())
    shown = {f"reading/{name}": count for name, count in counts.items()}
    result = id_result(key, "other_readings", found.lazy(), "stripe_customer_id", of=unmatched.height, counts=shown)
    said = "; ".join(f"{count:,} by {says(name)}" for name, count in counts.items())
    advice = f" unmatched would be found in another reading: {said}. Nothing is matched by it"
    return result._replace(description=f"{result.description}{advice if said else ' unmatched'}.")
