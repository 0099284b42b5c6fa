"""Write-back as assets: one a field for NetSuite, which are one step with one save per record, then one for Stripe.

What is written was planned before and is named by its hash; how it is written is in the modules beside this one. Here
their results become numbers that plot over time, and a file with one row per change.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Final

import dagster as dg

from assets.no_values import is_placeholder_of
from assets.plan_history import History, last_made_at, plans_made
from assets.planning.brakes import results_of
from assets.planning.settings import PlanSettings
from assets.reconciliation import Reconciliation, failures_for_people
from assets.write_back.executor import WriteBack
from assets.write_back.outcomes import outcomes_file, write_outcomes
from assets.write_back.request import PlanPart, check_that_it_may, part_of
from assets.write_back.run import Tally, apply_steps, undo_part
from assets.write_back.selection import NETSUITE_CREATES, NETSUITE_EDITS, STRIPE_CREATES, STRIPE_EDITS, Step
from resources.ledger import Decisions, Journal, Request, Requests
from resources.writers import Writer, registry
from schemas.change import RECORD
from schemas.declaration import Declaration
from schemas.errors import InternalError, UserError
from schemas.link_fields import by_asset, fields_of
from schemas.plan import changes_of
from schemas.words import System

_BOTH: Final[tuple[System, System]] = ("netsuite", "stripe")
"""The systems in the order in which every run waits for them, so that no two wait for each other."""

NEW_CUSTOMERS: Final = "netsuite_new_customers"
"""The asset that shows the creates of NetSuite records, where a declaration makes some."""

NEW_IN_STRIPE: Final = "stripe_new_customers"
"""The asset that shows the creates of Stripe customers, where a declaration makes some."""

FIELDS_IN_STRIPE: Final = "stripe_fields"
"""The asset that shows further fields of Stripe customers, where a declaration keeps some as NetSuite has them."""

_IN_STRIPE: Final = "Stripe customers that were created, once each, for NetSuite customers that had none."
_FIELDS: Final = "Fields of Stripe customers that were set to what NetSuite has."
_NEW: Final = "NetSuite customers that were created, once each, for Stripe customers that had none."
_OUTCOMES: Final = ("applied", "already", "conflict", "failed", "waiting", "intended")


@dataclass(frozen=True)
class _StepAssets:
    """The assets that some steps of write-back materialize, all at once.

    Attributes:
        name: of the op.
        steps: what is written.
        shown: whose changes each asset shows, by fields.
        texts: what each holds, as a sentence.
        deps: the assets that come before.
    """

    name: str
    steps: tuple[Step, ...]
    shown: Mapping[str, Sequence[str]]
    texts: Mapping[str, str]
    deps: tuple[str, ...]

    @property
    def system(self) -> System:
        """The system that is written last, and whose the assets are."""
        return self.steps[-1].system

    @property
    def systems(self) -> tuple[System, ...]:
        """The systems that are written, in the order in which runs wait for them."""
        return tuple(system for system in _BOTH if any(step.system == system for step in self.steps))

    def specs(self, sync: Reconciliation) -> list[dg.AssetSpec]:
        """What Dagster shows of them."""
        by_apply = f"Written by `{sync.name}_apply` from an approved plan. The numbers are outcomes."
        return [
            dg.AssetSpec(
                sync.key(asset),
                deps=[sync.key(dep) for dep in self.deps],
                group_name=sync.name,
                kinds={"stripe"} if asset == NEW_IN_STRIPE else {self.system},
                description=f"{self.texts[asset]} {by_apply}",
            )
            for asset in self.shown
        ]

    def results(self, sync: Reconciliation, tally: Tally, plan: str) -> Iterator[dg.MaterializeResult]:
        """What each shows of a run: numbers that Dagster plots over time, and where the outcomes are."""
        for asset, fields in self.shown.items():
            of_system: System = "stripe" if asset == NEW_IN_STRIPE else self.system
            ended = sum((tally.by_field.get((of_system, field), Counter()) for field in fields), Counter[str]())
            shown = {f"changes/{status}": ended[status] for status in _OUTCOMES}
            if ended["unfit"]:
                shown["changes/unfit"] = ended["unfit"]
            file = {"outcomes": outcomes_file(sync)} if self.system == "stripe" else {}
            yield dg.MaterializeResult(asset_key=sync.key(asset), metadata={"plan_hash": plan, **shown, **file})


def build_links(sync: Reconciliation) -> list[dg.AssetsDefinition]:
    """The write-back assets of one declaration over two APIs."""
    netsuite = _of_fields("netsuite_links", NETSUITE_EDITS, ("write_plan",))
    if sync.declaration.makes_customers:
        steps, shown = (NETSUITE_CREATES, NETSUITE_EDITS), {NEW_CUSTOMERS: [RECORD], **netsuite.shown}
        netsuite = replace(netsuite, steps=steps, shown=shown, texts={NEW_CUSTOMERS: _NEW, **netsuite.texts})
    to_stripe = sync.declaration.to_stripe
    if to_stripe is not None and to_stripe.on_none == "create":
        *creates, edits = netsuite.steps
        shown, texts = {NEW_IN_STRIPE: [RECORD], **netsuite.shown}, {NEW_IN_STRIPE: _IN_STRIPE, **netsuite.texts}
        netsuite = replace(netsuite, steps=(*creates, STRIPE_CREATES, edits), shown=shown, texts=texts)
    stripe = _of_fields("stripe_links", STRIPE_EDITS, tuple(netsuite.shown))
    if to_stripe is not None and to_stripe.kept:
        shown, texts = {**stripe.shown, FIELDS_IN_STRIPE: to_stripe.kept}, {**stripe.texts, FIELDS_IN_STRIPE: _FIELDS}
        stripe = replace(stripe, shown=shown, texts=texts)
    return [_first_step(sync, netsuite), _later_step(sync, stripe)]


def further_writes(declaration: Declaration) -> Iterator[str]:
    """The assets that write beside those of the link fields, as a declaration has them."""
    if declaration.makes_customers:
        yield NEW_CUSTOMERS
    to_stripe = declaration.to_stripe
    if to_stripe is not None and to_stripe.on_none == "create":
        yield NEW_IN_STRIPE
    if to_stripe is not None and to_stripe.kept:
        yield FIELDS_IN_STRIPE


def _of_fields(name: str, step: Step, deps: tuple[str, ...]) -> _StepAssets:
    """The assets of a system's link fields."""
    fields = by_asset(fields_of(step.system))
    shown = {asset: [field.name for field in those] for asset, those in fields.items()}
    return _StepAssets(name, (step,), shown, {asset: those[0].texts.asset for asset, those in fields.items()}, deps)


def _first_step(sync: Reconciliation, assets: _StepAssets) -> dg.AssetsDefinition:
    """The step that is told which part of which plan."""

    @dg.multi_asset(name=f"{sync.name}__{assets.name}", specs=assets.specs(sync))
    def write(context: dg.AssetExecutionContext, config: PlanPart) -> Iterator[dg.MaterializeResult]:
        """One load and one save per record, for all fields."""
        run_id = context.run.run_id
        with failures_for_people(), open_write_back(sync, run_id, context.log.info, *assets.systems) as work:
            plan, made = config.plan, plans_made(context.instance, sync)
            if not plan:
                approvals = Requests(work.journal.ledger, sync.declared_accounts).approvals()
                history = History.read(sync.name, made, approvals)
                check_that_it_may(sync, run_id, history.newest, results_of(sync, history.newest, history.good))
                plan, made = history.newest.plan, iter([history.newest])
            asked = config.model_dump(exclude={"plan"})
            request = Request(run_id, "apply", plan, asked)
            part = part_of(sync, plan, asked, changes_of(sync.plans.read(plan)), last_made_at(made, plan))
            with write_outcomes(sync, work, request, len(part.changes)):
                tally = apply_steps(work, part, assets.steps)
        yield from assets.results(sync, tally, plan)

    return write


def _later_step(sync: Reconciliation, assets: _StepAssets) -> dg.AssetsDefinition:
    """A step that goes on with what the first one was told: the same part of the same plan."""

    @dg.multi_asset(name=f"{sync.name}__{assets.name}", specs=assets.specs(sync))
    def write(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        """One read and one write per customer."""
        run_id = context.run.run_id
        with failures_for_people(), open_write_back(sync, run_id, context.log.info, *assets.systems) as work:
            request = Requests(work.journal.ledger, sync.declared_accounts).of(run_id)
            if request is None:
                raise UserError(
                    f"This run applies no plan; start {sync.name}_apply with the hash of one, which does both systems."
                )
            made_at = last_made_at(plans_made(context.instance, sync), request.plan)
            changes = changes_of(sync.plans.read(request.plan))
            part = part_of(sync, request.plan, request.filters, changes, made_at)
            with write_outcomes(sync, work, request, len(changes)):
                tally = apply_steps(work, part, assets.steps)
        yield from assets.results(sync, tally, request.plan)

    return write


def undo(sync: Reconciliation, context: dg.OpExecutionContext, config: PlanPart) -> Mapping[str, int]:
    """Take a plan back, whole or in part (W10); give how many changes ended in which way.

    Raises:
        dg.Failure: with a sentence for a person.
    """
    with failures_for_people(), open_write_back(sync, context.run.run_id, context.log.info, *_BOTH) as work:
        if config.plan is None:
            raise UserError(f"{sync.name}_undo needs the hash of a plan, which the page of its apply shows.")
        asked = config.model_dump(exclude={"plan"})
        changes = changes_of(sync.plans.read(config.plan))
        part = part_of(sync, config.plan, asked, changes, None)
        with write_outcomes(sync, work, Request(context.run.run_id, "undo", config.plan, asked), len(changes)):
            tally = undo_part(work, part)
    ended = tally.counts()
    counts = {f"changes/{status}": ended[status] for status in ("undone", "already", "conflict", "failed")}
    context.add_output_metadata({"plan_hash": config.plan, **counts, "outcomes": outcomes_file(sync)})
    return counts


@contextmanager
def open_write_back(
    sync: Reconciliation, run_id: str, on_progress: Callable[[str], None], *systems: System
) -> Iterator[WriteBack]:
    """Everything that a run writes with, open while the body runs, alone at these systems.

    Raises:
        InternalError: a side of the declaration is an export file.
    """
    from assets.write_back.living_customers import LivingOnly  # noqa: PLC0415 (late: what reads export files does without it)
    from assets.write_back.unclaimed_records import UnclaimedOnly  # noqa: PLC0415
    from resources.netsuite_api import NetsuiteCreates, NetsuiteEdits  # noqa: PLC0415
    from resources.netsuite_api.reading.reader import NetsuiteApiReader  # noqa: PLC0415
    from resources.stripe_api import StripeConnection, StripeCreates, StripeEdits  # noqa: PLC0415
    from resources.stripe_api.reading.reader import StripeApiReader  # noqa: PLC0415

    stripe, netsuite = sync.stripe, sync.netsuite
    if not isinstance(stripe, StripeApiReader) or not isinstance(netsuite, NetsuiteApiReader):
        raise InternalError("Write-back was built for a declaration that reads export files.")
    account = stripe.account()
    with ExitStack() as stack:
        for system in systems:
            stack.enter_context(sync.exclusive(system, run_id, on_progress))
        ledger, client = stack.enter_context(sync.ledger()), stack.enter_context(netsuite.client())
        connection = stack.enter_context(StripeConnection(account, on_progress))
        of_netsuite: list[Writer] = [NetsuiteEdits(client)]
        if (planned := PlanSettings.of(sync.declaration)).create is not None:
            how = sync.declaration.creation.undo
            of_netsuite.append(NetsuiteCreates(client, how, by_key_alone=planned.new_by_key_alone))
        creates = UnclaimedOnly(StripeCreates(connection), client, is_placeholder_of(sync.declaration))
        of_stripe: list[Writer] = [StripeEdits(connection), *([creates] if sync.declaration.to_stripe else [])]
        yield WriteBack(
            Journal(ledger, sync.declared_accounts),
            registry([*(LivingOnly(writer, connection) for writer in of_netsuite), *of_stripe]),
            run_id,
            Decisions(ledger, sync.name),
            on_progress=on_progress,
        )
