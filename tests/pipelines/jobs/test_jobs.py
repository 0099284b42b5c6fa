"""What holds for every job that asks a service: its turn, its log, a ledger on PostgreSQL."""

import shutil
import threading
from pathlib import Path

import dagster as dg
import pytest

from resources.ledger import LEDGER_URL
from tests.pipelines.api_world import NAME, Site, sentences, site
from tests.resources.ledger.ledgers import database_url

_SEVERAL_MACHINES = Path(__file__).parent.parent.parent.parent / "deploy" / "several_machines.yaml"


@pytest.fixture
def at(planned: Site) -> Site:
    return planned


def test_no_customer_data_is_in_the_event_log(at: Site) -> None:
    plan = at.plan_hash()
    at.netsuite.edit(2, externalid="Mrs Example")
    results = [at.apply(plan), at.undo(plan), at.override("cus_4", "3", who="Ada Example", why="knows her")]
    logged = " ".join(str(e) for r in results for e in at.instance.all_logs(r.run_id))
    assert "cus_4" in logged
    assert not [word for word in ("@acme.example", "VIP", "Mrs Example", "consumer-secret") if word in logged]


@pytest.mark.parametrize(
    ("job", "service"),
    [
        ("reconcile", "stripe"),
        ("reconcile", "netsuite"),
        ("apply", "stripe"),
        ("apply", "netsuite"),
        ("undo", "stripe"),
        ("undo", "netsuite"),
    ],
)
def test_whatever_asks_a_service_takes_its_turn(at: Site, job: str, service: str) -> None:
    plan, waits = at.plan_hash(), f"waits for its turn: {service}_{NAME} is held by the run theirs"
    holding, done = threading.Event(), threading.Event()

    def said() -> list[str]:
        [run] = at.instance.get_runs(limit=1)
        return [entry.user_message for entry in at.instance.all_logs(run.run_id)]

    def hold() -> None:
        with at.sync.ledger() as ledger, ledger.exclusive(f"{service}_{NAME}", "theirs", print):
            holding.set()
            while waits not in said() and not done.wait(0.1):
                pass

    other = threading.Thread(target=hold)
    other.start()
    holding.wait()
    result = {"apply": at.apply, "undo": at.undo}[job](plan) if job != "reconcile" else at.run(job)
    done.set()
    other.join()
    assert result.success, sentences(result)
    assert said().count(waits) == 1


@pytest.mark.rule("D5")
def test_the_whole_flow_runs_on_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = database_url()
    monkeypatch.setenv(LEDGER_URL, url)
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", url)
    shutil.copyfile(_SEVERAL_MACHINES, tmp_path / "dagster.yaml")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance, site(tmp_path, instance) as at:
        before, plan = at.links(), at.reconcile()
        assert at.apply(plan).success
        assert at.links()["cus_3"] == ("3",)
        assert set(at.statuses(plan).values()) == {"applied"}
        assert at.undo(plan).success
        assert at.links() == before
        assert not (tmp_path / "home" / "ledger.db").exists()
