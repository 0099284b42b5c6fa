"""Write-back as assets: one a field for NetSuite, which are one step with one save per record, then one for Stripe.

What is written was planned before and is named by its hash; how it is written is in the modules beside this one. Here
their results become numbers that plot over time, and a file with one row per change.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

import dagster as dg

from assets.reconciliation import Reconciliation, failures_for_people
from assets.write_back.executor import WriteBack
from assets.write_back.living_customers import LivingOnly
from assets.write_back.outcomes import check_room, numbers, outcomes_file, show_outcomes
from assets.write_back.request import PlanPart, request_to_apply, request_to_go_on, request_to_undo
from assets.write_back.run import Part, Tally, apply_step, undo_part
from assets.write_back.selection import NETSUITE_EDITS, STRIPE_EDITS, Step
from resources.ledger import Decisions, Journal, Request, Requests
from resources.netsuite_api import NetsuiteEdits
from resources.netsuite_api.reading.reader import NetsuiteApiReader
from resources.stripe_api import StripeConnection, StripeEdits
from resources.stripe_api.reading.reader import StripeApiReader
from resources.writers import registry
from schemas.errors import InternalError
from schemas.link_fields import LinkField, by_asset, fields_of
from schemas.words import System

_BOTH: Final[tuple[System, System]] = ("netsuite", "stripe")
"""In the order in which every run waits for its turns, so that no two wait for each other."""

_OUTCOMES: Final = ("applied", "already", "conflict", "failed", "waiting", "intended")


@dataclass(frozen=True)
class _StepAssets:
    """The assets that one step of write-back materializes, all at once: of each field one, which fields may share.

    Attributes:
        name: of the op.
        step: what is written.
        fields: whose changes the assets show.
        deps: the assets that come before.
    """

    name: str
    step: Step
    fields: tuple[LinkField, ...]
    deps: tuple[str, ...]

    def specs(self, sync: Reconciliation) -> list[dg.AssetSpec]:
        """What Dagster shows of them."""
        by_apply = f"Written by `{sync.name}_apply` from an approved plan. The numbers are outcomes."
        return [
            dg.AssetSpec(
                sync.key(asset),
                deps=[sync.key(dep) for dep in self.deps],
                group_name=sync.name,
                kinds={self.step.system},
                description=" ".join([*(field.texts.asset for field in shown), by_apply]),
            )
            for asset, shown in by_asset(self.fields).items()
        ]

    def results(self, sync: Reconciliation, tally: Tally, plan: str) -> Iterator[dg.MaterializeResult]:
        """What each shows of a run: numbers that Dagster plots over time, and where the outcomes are."""
        for asset, fields in by_asset(self.fields).items():
            shown = numbers(tally.of_fields({field.name for field in fields}), *_OUTCOMES)
            file = {"outcomes": outcomes_file(sync)} if self.step.system == "stripe" else {}
            yield dg.MaterializeResult(asset_key=sync.key(asset), metadata={"plan_hash": plan, **shown, **file})


def build_links(sync: Reconciliation) -> list[dg.AssetsDefinition]:
    """The write-back assets of one declaration over two APIs."""
    netsuite = _StepAssets("netsuite_links", NETSUITE_EDITS, fields_of("netsuite"), ("write_plan",))
    before = tuple(by_asset(netsuite.fields))
    stripe = _StepAssets("stripe_links", STRIPE_EDITS, fields_of("stripe"), before)
    return [_first_step(sync, netsuite), _later_step(sync, stripe)]


def _first_step(sync: Reconciliation, assets: _StepAssets) -> dg.AssetsDefinition:
    """The step that is told which part of which plan."""

    @dg.multi_asset(name=f"{sync.name}__{assets.name}", specs=assets.specs(sync))
    def write(context: dg.AssetExecutionContext, config: PlanPart) -> Iterator[dg.MaterializeResult]:
        """One load and one save per record, for all fields."""
        run_id = context.run.run_id
        with failures_for_people(), opened(sync, run_id, context.log.info, assets.step.system) as work:
            requests = Requests(work.journal.ledger, sync.declared_accounts)
            request, part = request_to_apply(sync, context.instance, requests, run_id, config)
            tally = _written(sync, work, request, part, lambda: apply_step(work, part, assets.step))
        yield from assets.results(sync, tally, request.plan)

    return write


def _later_step(sync: Reconciliation, assets: _StepAssets) -> dg.AssetsDefinition:
    """A step that goes on with what the first one was told."""

    @dg.multi_asset(name=f"{sync.name}__{assets.name}", specs=assets.specs(sync))
    def write(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        """One read and one write per customer."""
        run_id = context.run.run_id
        with failures_for_people(), opened(sync, run_id, context.log.info, assets.step.system) as work:
            requests = Requests(work.journal.ledger, sync.declared_accounts)
            request, part = request_to_go_on(sync, context.instance, requests, run_id)
            tally = _written(sync, work, request, part, lambda: apply_step(work, part, assets.step))
        yield from assets.results(sync, tally, request.plan)

    return write


def undo(sync: Reconciliation, context: dg.OpExecutionContext, config: PlanPart) -> Mapping[str, int]:
    """Take a plan back, whole or in part (W10); give how many changes ended in which way.

    Raises:
        dg.Failure: with a sentence for a person.
    """
    with failures_for_people(), opened(sync, context.run.run_id, context.log.info, *_BOTH) as work:
        request, part = request_to_undo(sync, context.run.run_id, config)
        tally = _written(sync, work, request, part, lambda: undo_part(work, part))
    counts = numbers(tally, "undone", "already", "conflict", "failed")
    context.add_output_metadata({"plan_hash": request.plan, **counts, "outcomes": outcomes_file(sync)})
    return counts


def _written(sync: Reconciliation, work: WriteBack, request: Request, part: Part, write: Callable[[], Tally]) -> Tally:
    """Write a part; what has become of its plan is in a file afterwards, however it ends."""
    check_room(sync, len(part.changes))
    Requests(work.journal.ledger, sync.declared_accounts).add(request)  # now: what cannot be meant was no approval
    try:
        return write()
    finally:
        show_outcomes(sync, work, request)


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
            registry([LivingOnly(NetsuiteEdits(client), connection), StripeEdits(connection)]),
            run_id,
            Decisions(ledger, sync.name),
            on_progress=on_progress,
        )
