"""First stage: Stripe customers, month of creation by month of creation. The door does the reading."""

from collections.abc import Iterator

import dagster as dg

from assets.check_results import COMPLETE_CHECK, SCHEMA_CHECK, complete_result, kept_if_good, schema_result
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, extract_metadata, failures_for_people
from schemas.customers import StripeCustomers
from schemas.declaration import Declaration
from schemas.validation import violations
from schemas.words import MATCH_KEYS

_NAME = "stripe_customers"


def metadata_keys(declaration: Declaration) -> list[str]:
    """The Stripe metadata keys that a declaration needs as columns: the link's own, and those of its rules."""
    of_rules = [
        rule.stripe.removeprefix("metadata.") for rule in declaration.rules if rule.stripe.startswith("metadata.")
    ]
    return list(dict.fromkeys([*MATCH_KEYS, *of_rules]))


def build_stripe_customers(sync: Reconciliation) -> dg.AssetsDefinition:
    """The asset `stripe_customers` of one declaration."""

    @dg.asset(
        key=sync.key(_NAME),
        group_name=sync.name,
        kinds={"stripe", "polars"},
        io_manager_key=IO_MANAGER_KEY,
        pool=sync.pool("stripe"),
        dagster_type=FRAME,
        partitions_def=sync.months,
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=[
            dg.AssetCheckSpec("schema", asset=sync.key(_NAME), blocking=True, description=SCHEMA_CHECK),
            dg.AssetCheckSpec("complete", asset=sync.key(_NAME), blocking=True, description=COMPLETE_CHECK),
        ],
    )
    def stripe_customers(context: dg.AssetExecutionContext) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """The Stripe customers, one row each, in partitions by month of creation (UTC).

        To load customers of the past, materialize their months (a backfill); what follows reads every month that is
        there. Columns: id, created, email, name, description, phone, livemode, and a column for each metadata key that
        the link or a rule needs. Rows are unique by id; identical duplicates were dropped.
        """
        window = context.partition_time_window
        months = sync.months.get_partition_keys()
        known = sync.frames.known_months(_NAME, months) if list(context.partition_keys) == months else None
        with failures_for_people():
            extract = sync.stripe.customers(window.start, window.end, known, context.log.info)
        context.log.info("%d Stripe customers of %d months", extract.frame.height, len(context.partition_keys))
        checks = [schema_result(violations(StripeCustomers, extract.frame, "id")), complete_result(extract)]
        yield from kept_if_good(_NAME, checks)
        yield dg.MaterializeResult(
            value=extract.frame,
            metadata={
                "customers_in_this_run": extract.frame.height,
                "months_in_this_run": len(context.partition_keys),
                **extract_metadata(extract),
            },
        )

    return stripe_customers
