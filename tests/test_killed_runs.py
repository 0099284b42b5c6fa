"""Runs that are killed or stopped, in processes of their own: the next one neither waits for them nor differs."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import dagster as dg
import pytest

from pipelines.exclusive_run import end_gone
from resources.ledger import Ledger
from tests.in_process import command
from tests.installed import install, start_python
from tests.proofs.installation import DECLARED, PATIENCE, RUN_COMMAND, Installation, installation, until
from tests.proofs.work import BY_HAND, DAILY, NAME, RECONCILE, apply, undo
from tests.reconciling import digests
from tests.ui import processes_in, serving

pytestmark = pytest.mark.timeout(1_800)  # on a busy machine; each ends as soon as what it waits for is there
TABLES = ("matches.csv", "netsuite_import.csv", "plan.csv", "review.csv", "stripe_updates.csv")
STOPPED = "✗ Stopped before the end; nothing outside of this machine was changed.\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as made:
        yield made


def test_a_killed_run_does_not_block_the_next_nor_change_its_result(site: Installation, tmp_path: Path) -> None:
    with site.held() as process:
        process.kill()
        process.wait()
    assert len(site.under_way()) == 1
    site.here()
    assert site.under_way() == []
    undisturbed = tmp_path / "undisturbed"
    undisturbed.mkdir()
    install(undisturbed, DECLARED)
    other = replace(site, folder=undisturbed)
    assert command(undisturbed, "run", NAME, environment=site.environment).returncode == 0
    results = [each.folders.results(NAME) for each in (site, other)]
    assert digests(results[0], TABLES) == digests(results[1], TABLES)


def test_a_run_under_way_is_left_alone_by_a_second_one_and_by_the_start_of_the_ui(site: Installation) -> None:
    with site.held() as process:
        [first] = site.under_way()
        second = command(site.folder, "run", NAME, environment=site.environment)
        assert (second.returncode, second.stderr) == (
            1,
            f"✗ Another `make run` of sandbox is under way (run {first}); wait until it has ended.\n",
        )
        with Ledger.of(site.folders) as ledger:
            end_gone(ledger, site.instance)
        assert site.under_way() == [first]
        process.kill()
        process.wait()
    with Ledger.of(site.folders) as ledger:
        end_gone(ledger, site.instance)
    assert site.under_way() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_wait_for_a_run_of_others_is_told_and_can_be_stopped(site: Installation, number: signal.Signals) -> None:
    wide = site.environment | {"COLUMNS": "400"}
    with (
        Ledger.of(site.folders) as ledger,
        ledger.exclusive("stripe_sandbox", "theirs", print),
        start_python(site.folder, *RUN_COMMAND, environment=wide) as process,
    ):
        try:
            assert process.stdout is not None
            said = next(line for line in process.stdout if "waits for its turn" in line)
            process.send_signal(number)
            errors = process.communicate(timeout=PATIENCE)[1]
        finally:
            process.kill()
    assert "stripe_sandbox is held by the run theirs" in said
    assert (process.returncode, errors) == (130, STOPPED)
    assert site.under_way() == []


def test_killed_runs_of_dagsters_own_hold_nobody_up(site: Installation) -> None:
    """One after the other comes as far as to ask Stripe, and after all three a run comes to its end."""
    killed = [site.kill(site.by_dagster, work) for work in (RECONCILE, DAILY, BY_HAND)]
    again = site.here()
    assert not site.waited(again)
    assert {site.status(run) for run in killed} == {dg.DagsterRunStatus.FAILURE}
    assert site.under_way() == []


def test_killed_runs_that_the_ui_started_hold_nobody_up_and_end_with_it(site: Installation) -> None:
    site.here()
    before, plan = site.state(), site.plan()
    with serving(site.folder, RECONCILE.job, site.environment) as ui:
        site.follow(partial(site.in_ui, ui), apply(plan, at_most=40))
        assert site.state() != before
        with site.gate.closed() as arrived:
            site.in_ui(ui, undo(plan))
            assert arrived.wait(PATIENCE)
            ui.process.kill()
            until(lambda: not processes_in(site.folder), "what it has started goes on")
    again = site.by_dagster(undo(plan))
    site.ends_well(again)
    assert not site.waited(again)
    assert site.state() == before
    assert site.under_way() == []


def test_after_ctrl_c_the_next_run_starts_at_once(site: Installation) -> None:
    """The second one is stopped as services are; it was not held up by the first, as it came to ask Stripe."""
    for number in (signal.SIGINT, signal.SIGTERM):
        with site.held() as process:
            process.send_signal(number)
            errors = process.communicate(timeout=PATIENCE)[1]
        assert (process.returncode, errors) == (130, STOPPED)
        assert site.under_way() == []
    again = site.here()
    site.ends_well(again)
    assert not site.waited(again)
