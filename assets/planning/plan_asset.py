"""The asset `write_plan`: the plan of a run, kept under its hash, with what it was made from."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import dagster as dg
import polars as pl
from pydantic import BaseModel

from assets.check_results import SCHEMA_CHECK, blocking_checks, report_checks, schema_result
from assets.extract.netsuite_sync import SYNC
from assets.extract.stripe_transactions import TRANSACTIONS
from assets.extract.visible_links import WITHHELD_CHECK, withheld_result
from assets.kept_inputs import keep_making
from assets.matching.directions import both_ways
from assets.matching.global_customer import HAS_RECORD
from assets.matching.kept_links import customers_of, links_of
from assets.matching.stripe_matches import STRIPE_MATCHES
from assets.next_step.next_step import first_step
from assets.next_step.shown import metadata
from assets.plan_history import ACCOUNTS, PlanMade, PlanNumbers
from assets.planning.guesses import customers_in, guesses, of_plan, planned, settled
from assets.planning.new_fields import fields_metadata
from assets.planning.own_traces import own_traces
from assets.planning.parts import kinds_of
from assets.planning.portal_asset import PORTAL_LINKS
from assets.planning.rows import relinks
from assets.planning.settings import PlanSettings
from assets.planning.to_stripe import ToStripe
from assets.planning.write_plan import Further, PlanInputs, plan_of
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, failures_for_people
from assets.rules_version import MADE_BY
from assets.steps import Before, Step, key_of, of_frames, of_table
from assets.table_columns import table_columns
from resources.ledger import Guesses
from resources.storage.frames import PLAN_HASH
from schemas.paired_plan import PairedPlan
from schemas.plan import CREATIONS_FILE, Plan
from schemas.plan_violations import violations_of
from schemas.words import System

_NAME: Final = "write_plan"
_SIDES: Final = ("stripe_customers", "netsuite_customers", "customer_matches")


def build_write_plan(sync: Reconciliation) -> dg.AssetsDefinition:
    """The asset `write_plan` of one declaration."""
    settings = PlanSettings.of(sync.declaration)
    transactions = (TRANSACTIONS,) if sync.declaration.asks_who_transacted else ()
    to_stripe = (SYNC, STRIPE_MATCHES) if settings.to_stripe else ()
    portal = (PORTAL_LINKS,) if sync.declaration.portal else ()
    inputs = (*_SIDES, *transactions, *to_stripe, *portal)
    kept = [*transactions, *to_stripe[:1], *portal]

    @dg.asset(
        key=sync.key(_NAME),
        group_name=sync.name,
        kinds={"polars"},
        io_manager_key=IO_MANAGER_KEY,
        dagster_type=FRAME,
        metadata=table_columns(Plan),
        ins=sync.inputs(*inputs),
        check_specs=blocking_checks(sync.key(_NAME), {"schema": SCHEMA_CHECK, "nothing_withheld": WITHHELD_CHECK}),
    )
    def write_plan(
        context: dg.AssetExecutionContext,
        stripe_customers: pl.LazyFrame,
        netsuite_customers: pl.LazyFrame,
        customer_matches: pl.LazyFrame,
        **asked: pl.LazyFrame,
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """Every change that would make the two systems agree, one row each: old value, new value, reason.

        Only fields without a value are set and only missing ids are appended; a value that is there stays, unless a
        person's override says otherwise. What Tieout wrote before that is taken away. The plan is kept as a file named
        by the hash of its content: approving it is approving that content and no other. Nothing is written by this
        asset outside of this machine.
        """
        with failures_for_people():
            way = ToStripe(asked[SYNC], asked[STRIPE_MATCHES]) if to_stripe else None
            sides = (stripe_customers, netsuite_customers, customer_matches)
            traces, _ = own_traces(sync, context.instance, *sides)
            ours = of_table(traces)
            step = Step(
                sync, _NAME, context.run.run_id, lambda: key_of(sync, _NAME, of_frames(sync, *inputs), ours), _NAME
            )
            before, made = _before(step)
            if before is not None and made is not None:
                plan = sync.frames.read_plan(_NAME)
                yield from before.again(context, _reported(sync, context, made, customer_matches, plan, kept, traces))
                return
            further = Further(
                asked.get(TRANSACTIONS),
                way,
                asked.get(PORTAL_LINKS),
                partial(links_of, sync),
                partial(customers_of, sync),
            )
            frames = PlanInputs(*sides, further, traces)
            planned = plan_of(sync.declaration, frames, lambda: bool(sync.months_missing()))
            both = customer_matches if way is None else both_ways(customer_matches, way.found)
            customers = both.select(has_record=HAS_RECORD).collect()
            checks = [
                schema_result(violations_of(planned.plan)),
                withheld_result(planned.withheld, planned.hidden),
            ]
            yield from report_checks(_NAME, checks)
            made = _Made(
                digest=sync.plans.keep(planned.plan),
                numbers=_numbers(planned.plan, customers, netsuite_customers, settings),
                by_field=_by_field(planned.plan),
            )
            new = fields_metadata(planned.plan.others, settings.trials) if made.numbers.creates else {}
            told = _reported(sync, context, made, customer_matches, planned.plan, kept, traces)
            yield dg.MaterializeResult(
                value=step.made(planned.plan, checks, new, made.model_dump_json()), metadata={**told, **new}
            )

    return write_plan


class _Made(BaseModel, frozen=True):
    """What is to be known of a plan to report it again.

    Attributes:
        digest: the hash under which it is kept.
        numbers: without guesses, of which the ledger is asked each time.
        by_field: how many changes there are of each field of a system.
    """

    digest: str
    numbers: PlanNumbers
    by_field: list[tuple[str, str, int]]


def _before(step: Step) -> tuple[Before, _Made] | tuple[None, None]:
    """What was planned the last time, if it looked at the same, and if the plan is still kept as it was."""
    before = step.before()
    made = _Made.model_validate_json(before.more) if before else None
    return (before, made) if before and made and step.sync.plans.is_whole(made.digest) else (None, None)


def _reported(
    sync: Reconciliation,
    context: dg.AssetExecutionContext,
    made: _Made,
    matches: pl.LazyFrame,
    plan: PairedPlan,
    kept: Sequence[str],
    traces: pl.DataFrame,
) -> dict[str, dg.MetadataValue | int | float | str | bool]:
    """Remember what the plan guesses and what it was made from, and say how to go on: of this run, each time."""
    with failures_for_people():
        found = _remember_guesses(sync, matches, plan, made.digest)
        for sentence in keep_making(sync, made.digest, kept, traces):
            context.log.info(sentence)
    numbers = replace(made.numbers, guesses=found.height, guessed_customers=customers_in(found))
    results = sync.results
    new = {"new_customers/file": dg.MetadataValue.path(results.address(CREATIONS_FILE))} if numbers.creates else {}
    return {
        **metadata(first_step(sync, PlanMade(made.digest, sync.clock(), context.run.run_id, numbers))),
        PLAN_HASH: made.digest,
        ACCOUNTS: sync.accounts,
        **MADE_BY,
        **numbers.metadata(),
        "file": dg.MetadataValue.path(sync.plans.address(made.digest)),
        "report": dg.MetadataValue.path(results.address("report.html")),
        **{f"changes/{system}/{field}": count for system, field, count in made.by_field},
        **new,
    }


def _numbers(plan: PairedPlan, customers: pl.DataFrame, netsuite: pl.LazyFrame, settings: PlanSettings) -> PlanNumbers:
    return PlanNumbers(
        changes=plan.height,
        relinks=relinks(plan.lazy(), settings.no_value),
        stripe_customers=customers.height,
        netsuite_customers=netsuite.filter("is_customer").select(pl.len()).collect().item(),
        tied_to_a_record=customers.filter("has_record").height,
        creates=_creates(plan, "netsuite"),
        stripe_creates=_creates(plan, "stripe"),
    )


def _by_field(plan: PairedPlan) -> list[tuple[str, str, int]]:
    counts: Counter[tuple[str, str]] = Counter()
    for part in kinds_of(plan):
        counts[part.system, part.field] += part.height
    return sorted((system, field, count) for (system, field), count in counts.items())


def _creates(plan: PairedPlan, system: System) -> int:
    return sum(part.height for part in kinds_of(plan) if (part.system, part.action) == (system, "create"))


def _remember_guesses(sync: Reconciliation, matches: pl.LazyFrame, plan: PairedPlan, digest: str) -> PairedPlan:
    """Keep which pairs of a plan are guesses, for the reviews after it was written; give the part of it that is."""
    with sync.ledger() as ledger:
        memory = Guesses(ledger, sync.declared_accounts)
        known = memory.known().lazy()
        found = guesses(matches, known).collect()
        rows = of_plan(plan, found)
        memory.remember(planned(rows, found), settled(matches, known).collect(), digest)
    return rows
