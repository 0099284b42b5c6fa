"""What comes next for the plan that was made last, as sentences, commands and forms; how it is shown is elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import dagster as dg

from assets.next_step import forms
from assets.next_step.standing import Standing, standing_of
from assets.plan_history import PlanMade, plans_made
from assets.reconciliation import Reconciliation
from resources.ledger import DecidedSince, Decisions, Request
from schemas.plan import GUESSES_FILE
from schemas.review import WORKBOOK_ROWS
from schemas.words import GONE, many

_WHO: Final = 'WHO="your name"'

MEANINGS: Final = {
    "applied": "written by us",
    "already": "stood there, put by somebody else",
    "undone": "taken back",
    "conflict": "another value is there, and stays",
    "failed": "refused; outcomes.csv says why",
    "waiting": "what it needs does not stand yet",
    "unfit": "a record was made, but not as wanted; undo takes it back",
    "stopped": "the run was stopped before; start it again",
    "intended": "nobody knows yet; start it again",
    "kept": "could not be taken back; outcomes.csv says why",
}
"""What each outcome means, in the order in which they are shown."""

DONE: Final = frozenset({"applied", "already", "undone"})
"""The outcomes of what was done, or did not have to be."""


@dataclass(frozen=True)
class Action:
    """Something to do next: what, the command for it, and the path of its form in the UI."""

    what: str
    command: str = ""
    form: str = ""


@dataclass(frozen=True)
class NextStep:
    """What comes next for a plan.

    Attributes:
        declaration: whose it is.
        standing: how it stands.
        waiting: how many customers wait for a person, as far as it is known.
        is_by_hand: whether a person carries it out by import files, as a side is an export file.
        results: the folder of results, in words.
        has_workbook: whether the review is a workbook, too.
        is_stored: whether the results are in an object store, and go into that folder when a person asks for them.
        decided: what persons decided since it was made.
        ui: the address of the UI.
    """

    declaration: str
    standing: Standing
    waiting: int
    is_by_hand: bool
    results: str
    has_workbook: bool = True
    is_stored: bool = False
    decided: DecidedSince = field(default_factory=DecidedSince)
    ui: str = forms.USUAL_UI

    @property
    def plan(self) -> str:
        """The hash of the plan."""
        return self.standing.made.plan

    def sentences(self) -> Iterator[str]:
        """How things stand, without names of customers."""
        standing, changes, newer = self.standing, self.standing.made.numbers.changes, self.standing.replaced_by
        if not changes:
            yield "There is nothing to write."
        elif newer and standing.last is None:
            yield f"{many(changes, 'change')}, of which nobody has approved any."
        elif standing.last is None:
            what = "an import" if self.is_by_hand else "an approval"
            yield f"{many(changes, 'change')} {_wait(changes)} for {what}."
        else:
            yield from _what_was_done(standing, standing.last)
        if newer:
            yield f"This plan is replaced by {newer.plan}, made at {newer.made_at:%Y-%m-%d %H:%M} UTC."
            return
        guesses = standing.made.numbers.guesses
        if guesses:
            customers = many(standing.made.numbers.guessed_customers, "customer")
            yield (
                f"{many(guesses, 'change')} of {changes:,} {'is a guess' if guesses == 1 else 'are guesses'}, for "
                f"{customers}: {GUESSES_FILE} says which; once written they stay in the review until a person confirms "
                "them."
            )
        if self.waiting:
            among = ", those of the guesses among them" if guesses else ""
            yield f"{many(self.waiting, 'customer')} {_wait(self.waiting)} for a person{among}; review.csv says why."
        if first := self.decide_first("import" if self.is_by_hand else "approve"):
            yield first
        if other := standing.beside:
            what = {"apply": "applied", "undo": "taken back"}[other.direction]
            who = other.who or "somebody"
            yield f"An older plan, {other.plan}, was {what} since by {who}: look at what stands now."
        if since := self.decided.customers:
            were = "was" if since == 1 else "were"
            yield (
                f"{many(since, 'customer')} {were} decided about since, at last by {self.decided.who}: that counts "
                "from the next run on."
            )

    def decide_first(self, what: str) -> str:
        """That one decides before one imports or approves; empty where nobody waits, or nothing is to be written."""
        if not (self._is_to_decide and self._is_to_write):
            return ""
        return f"Decide about those in review.csv before you {what}: what is decided counts from the next run on."

    def actions(self) -> Iterator[Action]:
        """What a person can do, in the order in which it is safe: what waits is decided before anything is written."""
        name, standing = self.declaration, self.standing
        if self.is_stored:
            yield Action(f"Put the results into {self.results} of this machine", f"make results NAME={name}")
        if self._is_to_write and standing.last is None:
            yield Action(f"Look at {self.results}/report.html and plan.csv")
        if not standing.replaced_by:
            if self.decided.customers:
                yield Action("Make a plan that follows what was decided", f"make run NAME={name}")
            if self._is_to_decide:
                yield from self._to_decide()
        yield from self._to_write()
        if standing.in_effect and not self.is_by_hand:
            command = f"make undo {self._of_plan}"
            yield Action("Take it back", command, forms.undo_form(name, self.plan))
        if standing.replaced_by:
            yield Action("See the plan that counts", f"make plans NAME={name}")
        elif not self.decided.customers and (standing.last is not None or standing.beside is not None):
            yield Action("See what stands now", f"make run NAME={name}")

    @property
    def form(self) -> str:
        """The path of the form that writes the plan, or else of the first action that has one; may be empty."""
        return next((action.form for action in (*self._to_write(), *self.actions()) if action.form), "")

    @property
    def _is_to_decide(self) -> bool:
        """Whether a person has to decide; while a plan is made its guesses tell it, and the review does not yet."""
        return bool(self.waiting or self.standing.made.numbers.guesses)

    @property
    def _is_to_write(self) -> bool:
        standing = self.standing
        return bool(standing.made.numbers.changes and standing.open and not standing.replaced_by)

    @property
    def _of_plan(self) -> str:
        return f"NAME={self.declaration} PLAN={self.plan} {_WHO}"

    def _to_decide(self) -> Iterator[Action]:
        name = self.declaration
        review = f"{self.results}/{'review.xlsx' if self.has_workbook else 'review.csv'}"
        places = f"in {self.results}/report.html, which saves a file, or in {review}"
        many_at_once = f"Decide about those that wait, and run again: {places}"
        yield Action(many_at_once, f"make decide NAME={name} FILE=… {_WHO}", forms.decide_file_form(name))
        command = f'make decide NAME={name} CUSTOMER=cus_… RECORD=… {_WHO} WHY="…"'
        yield Action("Decide about a single one", command, forms.decide_form(name))

    def _to_write(self) -> Iterator[Action]:
        if not self._is_to_write:
            return
        if self.is_by_hand:
            file = f"{self.results}/stripe_updates.csv"
            yield Action(f"Import into NetSuite as {self.results}/import_notes.txt says")
            yield Action("Then set Stripe's metadata", f"make apply-stripe NAME={self.declaration} FILE={file}")
            return
        form = forms.apply_form(self.declaration, self.plan)
        last = self.standing.last
        what = "Approve and write it" if last is None else "Go on with what is left"
        if last is not None and last.direction == "undo":
            what = "Write it again"
        yield Action(f"{what}; AT_MOST=20 begins with 20 changes", f"make apply {self._of_plan}", form)


def next_step(sync: Reconciliation, instance: dg.DagsterInstance, made: PlanMade | None = None) -> NextStep | None:
    """What comes next for a plan, by default for the one that was made last; None where none was made."""
    newest = next(plans_made(instance, sync), None)
    if newest is None:
        return None
    made = made or newest
    is_by_hand = not sync.declaration.can_write
    results, is_stored = _results(sync)
    review = _counts_of_review(sync, instance)
    waiting = review.get("waiting", 0) - review.get(f"waiting/{GONE}", 0)
    has_workbook = review.get("waiting", 0) + review.get("decided", 0) <= WORKBOOK_ROWS
    with sync.ledger() as ledger:
        decided = Decisions(ledger, sync.name).since(made.made_at)
    standing = standing_of(sync, made, newest)
    ui = forms.ui(sync.folders.home)
    return NextStep(sync.name, standing, waiting, is_by_hand, results, has_workbook, is_stored, decided, ui)


def first_step(sync: Reconciliation, made: PlanMade) -> NextStep:
    """What comes next for a plan that is just being made."""
    results, is_stored = _results(sync)
    is_by_hand, ui = not sync.declaration.can_write, forms.ui(sync.folders.home)
    return NextStep(sync.name, Standing(made), 0, is_by_hand, results, is_stored=is_stored, ui=ui)


def _results(sync: Reconciliation) -> tuple[str, bool]:
    """The folder in which a person has the results, and whether they have to be put there first."""
    return str(sync.folders.results(sync.name)), bool(sync.folders.objects)


def _counts_of_review(sync: Reconciliation, instance: dg.DagsterInstance) -> dict[str, int]:
    """What was counted of the last review: customers that wait for a person, ids that are no customer's, decisions."""
    event = instance.get_latest_materialization_event(sync.key("review_queue"))
    found = event.asset_materialization.metadata if event and event.asset_materialization else {}
    return {name: value.value or 0 for name, value in found.items() if isinstance(value, dg.IntMetadataValue)}


def _what_was_done(standing: Standing, last: Request) -> Iterator[str]:
    """What was done, by whom, and what was not and why."""
    when = f" at {last.at:%Y-%m-%d %H:%M} UTC" if last.at else ""
    what = {"apply": "Applied", "undo": "Taken back"}[last.direction]
    done = [f"{count:,} {status}" for status, count in standing.counts.items() if status in DONE]
    changes = many(standing.made.numbers.changes, "change")
    yield f"{what} by {last.who or 'somebody'}{when}; of {changes}: {', '.join(done) or 'none done'}."
    for why in standing.ended:
        if why.status not in DONE:
            code = f" ({why.code})" if why.code else ""
            yield f"Not done: {why.changes:,} {why.status}{code}, {MEANINGS[why.status]}."
    if standing.untried:
        yield f"Not begun: {many(standing.untried, 'change')}."


def _wait(count: int) -> str:
    return "waits" if count == 1 else "wait"
