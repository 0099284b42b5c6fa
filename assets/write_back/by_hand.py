"""What a person asks for by the hash of a plan, under their name: to apply it, or to take it back, whole or in part.

Asking is approving. The request is kept in the ledger before anything is written, and names who asked.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import dagster as dg

from assets.next_step.shown import metadata
from assets.plan_history import last_made_at, plans_made
from assets.reconciliation import Reconciliation, failures_for_people
from assets.signed_in import name_of
from assets.write_back.opening import open_write_back
from assets.write_back.outcomes import next_step_of, open_outcomes, outcomes_file, write_outcomes
from assets.write_back.request import PlanPart, part_of, signature
from assets.write_back.run import apply_steps, undo_part
from assets.write_back.step_assets import BOTH, step_assets
from resources.ledger import Request
from schemas.plan import changes_of
from schemas.version import VERSION

_UNDONE: Final = ("undone", "already", "conflict", "failed", "waiting")


def apply_plan(sync: Reconciliation, context: dg.OpExecutionContext, config: PlanPart) -> Mapping[str, int]:
    """Apply an approved plan, NetSuite first; give how many changes ended in which way.

    Raises:
        dg.Failure: with a sentence for a person.
    """
    ended = Counter[str]()
    with failures_for_people(), open_write_back(sync, context.run.run_id, context.log.info, *BOTH) as work:
        who = signature(name_of(context.run, config.who))
        changes = changes_of(sync.plans.read(config.plan))
        made_at = last_made_at(plans_made(context.instance, sync), config.plan)
        part = part_of(sync, config.plan, config.filters, changes, made_at)
        request = Request(context.run.run_id, "apply", config.plan, config.filters, who)
        with write_outcomes(sync, context.instance, work, request, len(changes)):
            for assets in step_assets(sync):
                tally = apply_steps(work, part, assets.steps)
                ended += tally.counts()
                for key, shown in assets.shown_of(sync, tally, config.plan, who):
                    context.log_event(dg.AssetMaterialization(key, metadata=shown))
    counts = {f"changes/{status}": count for status, count in sorted(ended.items())}
    _show(sync, context, config.plan, who, counts)
    return counts


def undo_plan(sync: Reconciliation, context: dg.OpExecutionContext, config: PlanPart) -> Mapping[str, int]:
    """Take a plan back, whole or in part (W10); give how many changes ended in which way.

    Raises:
        dg.Failure: with a sentence for a person.
    """
    with failures_for_people(), open_write_back(sync, context.run.run_id, context.log.info, *BOTH) as work:
        who = signature(name_of(context.run, config.who))
        changes = changes_of(sync.plans.read(config.plan))
        part = part_of(sync, config.plan, config.filters, changes, None)
        request = Request(context.run.run_id, "undo", config.plan, config.filters, who)
        with write_outcomes(sync, context.instance, work, request, len(changes)):
            ended = undo_part(work, part).counts()
    counts = {f"changes/{status}": ended[status] for status in _UNDONE}
    _show(sync, context, config.plan, who, counts)
    return counts


def _show(sync: Reconciliation, context: dg.OpExecutionContext, plan: str, who: str, counts: Mapping[str, int]) -> None:
    step = next_step_of(sync, context.instance, plan)
    if step and step.standing.replaced_by:
        context.log.warning("This plan is not the last one: %s", " ".join(step.sentences()))
    shown = {"plan_hash": plan, "who": who, **counts, "outcomes": outcomes_file(sync), "version": VERSION}
    opened = {"open_outcomes": open_outcomes(sync)}
    context.add_output_metadata({**shown, **opened, **(metadata(step) if step else {})})
