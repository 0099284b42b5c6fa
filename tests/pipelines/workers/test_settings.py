"""Whether steps go to workers is one setting, and what is wrong with it is one sentence."""

import sys
from pathlib import Path

import dagster as dg
import pytest

from pipelines.doctor import broker as doctor
from pipelines.executor import executor_of
from pipelines.workers.__main__ import _checked
from pipelines.workers.broker import workers
from pipelines.workers.settings import EXECUTOR, handed_out_again_after, on_workers, settings
from resources.storage.folders import Folders
from schemas.errors import TransientError, UserError
from tests.deploy.broker import redis_server
from tests.reconciling import CHECKOUT

HANDED_OUT = CHECKOUT / "deploy" / "celery.yaml"


@pytest.fixture
def _named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_CELERY", str(HANDED_OUT))
    monkeypatch.setenv("TIEOUT_BROKER_URL", "redis://:hush-hush@127.0.0.1:9/0")
    monkeypatch.setenv("TIEOUT_LEDGER_URL", "postgresql+psycopg2://db/ledger")


def test_by_default_steps_stay_in_the_process_of_their_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIEOUT_CELERY", raising=False)
    assert settings() is None
    assert executor_of(Folders(tmp_path, tmp_path, tmp_path)).name == "in_process"
    assert on_workers() is None
    assert list(doctor.broker()) == []


@pytest.mark.usefixtures("_named")
def test_a_command_that_does_its_steps_itself_is_told_from_a_run_on_workers(tmp_path: Path) -> None:
    @dg.op(out=dg.Out(bool))
    def asked(context: dg.OpExecutionContext) -> bool:
        tell = on_workers()
        assert tell is not None
        return tell(context)

    @dg.job
    def one() -> None:
        asked()

    assert one.execute_in_process().output_for_node("asked") is False
    executor = executor_of(Folders(tmp_path, tmp_path, tmp_path))
    assert executor.name == EXECUTOR


@pytest.mark.usefixtures("_named")
def test_the_settings_that_are_handed_out_send_steps_to_workers(tmp_path: Path) -> None:
    found = settings()
    assert found is not None
    assert found["broker"] == "redis://:hush-hush@127.0.0.1:9/0"
    assert handed_out_again_after(found) == 120
    assert executor_of(Folders(tmp_path, tmp_path, tmp_path)).name == "celery"


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("broker:", "brokr:", 'Received unexpected config entry "brokr"'),
        ("visibility_timeout: 120", "visibility_timeout: 30", "visibility_timeout must be more than 30 seconds"),
        ("task_acks_late: true", "task_acks_late: false", "config_source.task_acks_late must be true"),
        ("execution:", "nothing:", "names no broker that can be asked: set TIEOUT_BROKER_URL"),
        ("execution:", "}", "cannot be read as settings of workers"),
    ],
)
def test_settings_that_would_lose_a_step_are_refused(
    old: str, new: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "celery.yaml").write_text(HANDED_OUT.read_text("utf-8").replace(old, new))
    monkeypatch.setenv("TIEOUT_CELERY", str(tmp_path / "celery.yaml"))
    with pytest.raises(UserError, match=said):
        settings()


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize(
    ("unset", "said"),
    [("TIEOUT_LEDGER_URL", "a ledger that all of them share"), ("TIEOUT_BROKER_URL", "set TIEOUT_BROKER_URL")],
)
def test_what_all_machines_share_must_be_named(unset: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(unset)
    with pytest.raises(UserError, match=said):
        settings()


@pytest.mark.usefixtures("_named")
def test_the_doctor_says_that_the_broker_is_away_without_its_password() -> None:
    [found] = doctor.broker()
    assert (found.weight, found.of) == ("todo", "workers")
    assert found.sentence.startswith("The broker redis://***@127.0.0.1:9/0 cannot be reached")


@pytest.mark.usefixtures("_named")
def test_the_doctor_says_that_runs_would_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with redis_server(tmp_path) as url:
        monkeypatch.setenv("TIEOUT_BROKER_URL", url)
        found, shared = doctor.broker()
        monkeypatch.setenv("TIEOUT_STORAGE", "s3://bucket")
        assert [*doctor.broker()] == [found]
        with pytest.raises(TransientError, match="The worker tieout@here does not answer"):
            _checked("tieout@here", workers(settings() or {}))
    assert (found.weight, found.of) == ("todo", "workers")
    assert "waits for ever: start one" in found.sentence
    assert (shared.weight, shared.of) == ("note", "workers")
    assert "must share the folders of state and of results" in shared.sentence


@pytest.mark.usefixtures("_named")
def test_who_names_workers_without_what_they_take_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dagster_celery", None)
    with pytest.raises(UserError, match=r"dagster_celery is not installed: run `make \.venv/celery\.ok`"):
        settings()
