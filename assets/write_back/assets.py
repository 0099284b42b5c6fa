"""Write-back as assets, for the daily run of a declaration that lets it write what it has planned, within the brakes.

Elsewhere a job writes for a person (`by_hand`), and these assets only show its numbers: nobody can materialize them, so
that materializing everything writes nothing. How it is written is in the modules beside this one.
"""

from collections.abc import Iterator

import dagster as dg

from assets.plan_history import History, last_made_at, plans_made
from assets.planning.brakes import results_of
from assets.reconciliation import Reconciliation, failures_for_people
from assets.signed_in import name_of
from assets.write_back.opening import open_write_back
from assets.write_back.outcomes import write_outcomes
from assets.write_back.request import check_that_it_may, part_of
from assets.write_back.run import Tally, apply_steps
from assets.write_back.step_assets import StepAssets, step_assets
from resources.ledger import Request, Requests
from schemas.errors import UserError
from schemas.plan import changes_of


def build_links(sync: Reconciliation) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """The write-back assets of one declaration over two APIs."""
    netsuite, stripe = step_assets(sync)
    if sync.declaration.writes.mode != "auto":
        return [*netsuite.specs(sync), *stripe.specs(sync)]
    return [_first_step(sync, netsuite), _later_step(sync, stripe)]


def _first_step(sync: Reconciliation, assets: StepAssets) -> dg.AssetsDefinition:
    """The step that writes the plan which its run has made."""

    @dg.multi_asset(name=f"{sync.name}__daily_{assets.name}", specs=assets.specs(sync))
    def write(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        """One load and one save per record, for all fields."""
        run_id, who = context.run.run_id, name_of(context.run, f"{sync.name}_daily")
        with failures_for_people(), open_write_back(sync, run_id, context.log.info, *assets.systems) as work:
            approvals = Requests(work.journal.ledger, sync.declared_accounts).approvals()
            history = History.read(sync.name, plans_made(context.instance, sync), approvals)
            check_that_it_may(sync, run_id, history.newest, results_of(sync, history.newest, history.good))
            plan = history.newest.plan
            part = part_of(sync, plan, {}, changes_of(sync.plans.read(plan)), history.newest.made_at)
            with write_outcomes(
                sync, context.instance, work, Request(run_id, "apply", plan, {}, who), len(part.changes)
            ):
                tally = apply_steps(work, part, assets.steps)
        yield from _results(sync, assets, tally, plan, who)

    return write


def _later_step(sync: Reconciliation, assets: StepAssets) -> dg.AssetsDefinition:
    """A step that goes on with what the first one wrote."""

    @dg.multi_asset(name=f"{sync.name}__daily_{assets.name}", specs=assets.specs(sync))
    def write(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        """One read and one write per customer."""
        run_id, job = context.run.run_id, f"{sync.name}_daily"
        with failures_for_people(), open_write_back(sync, run_id, context.log.info, *assets.systems) as work:
            request = Requests(work.journal.ledger, sync.declared_accounts).of(run_id)
            if request is None:
                raise UserError(
                    f"This run applies no plan; start {sync.name}_apply with the hash of one, which does both systems."
                )
            made_at = last_made_at(plans_made(context.instance, sync), request.plan)
            changes = changes_of(sync.plans.read(request.plan))
            part = part_of(sync, request.plan, request.filters, changes, made_at)
            with write_outcomes(sync, context.instance, work, request, len(changes)):
                tally = apply_steps(work, part, assets.steps)
        yield from _results(sync, assets, tally, request.plan, request.who or job)

    return write


def _results(
    sync: Reconciliation, assets: StepAssets, tally: Tally, plan: str, who: str
) -> Iterator[dg.MaterializeResult]:
    for key, shown in assets.shown_of(sync, tally, plan, who):
        yield dg.MaterializeResult(asset_key=key, metadata=shown)
