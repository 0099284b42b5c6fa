"""First stage: Stripe customers, month of creation by month of creation. The reader does the reading."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Final

import dagster as dg

from assets.check_results import (
    COMPLETE_CHECK,
    SCHEMA_CHECK,
    blocking_checks,
    complete_result,
    report_checks,
    schema_of_rows,
)
from assets.extract.visible_links import LINKS_SEEN_CHECK, links_seen_result
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, extract_metadata, failures_for_people
from assets.sources import STRIPE, source_key
from assets.steps import Step, key_of_reading
from assets.table_columns import table_columns
from schemas.customers import StripeCustomers
from schemas.declaration import Declaration
from schemas.declaration.rules import CARD_PATHS, STRIPE_FIELDS, stripe_columns
from schemas.errors import UserError
from schemas.words import MATCH_KEYS

_NAME = "stripe_customers"
_CHECKS = {"schema": SCHEMA_CHECK, "complete": COMPLETE_CHECK, "links_seen": LINKS_SEEN_CHECK}
_BACKFILL: Final = "dagster/backfill"  # the tag of a run that a backfill has started


def metadata_keys(declaration: Declaration) -> list[str]:
    """The Stripe metadata keys that a declaration needs as columns: the link's own, of rules and of new records."""
    named = [name.removeprefix("metadata.") for name in _named(declaration) if name.startswith("metadata.")]
    return list(dict.fromkeys([*MATCH_KEYS, *named]))


def further_fields(declaration: Declaration) -> list[str]:
    """The fields that rules and new records need of Stripe customers beside those that every extract has."""
    names = _named(declaration)
    return [name for name in names if name not in STRIPE_FIELDS and not name.startswith("metadata.")]


def fields_of_rules(declaration: Declaration) -> list[str]:
    """Those of the further fields that rules need."""
    of_rules = {*stripe_columns(declaration.rules)}
    return [name for name in further_fields(declaration) if name in of_rules]


def _named(declaration: Declaration) -> list[str]:
    """The fields of Stripe customers that a declaration needs, metadata as `metadata.<key>`."""
    of_card = [] if declaration.stripe.export is None else CARD_PATHS
    of_records = [*declaration.creation.stripe_paths, *of_card] if declaration.on_none == "create" else []
    to_stripe = declaration.to_stripe.stripe_paths if declaration.to_stripe else []
    return list(dict.fromkeys([*stripe_columns(declaration.rules), *of_records, *to_stripe]))


def _columns_of(declaration: Declaration) -> list[str]:
    """The columns that a declaration adds to those of every extract."""
    return [*(f"metadata.{key}" for key in metadata_keys(declaration)), *further_fields(declaration)]


def build_stripe_customers(sync: Reconciliation) -> dg.AssetsDefinition:
    """The asset `stripe_customers` of one declaration."""

    @dg.asset(
        key=sync.key(_NAME),
        group_name=sync.name,
        kinds={"stripe", "polars"},
        io_manager_key=IO_MANAGER_KEY,
        dagster_type=FRAME,
        metadata=table_columns(StripeCustomers, _columns_of(sync.declaration)),
        deps=[source_key(sync, STRIPE)],
        partitions_def=sync.months,
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=blocking_checks(sync.key(_NAME), _CHECKS),
    )
    def stripe_customers(context: dg.AssetExecutionContext) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """The Stripe customers, one row each, in partitions by month of creation (UTC).

        To load customers of the past, materialize their months (a backfill): *Materialize*, *Show all partitions*,
        the months as `[2020-01-01...2020-06-01]`, *Launch backfill*; what follows reads every month that is there.
        Columns: id, created, email, name, description, phone, livemode, and a column for each metadata key that the
        link or a rule needs. Rows are unique by id; identical duplicates were dropped.
        """
        with failures_for_people(), ExitStack() as on_exit:
            window, months = context.partition_time_window, sync.month_keys()
            known = sync.frames.known_months(_NAME, months) if list(context.partition_keys) == months else None
            if damage := sync.damage(_NAME):
                context.log.info(damage)
            if context.run.job_name in _whole_jobs(sync) and _BACKFILL not in context.run.tags:
                refuse_other_months(context.run.job_name, context.partition_keys, months)
            look = partial(key_of_reading, sync, _NAME, sync.stripe, [*context.partition_keys])
            step = Step(sync, _NAME, context.run.run_id, look, _NAME, context.partition_keys)
            before = step.before()
            if before is not None:
                yield from before.again(context)
                return
            disk = on_exit.enter_context(sync.disk())
            with sync.exclusive("stripe", context.run.run_id, context.log.info) as make_sure:
                extract = sync.stripe.customers(window.start, window.end, known, context.log.info, disk)
                make_sure()
            rows = extract.rows
            context.log.info("%d Stripe customers of %d months", rows.height, len(context.partition_keys))
            checks = [
                schema_of_rows(StripeCustomers, rows, "id"),
                complete_result(extract),
                links_seen_result(extract.unseen_links, is_wanted=sync.declaration.links_visible),
            ]
            yield from report_checks(_NAME, checks)
            metadata = {
                "customers_in_this_run": rows.height,
                "months_in_this_run": len(context.partition_keys),
                **extract_metadata(extract),
            }
            yield dg.MaterializeResult(value=step.made(rows, checks, metadata), metadata=metadata)

    return stripe_customers


def _whole_jobs(sync: Reconciliation) -> tuple[str, str]:
    return f"{sync.name}_reconcile", f"{sync.name}_daily"


def refuse_other_months(job: str, covered: Sequence[str], months: Sequence[str]) -> None:
    """Refuse a run of a job that covers every month, when its months are not those that there are by now.

    The job's months are fixed when the definitions are loaded, and a re-execution takes over those of its run.

    Raises:
        UserError: a month has begun since, or somebody chose months by hand.
    """
    if list(covered) == list(months[:-1]):
        raise UserError(
            f"A month has begun since the definitions were loaded; reload the definitions and start {job} again, as a "
            "new run, because a re-execution keeps the old months."
        )
    if list(covered) != list(months):
        raise UserError(
            f"{job} covers every month, but this run has {len(covered):,} of {len(months):,}; reload the definitions "
            "and start it again without choosing months, or materialize those of stripe_customers alone."
        )
