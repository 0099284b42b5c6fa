"""The proof of whole runs: each job, started in each way, is killed in the middle; the next one ends well, and soon.

In an installation over both stand-ins, `kill -9` meets what `make run`, Dagster's command line, its UI and the schedule
have started: a run that reads when Stripe has its first request, one that writes while NetSuite or Stripe is at work
for it, a decision just before it is kept. The next run of the same job must end well within a minute, and nobody may
wait for the dead. Then both systems must hold what a plain description says, and the stand-ins' own logs show each
effect of the plan once: nothing lost, nothing doubled. `make prove` runs this after the proof of write-back.

The minute is that of a machine with nothing else to do. On one so busy that a run which nobody kills takes longer than
20 s, it is three times as long as that one.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import yaml
from rich.console import Console

from resources.ledger import Decisions, Ledger
from resources.storage.local import LocalStorage
from resources.storage.plans import PlanStore
from sandbox.stripe_standin import StandInOptions
from schemas.change import Change
from schemas.plan import changes_of
from schemas.words import LINK_KEY
from tests.proofs.installation import EXAMPLES, Installation, installation, until
from tests.proofs.moments import Moment, saving, updating, writing_to_the_ledger
from tests.proofs.oracle import FIELD_IDS, State, effects_of_undo, expected_state
from tests.proofs.work import BY_HAND, DAILY, NAME, RECONCILE, Start, Started, Work, apply, decide, undo
from tests.ui import Ui, serving

SOON = 60.0
"""Seconds within which the run after a killed one must have ended."""

_NOTHING: Counter[str] = Counter()
_DEEP_IN = 3
"""So many saves, or updates, are done before the one at which a run is killed."""

_CUSTOMERS = 80
"""As many as make every run short; what a run costs with many is another question."""

_UNLIMITED = StandInOptions(endpoint_rate=None, test_rate=None, live_rate=None)
_WHERE = {"repositoryName": "__repository__", "repositoryLocationName": "tieout", "scheduleName": f"{NAME}_daily"}
_SWITCH_ON = """mutation($where: ScheduleSelector!) { startSchedule(scheduleSelector: $where) {
  __typename ... on PythonError {message}
} }"""
_TRY = """mutation($where: ScheduleSelector!, $now: Float) { scheduleDryRun(selectorData: $where, timestamp: $now) {
  __typename ... on DryRunInstigationTick {evaluationResult {runRequests {runKey} skipReason error {message}}}
} }"""


@dataclass
class Proof:
    """An installation, and what its runs have survived."""

    site: Installation
    console: Console
    soon: float
    kills: int = 0
    longest: float = 0.0
    first: State = field(default_factory=dict)
    plan: Sequence[Change] = ()
    """Of the first state, to which every round returns."""

    def kill(
        self,
        way: str,
        start: Start,
        work: Work,
        effects: Counter[str] = _NOTHING,
        moment: Moment | None = None,
        kills: Start | None = None,
    ) -> None:
        """Kill a run, start the next, and see that each effect came once.

        Raises:
            AssertionError: it was otherwise; it names the case.
        """
        case = f"{work.job if not work.assets else work.assets[0]} by {way}"
        before = self.site.effects()
        try:
            seconds = self.site.follow(start, work, kills, moment)
            assert seconds < self.soon, f"the next one took {seconds:.0f} s, more than {self.soon:.0f} s"
            found = self.site.effects() - before
            assert found == effects, f"effects differ: {found - effects} too many, {effects - found} missing"
        except AssertionError as error:
            raise AssertionError(f"{case}: {error}") from error
        self.kills, self.longest = self.kills + 1, max(self.longest, seconds)
        done = f"{effects.total()} effects, each once" if effects else "nothing was written"
        self.console.print(f"{case}: killed; the next one ended well after {seconds:.1f} s; {done}")

    def round(self, way: str, start: Start, *, of_apply: Moment, of_undo: Moment, number: int) -> None:
        """Kill every job that is started this way, and leave both systems as they were."""
        site = self.site
        self.kill(way, start, RECONCILE)
        plan = self.look_at_the_plan()
        after, effects = expected_state(self.first, self.plan)
        self.kill(way, start, apply(plan), effects, of_apply)
        self.stands(after)
        self.kill(way, start, undo(plan), effects_of_undo(self.plan), of_undo)
        self.stands(self.first)
        self.daily(way, start, of_undo)
        self.kill(way, start, BY_HAND)
        change = self.plan[number]
        decision = decide(str(change.stripe_customer_id), str(change.netsuite_internal_id))
        self.kill(way, start, decision, moment=partial(writing_to_the_ledger, site.folders))
        with Ledger.of(site.folders) as ledger:
            standing = Decisions(ledger, NAME).standing().select("stripe_customer_id", "netsuite_internal_id")
        assert (change.stripe_customer_id, change.netsuite_internal_id) in standing.rows(), f"{way}: no decision"

    def daily(self, way: str, start: Start, moment: Moment, kills: Start | None = None) -> None:
        """Kill the daily run, which plans for itself, and put back what both have written."""
        after, effects = expected_state(self.first, self.plan)
        self.kill(way, start, DAILY, effects, moment, kills)
        self.stands(after)
        _restore(self.site, self.first)

    def look_at_the_plan(self) -> str:
        """The hash of the last plan, which changes what the first one did: decisions may only give other reasons."""
        plan = self.site.plan()
        [folder] = (self.site.folders.home / "plans" / NAME).iterdir()
        changes = changes_of(PlanStore(LocalStorage(folder)).read(plan))
        assert {change.system for change in changes} == {"netsuite", "stripe"}, "there is too little to write"
        assert not self.plan or changes == self.plan, "the plan is not that of the first state"
        self.plan = changes
        return plan

    def stands(self, wanted: State) -> None:
        """See that both systems hold what they should."""
        found = self.site.state()
        other = {place: (value, found[place]) for place, value in wanted.items() if found[place] != value}
        assert not other, f"expected and found: {other}"


def _restore(site: Installation, wanted: State) -> None:
    """Let somebody else put back every value."""
    found = site.state()
    for place in (place for place, value in wanted.items() if found[place] != value):
        system, record, name = place.split(":", 2)
        if system == "netsuite":
            site.netsuite.world.edit(int(record), **{FIELD_IDS[name]: wanted[place]})
        else:
            site.stripe.update(record, {"metadata": {LINK_KEY: wanted[place] or ""}})


def _declared(at: datetime) -> dict[str, str]:
    """The example's declaration, which writes daily, at this minute; without a pace, as nobody sets one here."""
    declared = yaml.safe_load((EXAMPLES / "sandbox.yaml").read_text("utf-8"))
    declared["attributes"] |= {
        "writes": {"mode": "auto"},
        "brakes": {"most_writes": 100_000},
        "daily": {"at": f"{at:%H:%M}"},
    }
    declared["attributes"]["stripe"]["requests_per_second"] = 1_000
    return {f"pipelines/defs/{NAME}/defs.yaml": yaml.safe_dump(declared)}


@contextmanager
def _scheduled(site: Installation) -> Iterator[Ui]:
    """The UI, with the schedule on, shortly before the minute at which it starts the daily run."""
    for seconds in (90, 150, 300):
        at = (datetime.now(UTC) + timedelta(seconds=seconds)).replace(second=0, microsecond=0)
        for name, text in _declared(at).items():
            (site.folder / name).write_text(text)
        with serving(site.folder, RECONCILE.job, site.environment) as ui:
            if datetime.now(UTC) < at - timedelta(seconds=5):
                said = ui.ask(_SWITCH_ON, {"where": _WHERE})
                assert "ScheduleStateResult" in str(said), said
                yield ui
                return
    raise AssertionError("the UI takes too long to start for a proof")


def _by_schedule(site: Installation, _: Work) -> Started:
    """Wait for the run that the schedule starts."""
    before = site.run_ids()
    [run_id] = until(lambda: site.run_ids() - before, "the schedule starts nothing")
    return site.of_daemon(run_id)


def _if_not_skipped(site: Installation, ui: Ui, work: Work) -> Started:
    """See that the schedule would not skip a day for a run that is gone, and start it now."""
    said = ui.ask(_TRY, {"where": _WHERE, "now": time.time()})
    assert "'runRequests': [{" in str(said), said
    return site.in_ui(ui, work)


def _undisturbed(site: Installation) -> float:
    """How many seconds a run takes that nobody kills."""
    began = time.monotonic()
    site.ends_well(site.by_make_run(RECONCILE))
    return time.monotonic() - began


def prove(site: Installation, console: Console) -> Proof:
    """Kill every kind of run, in every way to start one.

    Raises:
        AssertionError: something was lost or doubled, or a run did not end well.
    """
    proof = Proof(site, console, soon=max(SOON, 3 * _undisturbed(site)), first=site.state())
    in_netsuite = partial(saving, site.netsuite.world, _DEEP_IN)
    in_stripe = partial(updating, site.stripe, _DEEP_IN)
    proof.kill("make run", site.by_make_run, RECONCILE)
    proof.round("dagster's command line", site.by_dagster, of_apply=in_netsuite, of_undo=in_stripe, number=0)
    with _scheduled(site) as ui:
        by_schedule, next_one = partial(_by_schedule, site), partial(_if_not_skipped, site, ui)
        proof.daily("the schedule", next_one, in_stripe, kills=by_schedule)
        proof.round("the UI", partial(site.in_ui, ui), of_apply=in_stripe, of_undo=in_netsuite, number=-1)
    return proof


def run() -> int:
    """The command line: 0 when nothing was lost or doubled, and nobody had to wait; else 1."""
    console, began = Console(highlight=False, soft_wrap=True), time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder).resolve(), _declared(datetime.now(UTC)), _CUSTOMERS, _UNLIMITED) as site,
    ):
        try:
            proof = prove(site, console)
        except AssertionError as error:
            console.print(f"[red]✗[/] {error}")
            return 1
    console.print(
        f"{proof.kills} kills of whole runs in {time.monotonic() - began:.0f} s: each next one ended well, the slowest "
        f"after {proof.longest:.1f} s; each effect once, nothing lost."
    )
    return 0


if __name__ == "__main__":
    sys.exit(run())
