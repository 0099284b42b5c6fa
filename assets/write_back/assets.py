"""Write-back as assets: one a field for NetSuite, which are one step with one save per record, then one for Stripe.

What is written was planned before and is named by its hash; how it is written is in `assets.write_back`. Here outcomes
become numbers that plot over time, and a file with one row per change.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final

import dagster as dg

from assets.plan_history import plans_made
from assets.planning.brakes import judge
from assets.reconciliation import Reconciliation, failures_for_people
from assets.write_back import LivingOnly, NetsuiteWriter, StripeWriter, Tally, WriteBack, apply_side, undo_plan
from assets.write_back.outcomes import check_room, outcomes_file, show_outcomes
from assets.write_back.request import PlanPart, filters_of
from assets.write_back.selection import changes_of
from resources.ledger import Decisions, Journal, Request
from resources.netsuite_api.reading.reader import NetsuiteApiReader
from resources.stripe_api import StripeConnection
from resources.stripe_api.reading.reader import StripeApiReader
from schemas.errors import InternalError, UserError
from schemas.link_fields import fields_of
from schemas.words import LINK_FIELD, System

FIELD_ASSETS: Final[Mapping[str, str]] = {field.name: field.asset for field in fields_of("netsuite")}
"""Which asset shows the changes of which NetSuite field."""

_BOTH: Final[tuple[System, System]] = ("netsuite", "stripe")
"""In the order in which every run waits for its turns, so that no two wait for each other."""

_DESCRIPTIONS: Final[Mapping[str, str]] = {field.asset: field.texts.asset for field in fields_of("netsuite")}
_OUTCOMES: Final = ("applied", "already", "conflict", "failed", "waiting", "intended")


def build_links(sync: Reconciliation) -> list[dg.AssetsDefinition]:
    """The write-back assets of one declaration over two APIs."""
    return [_build_netsuite(sync), _build_stripe(sync)]


def _build_netsuite(sync: Reconciliation) -> dg.AssetsDefinition:
    specs = [
        dg.AssetSpec(
            sync.key(name),
            deps=[sync.key("write_plan")],
            group_name=sync.name,
            kinds={"netsuite"},
            description=f"{text} Written by `{sync.name}_apply` from an approved plan. The numbers are outcomes.",
        )
        for name, text in _DESCRIPTIONS.items()
    ]

    @dg.multi_asset(name=f"{sync.name}__netsuite_links", specs=specs)
    def netsuite_links(context: dg.AssetExecutionContext, config: PlanPart) -> Iterator[dg.MaterializeResult]:
        """One load and one save per record, for all fields."""
        with failures_for_people(), opened(sync, context.run.run_id, context.log.info, "netsuite") as work:
            asked = _requested(sync, context, config)
            tally = _apply(sync, work, asked, "netsuite", context.instance)
        for field, name in FIELD_ASSETS.items():
            yield dg.MaterializeResult(asset_key=sync.key(name), metadata=_numbers(asked.plan, tally, field))

    return netsuite_links


def _build_stripe(sync: Reconciliation) -> dg.AssetsDefinition:
    @dg.asset(
        key=sync.key("stripe_links"),
        group_name=sync.name,
        kinds={"stripe"},
        deps=[sync.key(name) for name in FIELD_ASSETS.values()],
    )
    def stripe_links(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        """The metadata of Stripe customers, pointing at the records whose NetSuite side holds.

        It applies the same part of the same plan as the NetSuite step of its run. A customer whose record NetSuite
        refused is left, and counted as waiting.
        """
        with failures_for_people(), opened(sync, context.run.run_id, context.log.info, "stripe") as work:
            asked = work.journal.requested(context.run.run_id)
            if asked is None:
                raise UserError(
                    f"This run applies no plan; start {sync.name}_apply with the hash of one, which does both systems."
                )
            tally = _apply(sync, work, asked, "stripe", context.instance)
        return dg.MaterializeResult(
            metadata={**_numbers(asked.plan, tally, LINK_FIELD), "outcomes": outcomes_file(sync)}
        )

    return stripe_links


def undo(sync: Reconciliation, context: dg.OpExecutionContext, config: PlanPart) -> Mapping[str, int]:
    """Take a plan back, whole or in part (W10); give how many changes ended in which way.

    Raises:
        dg.Failure: with a sentence for a person.
    """
    with failures_for_people(), opened(sync, context.run.run_id, context.log.info, *_BOTH) as work:
        if config.plan is None:
            raise UserError(f"{sync.name}_undo needs the hash of a plan, which the page of its apply shows.")
        asked = Request(context.run.run_id, "undo", config.plan, _filters(config))
        changes = changes_of(sync.plans.read(asked.plan))
        filters = filters_of(sync, asked.filters, changes)
        check_room(sync, len(changes))
        work.journal.request(asked)
        try:
            tally = undo_plan(work, asked.plan, changes, filters)
        finally:
            show_outcomes(sync, work, asked)
    counts = {f"changes/{outcome}": tally.counts()[outcome] for outcome in ("undone", "already", "conflict", "failed")}
    context.add_output_metadata({"plan_hash": asked.plan, **counts, "outcomes": outcomes_file(sync)})
    return counts


@contextmanager
def opened(
    sync: Reconciliation, run_id: str, on_progress: Callable[[str], None], *turns: System
) -> Iterator[WriteBack]:
    """Everything that a run writes with, open while the body runs, when it is its turn at these systems.

    Raises:
        InternalError: a side of the declaration is an export file.
    """
    stripe, netsuite = sync.stripe, sync.netsuite
    if not isinstance(stripe, StripeApiReader) or not isinstance(netsuite, NetsuiteApiReader):
        raise InternalError("Write-back was built for a declaration that reads export files.")
    account = stripe.account()
    with ExitStack() as stack:
        for system in turns:
            stack.enter_context(sync.turn(system, run_id, on_progress))
        ledger, client = stack.enter_context(sync.ledger()), stack.enter_context(netsuite.client())
        connection = stack.enter_context(StripeConnection(account, on_progress))
        yield WriteBack(
            Journal(ledger, sync.declared_accounts),
            {
                "netsuite": LivingOnly(NetsuiteWriter(client, workers=netsuite.settings.concurrency), connection),
                "stripe": StripeWriter(connection, workers=account.max_in_flight),
            },
            run_id,
            Decisions(ledger, sync.name),
            on_progress=on_progress,
        )


def _apply(
    sync: Reconciliation, work: WriteBack, asked: Request, system: System, instance: dg.DagsterInstance
) -> Tally:
    changes = changes_of(sync.plans.read(asked.plan))
    filters = filters_of(sync, asked.filters, changes)
    made_at = next((made.made_at for made in plans_made(instance, sync) if made.plan == asked.plan), None)
    check_room(sync, len(changes))
    work.journal.request(asked)  # only now: what cannot be meant was no approval
    try:
        return apply_side(work, asked.plan, changes, filters, system, made_at)
    finally:
        show_outcomes(sync, work, asked)


def _requested(sync: Reconciliation, context: dg.AssetExecutionContext, config: PlanPart) -> Request:
    plan = config.plan or _plan_of_this_run(sync, context)
    return Request(context.run.run_id, "apply", plan, _filters(config))


def _plan_of_this_run(sync: Reconciliation, context: dg.AssetExecutionContext) -> str:
    """The plan that this very run has made, if it may be written unseen, whichever checks were selected with it.

    Raises:
        UserError: it may not, or there is none.
    """
    by_hand = f"look at the report, then start {sync.name}_apply with the plan's hash."
    if sync.declaration.writes.mode != "auto":
        raise UserError(f"{sync.name} writes only what a person has approved (writes: mode: review): {by_hand}")
    made = next(plans_made(context.instance, sync), None)
    if made is None or made.run_id != context.run.run_id:
        raise UserError(f"This run has made no plan: {by_hand}")
    stopped = [verdict for verdict in judge(context.instance, sync) if not verdict.passed]
    if stopped:
        sentences = " ".join(f"{verdict.name}: {verdict.sentence}" for verdict in stopped)
        raise UserError(f"The brakes stop this run. {sentences} To go on by hand: {by_hand}")
    return made.plan


def _filters(config: PlanPart) -> dict[str, object]:
    return config.model_dump(exclude={"plan"})


def _numbers(plan: str, tally: Tally, field: str) -> dict[str, int | str]:
    """Outcomes of one field, which Dagster plots over time."""
    counts: Counter[str] = Counter(e.status for e in tally.entries if e.attempt.change.field == field)
    waiting = sum(change.field == field for change in tally.waiting)
    shown = {f"changes/{name}": waiting if name == "waiting" else counts[name] for name in _OUTCOMES}
    return {"plan_hash": plan, **shown}
