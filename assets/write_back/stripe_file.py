"""Applying the file of Stripe's metadata by hand, where a side is an export: the rows of a kept plan, and no others.

NetSuite's part of such a plan was imported by a person, whom nobody can ask; so Stripe's part waits for nothing here.
Over two APIs the jobs do both sides, in their order.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Final

import dagster as dg
import polars as pl

from assets.plan_history import PlanMade, plans_made
from assets.reconciliation import Reconciliation
from assets.write_back.executor import WriteBack
from assets.write_back.outcomes import write_outcomes
from assets.write_back.run import apply_step, undo_part
from assets.write_back.selection import STRIPE_EDITS, Part
from resources.exports.stripe_updates import StripeUpdates
from resources.ledger import Decisions, Journal, Request
from resources.stripe_api import StripeAccount, StripeConnection, StripeEdits
from resources.stripe_api.reading.reader import StripeApiReader
from resources.writers import registry
from schemas.attempts import Direction
from schemas.change import Change
from schemas.errors import AccessError, UserError
from schemas.plan import changes_of
from schemas.words import LINK_FIELD, LINK_KEY, many

API_KEY: Final = "STRIPE_API_KEY"
"""The variable of the environment with the key that may write."""

_PLANS_LOOKED_AT: Final = 50
_PLANNED: Final = ["record_id", "new_value"]


@dataclass(frozen=True)
class Applied:
    """What a start did with a file.

    Attributes:
        plan: the hash of the plan that its rows are of.
        done: how many of its changes ended in which status now.
        standing: how many of them stand in which status, all starts together; those never tried are not counted.
    """

    plan: str
    done: Counter[str]
    standing: Counter[str]


@dataclass(frozen=True)
class Start:
    """One start of the command: the id for its run, which way, and who asks."""

    run_id: str
    direction: Direction = "apply"
    who: str | None = None


@dataclass(frozen=True)
class _Part:
    """Rows of a kept plan, as last made."""

    made: PlanMade
    changes: Sequence[Change]


def writing_account(sync: Reconciliation, key: str | None) -> StripeAccount:
    """The account that the declaration names, opened by a key of its own.

    Raises:
        UserError: both sides are APIs, so that a job does this.
        AccessError: there is no key, or it is of another mode than the declaration or the customers.
    """
    if sync.declaration.can_write:
        raise UserError(
            f"{sync.name} reads both sides over the API: apply its plan with {sync.name}_apply, which writes NetSuite "
            f"first, or take it back with {sync.name}_undo."
        )
    named = sync.declaration.stripe.model_copy(update={"api_key": key})
    account = StripeApiReader(named, (), {"stripe.api_key": API_KEY}).account()
    if (not account.livemode) in _livemodes(sync):
        raise AccessError(
            f"The key in {API_KEY} opens {account.key_mode} mode, but the customers of {sync.name} are of the other. "
            "Nothing was written."
        )
    return account


def apply_file(
    sync: Reconciliation,
    instance: dg.DagsterInstance,
    updates: StripeUpdates,
    account: StripeAccount,
    start: Start,
    on_progress: Callable[[str], None],
) -> Applied:
    """Set what a file says, or take it back, where the values that the plan saw, or that we wrote, still stand.

    Raises:
        UserError: a row is of no kept plan, another run is writing, or a person must act.
        TransientError: Stripe could not be asked; what was done is in the journal, and the next start goes on.
    """
    with _opened(sync, account, start.run_id, on_progress) as work:
        parts = _parts(sync, instance, updates)
        part = next(parts)
        if start.direction == "undo" and not _stands(work.journal, part):
            part = next((older for older in parts if _stands(work.journal, older)), part)
        plan = part.made.plan
        filters = {"system": "stripe", "changes": len(part.changes)}
        asked = Request(start.run_id, start.direction, plan, filters, start.who)
        written = Part(plan, part.changes, made_at=part.made.made_at)
        with write_outcomes(sync, instance, work, asked, part.made.numbers.changes):
            tally = apply_step(work, written, STRIPE_EDITS) if start.direction == "apply" else undo_part(work, written)
        return Applied(plan, tally.counts(), Counter(_statuses(work.journal, part)))


def _livemodes(sync: Reconciliation) -> set[bool]:
    """The modes of the customers that were read; an export does not say."""
    months = sync.frames.months_present("stripe_customers", sync.month_keys())
    if not months:
        return set()
    modes = sync.frames.read_months("stripe_customers", months).select(pl.col("livemode").drop_nulls().unique())
    return set(modes.collect().to_series())


@contextmanager
def _opened(
    sync: Reconciliation, account: StripeAccount, run_id: str, on_progress: Callable[[str], None]
) -> Iterator[WriteBack]:
    """Everything to write Stripe with, while no other run asks it."""
    with (
        sync.exclusive("stripe", run_id, on_progress),
        sync.ledger() as ledger,
        StripeConnection(account, on_progress) as connection,
    ):
        yield WriteBack(
            Journal(ledger, sync.declared_accounts),
            registry([StripeEdits(connection)]),
            run_id,
            Decisions(ledger, sync.name),
            on_progress=on_progress,
        )


def _parts(sync: Reconciliation, instance: dg.DagsterInstance, updates: StripeUpdates) -> Iterator[_Part]:
    """The file's rows in each kept plan that has all of them, newest first; there is one at least.

    Raises:
        UserError: no plan has all of them.
    """
    rows = updates.rows.with_row_index("row")
    looked_at, missing, unplanned, found = set[str](), None, rows, False
    for made in islice(plans_made(instance, sync), _PLANS_LOOKED_AT):
        if made.plan in looked_at or not sync.plans.holds(made.plan):
            continue
        looked_at.add(made.plan)
        planned = sync.plans.read(made.plan).filter(pl.col("field") == LINK_FIELD)
        others = rows.join(planned, left_on=["id", LINK_KEY], right_on=_PLANNED, how="anti")
        missing = others if missing is None else missing
        unplanned = unplanned.join(others, on="row", how="semi")
        if others.is_empty():
            found = True
            mine = planned.join(rows, left_on=_PLANNED, right_on=["id", LINK_KEY], how="semi", maintain_order="left")
            yield _Part(made, changes_of(mine))
    if missing is None:
        raise UserError(f"{sync.name} has no plan yet; start it with make run NAME={sync.name}, and look at it.")
    if not found:
        raise _of_no_plan(sync, updates, missing if unplanned.is_empty() else unplanned)


def _of_no_plan(sync: Reconciliation, updates: StripeUpdates, rows: pl.DataFrame) -> UserError:
    first = rows.sort("row").row(0, named=True)
    customer = first["id"] if first["id"].startswith("cus_") else "a text that looks like no Stripe customer"
    record = f"the record {first[LINK_KEY]}" if first[LINK_KEY] else "no record"
    others = f" ({many(rows.height - 1, 'other')} likewise)" if rows.height > 1 else ""
    return UserError(
        f"Line {updates.line(first['row']):,} of {updates.path} gives {customer} {record}, which "
        f"stands in no plan of {sync.name} with the other rows{others}: an edited file was approved by nobody. Nothing "
        "was written; reconcile, and use the new file as it is."
    )


def _stands(journal: Journal, part: _Part) -> bool:
    latest = journal.latest(part.made.plan)
    mine = (latest.get(change.change_id) for change in part.changes)
    return any(entry is not None and entry.may_have_taken_effect for entry in mine)


def _statuses(journal: Journal, part: _Part) -> Iterator[str]:
    latest = journal.latest(part.made.plan)
    return (latest[change.change_id].status for change in part.changes if change.change_id in latest)
