"""A run that finds what the last one found does nothing again, and one of which a single thing differs is never stale.

What it gives then is held against a run that knows no earlier one: its frames, and what steps had kept, are removed.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from assets import steps
from assets.reconciliation import Reconciliation
from assets.steps import AS_IN_RUN, of_frames
from pipelines.customer_sync import reconciliation
from resources.ledger import GUESSES, Decisions, Guesses, Journal
from resources.storage.generations import MANIFEST
from schemas.attempts import Attempt, ChangeResult
from schemas.change import Change
from schemas.declaration import Declaration
from schemas.words import InternalId, StripeId
from tests.reconciling import FIELDS, Site, declaration, failure, site_at

STEPS: tuple[str, ...] = (
    "netsuite_customers",
    "stripe_customers",
    "customer_matches",
    "review_queue",
    "write_plan",
    "reconciliation_report",
)
EXTRACTS, MATCHES = STEPS[:2], STEPS[:3]
OF_THE_RUN = {MANIFEST, "report.html", "import_notes.txt", "review.xlsx"}
"""What names the run or its time."""


@dataclass
class Installation:
    """Where one run follows the other: what the last one gave, and the assets that it made anew."""

    site: Site
    folder: Path
    last: dict[str, str] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    has_decision: bool = False

    def run(self) -> dict[str, str]:
        """What a run gives: hashes of its files, what is told of its assets, and what its checks found."""
        result = self.site.reconcile()
        assert result.success, failure(result)
        made = [event.materialization for event in result.all_events if event.is_step_materialization]
        self.done = tuple(name for name in STEPS if not all(AS_IN_RUN in m.metadata for m in made if _is(m, name)))
        files = {path.name: path.read_bytes() for path in self.site.results.iterdir() if path.name not in OF_THE_RUN}
        told = {m.asset_key.path[-1]: _shown(m.metadata) for m in made if not _is(m, STEPS[-1])}
        checks = result.get_asset_check_evaluations()
        found = {
            str(each.asset_check_key): f"{each.passed} {each.description} {_shown(each.metadata)}" for each in checks
        }
        self.last = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} | told | found
        return self.last

    def run_alone(self) -> dict[str, str]:
        """The same, of a run that knows no earlier one."""
        shutil.rmtree(self.site.sync.folders.home / "frames")
        return self.run()

    def declare(self, declared: Declaration) -> None:
        self.site = replace(self.site, sync=reconciliation(declared, self.site.sync.folders))


_PASSING = {AS_IN_RUN, "size (bytes)", "uri", "path"}


def _shown(metadata: Mapping[str, dg.MetadataValue]) -> str:
    return str(sorted((name, str(value)) for name, value in metadata.items() if name not in _PASSING))


def _is(materialization: dg.AssetMaterialization, name: str) -> bool:
    return materialization.asset_key.path[-1] == name


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("again")
    with site_at(folder, declaration()) as site:
        found = Installation(site, folder)
        found.run()
        yield found


def test_where_nothing_has_changed_nothing_is_done_again_and_all_is_the_same(there: Installation) -> None:
    before = there.last
    assert there.done == STEPS
    inodes = {path.name: path.stat().st_ino for path in there.site.results.iterdir()}
    assert there.run() == before
    assert there.done == ()
    now = {path.name: path.stat().st_ino for path in there.site.results.iterdir()}
    assert {name for name in inodes if inodes[name] != now[name]} == {MANIFEST, "report.html", "import_notes.txt"}
    exact, kept = there.site.results / "plan_exact.csv", there.site.sync.plans.path(there.site.plan_hash())
    assert exact.samefile(kept)
    assert exact.stat().st_mode & 0o777 == 0o400, "nobody writes into the kept plan by way of its other name"


@pytest.mark.parametrize("place", ["results", "month", "plan", "step"])
def test_what_somebody_has_changed_on_disk_is_made_anew(there: Installation, place: str) -> None:
    before = there.last
    home = there.site.sync.folders.home
    path = {
        "results": there.site.results / "plan.csv",
        "month": home / "frames/acme/stripe_customers/2026-06-01.parquet",
        "plan": there.site.sync.plans.path(there.site.plan_hash()),
        "step": home / "frames/acme/steps/review_queue.json",
    }[place]
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content.replace(b"cus_", b"cut_") if place == "results" else content[:-1] + b"x")
    path.chmod(0o600)
    after = there.run()
    assert after == before
    assert there.done


def _stripe_file(there: Installation) -> None:
    _edit(there.folder / "stripe.csv", "cus_4,,Nobody", "cus_4,pay@bee.example,Nobody")


def _netsuite_file(there: Installation) -> None:
    _edit(there.folder / "netsuite.csv", "pays late", "pays very late")


def _rule(there: Installation) -> None:
    there.declare(declaration(rules=[{"stripe": "name", "netsuite": "company_name"}]))


def _field(there: Installation) -> None:
    fields = {name: label for name, label in FIELDS.items() if name != "external_id"}
    there.declare(declaration(netsuite_fields=fields, writes={"external_id": False}))


def _writes(there: Installation) -> None:
    there.declare(declaration(writes={"comments": False}))


def _decision(there: Installation) -> None:
    there.has_decision = True
    with there.site.sync.ledger() as ledger:
        Decisions(ledger, "acme").decide(StripeId("cus_2"), "never", None, "Ada", "another Bee")


def _reason_of_the_decision(there: Installation) -> None:
    with there.site.sync.ledger() as ledger:
        Decisions(ledger, "acme").decide(StripeId("cus_2"), "never", None, "Ada", "closed")


def _written_by_us(there: Installation) -> None:
    change = Change("id", "netsuite", "8", "stripe_id", "set", None, "cus_2", StripeId("cus_2"), InternalId(8))
    with there.site.sync.ledger() as ledger:
        journal, attempt = Journal(ledger, there.site.sync.declared_accounts), Attempt("a" * 64, change, "apply")
        journal.intend([attempt], "run")
        journal.settle([(attempt, ChangeResult("applied"))])


def _guess_of_before(there: Installation) -> None:
    guess = pl.DataFrame([("cus_2", 8, "once two")], GUESSES, orient="row")
    with there.site.sync.ledger() as ledger:
        Guesses(ledger, there.site.sync.declared_accounts).remember(guess, guess.clear(), "a" * 64)


CHANGES: dict[str, tuple[Callable[[Installation], None], tuple[str, ...]]] = {
    "the Stripe file": (_stripe_file, ("netsuite_customers",)),
    "the NetSuite file": (_netsuite_file, ("stripe_customers",)),
    "a guess of before": (_guess_of_before, (*MATCHES, "write_plan")),
    "a decision": (_decision, EXTRACTS),
    "why it was decided": (_reason_of_the_decision, MATCHES),
    "what was written": (_written_by_us, MATCHES),
    "what may be written": (_writes, ()),
    "a rule": (_rule, ()),
    "a field": (_field, ()),
}
"""What changes alone, one after the other, and the steps that it is nothing to."""


@pytest.mark.parametrize("name", CHANGES)
def test_a_run_after_one_thing_has_changed_is_as_if_there_had_been_none_before(there: Installation, name: str) -> None:
    change, unconcerned = CHANGES[name]
    if name in ("why it was decided", "what was written") and not there.has_decision:
        _decision(there)
        there.run()
    before = there.last
    change(there)
    after = there.run()
    assert after != before
    assert {*unconcerned}.isdisjoint(there.done)
    assert after == there.run_alone()


def test_what_other_code_has_made_is_made_again(there: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    before = there.last
    for name, other in {"RULES_VERSION": -1, "code_version": lambda: "another"}.items():
        monkeypatch.setattr(steps, name, other)
        assert there.run() == before, name
        assert there.done == STEPS, name
    monkeypatch.undo()
    there.run()


def test_a_file_that_was_written_anew_is_read_and_nothing_else_is_done_if_it_holds_the_same(
    there: Installation,
) -> None:
    before = there.last
    file = there.folder / "netsuite.csv"
    file.write_bytes(file.read_bytes())
    after = there.run()
    assert there.done == ("netsuite_customers",)
    assert {name for name in before if before[name] != after[name]} == {"netsuite_customers"}  # when it was written


def test_what_depends_on_the_hour_is_made_anew_when_the_hour_has_come(there: Installation) -> None:
    there.declare(declaration(writes={"import_comments_hours": 1}))
    sync, now, later = there.site.sync, there.site.sync.clock(), timedelta(hours=1.5)
    early = now if now.day == 1 else now - later  # within one month
    os.utime(there.folder / "netsuite.csv", (early.timestamp(), early.timestamp()))
    there.site = replace(there.site, sync=replace(sync, clock=lambda: early))
    assert "netsuite_import_comments.csv" in there.run()
    there.site = replace(there.site, sync=replace(sync, clock=lambda: early + later))
    assert "netsuite_import_comments.csv" not in there.run()
    assert there.done == ("reconciliation_report",)
    there.declare(declaration())


def test_months_that_are_there_by_now_are_looked_at(there: Installation) -> None:
    sync = there.site.sync
    later: Reconciliation = replace(sync, clock=lambda: sync.clock() + timedelta(days=32))
    assert of_frames(later, *MATCHES) != of_frames(sync, *MATCHES)


def test_a_file_that_is_gone_is_told_as_ever(there: Installation) -> None:
    file = there.folder / "stripe.csv"
    content = file.read_bytes()
    file.unlink()
    result = there.site.reconcile()
    assert "stripe.csv" in failure(result)
    file.write_bytes(content)


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
