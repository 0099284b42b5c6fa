"""What happens to a run when the state on disk was damaged: frames are made again, a ledger or a plan is asked for."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import polars as pl
import pytest

from resources.storage.folders import Folders
from resources.storage.frame_standing import frame_file
from tests.in_process import command, lay_out
from tests.pipelines.api_world import NAME, sentences
from tests.pipelines.api_world import site as api_site
from tests.reconciling import NETSUITE, RESULTS, STRIPE, Site, declaration, digests, failure, site_at
from tests.test_bad_input import DECLARED, DEFS

JULY = "2026-07-01"
TABLES = [name for name in RESULTS if name not in {"report.html", "import_notes.txt"}]  # which tell the time


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_at(tmp_path, declaration()) as site:
        yield site


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 8
    path.write_bytes(content)


def frames(folders: Folders, name: str) -> list[Path]:
    found = sorted((folders.home / "frames" / name).rglob("*.parquet"))
    assert found
    return found


def test_a_run_after_damage_to_every_frame_is_as_good_as_the_first(site: Site) -> None:
    assert site.reconcile().success
    before = digests(site.results, TABLES)
    for path, content in zip(frames(site.sync.folders, "acme"), cycle([b"", b"PAR1", b"no frame", None])):
        if content is None:
            damage(path)
        else:
            path.write_bytes(content)
    assert site.reconcile().success
    assert digests(site.results, TABLES) == before
    log = site.event_log()
    assert "What was kept of netsuite_customers was damaged on disk: it is read again, whole." in log
    assert "Months of stripe_customers were damaged on disk: 2026-06, 2026-07, " in log


@pytest.mark.rule("D4")
def test_a_damaged_month_that_is_not_read_again_is_said_by_the_check_and_in_the_report(site: Site) -> None:
    assert site.up_to("write_plan").success
    damage(site.sync.folders.home / "frames" / "acme" / frame_file("stripe_customers", JULY))
    after = ("netsuite_customers", "customer_matches", "review_queue", "write_plan", "reconciliation_report")
    assert site.materialize("stripe_customers", month="2026-06-01").success
    assert site.materialize(*after).success
    said = "Not counted, as they were damaged on disk: 2026-07; materialize them again."
    check = site.check("stripe_customers", "no_month_missing")
    assert (check.passed, said in str(check.description)) == (False, True)
    assert said in (site.results / "report.html").read_text()
    assert "cus_2" not in (site.results / "matches.csv").read_text()


def test_a_stage_alone_on_a_damaged_frame_says_what_to_do(site: Site) -> None:
    assert site.up_to("write_plan").success
    damage(site.sync.folders.home / "frames" / "acme" / frame_file("customer_matches"))
    assert failure(site.materialize("write_plan")) == "customer_matches was damaged on disk; materialize it again."


def test_a_damaged_plan_of_before_does_not_stop_the_report(site: Site, tmp_path: Path) -> None:
    assert site.up_to("write_plan").success
    path = site.sync.plans.path(site.plan_hash())
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:100])
    (tmp_path / "stripe.csv").write_text(STRIPE.replace("AP@acme.example", "nobody@acme.example"))
    assert site.reconcile().success
    assert f"The plan {path} is damaged" in site.event_log()


def test_a_read_of_what_has_changed_is_a_whole_one_after_damage(tmp_path: Path) -> None:
    with api_site(tmp_path) as once:
        changed = {"refresh": "changed"}
        at = once.redeclared(stripe=changed, netsuite=changed)
        assert at.up_to("stripe_customers", "netsuite_customers").success
        assert at.up_to("stripe_customers", "netsuite_customers").success
        before = {name: at.frame(name) for name in ("stripe_customers", "netsuite_customers")}
        for path in frames(at.sync.folders, NAME):
            damage(path)
        assert at.up_to("stripe_customers", "netsuite_customers").success
        assert all(at.frame(name).equals(frame) for name, frame in before.items())


def test_a_damaged_plan_is_not_applied(tmp_path: Path) -> None:
    with api_site(tmp_path) as at:
        plan = at.plan()
        path = at.sync.plans.path(plan)
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-10])
        [sentence] = sentences(at.apply(plan))
        assert sentence.startswith(f"The plan {path} is damaged")
        assert at.netsuite.saves == []


def test_make_run_on_a_damaged_ledger_ends_in_one_sentence(tmp_path: Path) -> None:
    lay_out(tmp_path, {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE, DEFS: DECLARED})
    assert command(tmp_path, "run", "acme").returncode == 0
    results = pl.read_csv(tmp_path / "out" / "acme" / "matches.csv")
    (tmp_path / "home" / "ledger.db").write_bytes(b"")
    ended = command(tmp_path, "run", "acme")
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"✗ The ledger {tmp_path}/home/ledger.db is damaged (it is empty): stop every run")
    assert ended.stderr.count("\n") == 1
    assert pl.read_csv(tmp_path / "out" / "acme" / "matches.csv").equals(results)
