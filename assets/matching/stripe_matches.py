"""Second stage of the way to Stripe: which Stripe customer is whose. The semantics are in `in_stripe`."""

from collections.abc import Iterator
from typing import Final

import dagster as dg
import polars as pl

from assets.check_results import SCHEMA_CHECK, blocking_checks, report_checks, schema_result
from assets.extract.netsuite_sync import SYNC
from assets.matching.in_stripe import find_in_stripe
from assets.matching.to_stripe_settings import ToStripeSettings
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, failures_for_people
from assets.table_columns import table_columns
from schemas.stripe_matches import StripeMatches
from schemas.validation import violations
from schemas.words import OUTCOMES

STRIPE_MATCHES: Final = "stripe_matches"
"""The name of the asset, where a declaration has it."""

_ONCE: Final = "Every customer of the search for Stripe ends in exactly one outcome."


def build_stripe_matches(sync: Reconciliation, settings: ToStripeSettings) -> dg.AssetsDefinition:
    """The asset `stripe_matches` of one declaration."""
    key = sync.key(STRIPE_MATCHES)

    @dg.asset(
        key=key,
        group_name=sync.name,
        kinds={"polars"},
        io_manager_key=IO_MANAGER_KEY,
        dagster_type=FRAME,
        metadata=table_columns(StripeMatches),
        ins=sync.inputs("stripe_customers", "netsuite_customers", "customer_matches", SYNC),
        check_specs=blocking_checks(key, {"schema": SCHEMA_CHECK, "every_customer_once": _ONCE}),
    )
    def stripe_matches(
        stripe_customers: pl.LazyFrame,
        netsuite_customers: pl.LazyFrame,
        customer_matches: pl.LazyFrame,
        netsuite_sync: pl.LazyFrame,
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """For every NetSuite customer of the search for Stripe one outcome: its Stripe customer, or why none.

        What the match of Stripe's customers says comes first: who has a record there is nobody else's, and a record
        that has a Stripe customer keeps it, whatever its e-mail says. The others are looked for by the key of the sync
        field among the Stripe customers that are left.
        """
        with failures_for_people():
            found = find_in_stripe(
                netsuite_sync, netsuite_customers, stripe_customers, customer_matches, settings
            ).collect()
            rows = netsuite_sync.select(pl.len()).collect().item()
            outcomes = dict(found.group_by("outcome").len().rows())
            once = dg.AssetCheckResult(
                check_name="every_customer_once",
                passed=found.height == rows,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={"outcomes": found.height, "customers": rows},
            )
            checks = [schema_result(violations(StripeMatches, found, "netsuite_internal_id")), once]
            yield from report_checks(STRIPE_MATCHES, checks)
            yield dg.MaterializeResult(
                value=found, metadata={f"outcome/{outcome}": outcomes.get(outcome, 0) for outcome in OUTCOMES}
            )

    return stripe_matches
