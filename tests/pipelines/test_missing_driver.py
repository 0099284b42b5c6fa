"""PostgreSQL's drivers are an extra: without them all runs on one machine, and who names PostgreSQL is told.

A finder of the interpreter's own hides them, from its first moment on.
"""

import shutil
from pathlib import Path

import pytest

from tests.installed import install, run_python
from tests.reconciling import CHECKOUT, NETSUITE, STRIPE
from tests.test_bad_input import DECLARED, DEFS

HIDING = """
import sys

class Hidden:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in {"psycopg2", "dagster_postgres"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden)
"""
URL = "postgresql+psycopg2://tieout:secret-word@127.0.0.1:9/ledger"
RUN = ("-m", "pipelines.run", "acme")
WEBSERVER = ("-m", "pipelines.webserver", "--workspace", "workspace.yaml", "--port", "39871")


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A copy of the product that is run without the drivers."""
    install(tmp_path, {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE, DEFS: DECLARED, "sitecustomize.py": HIDING})
    return tmp_path


def test_one_machine_needs_no_driver_of_postgresql(product: Path) -> None:
    ended = run_python(product, *RUN)
    assert ended.returncode == 0, ended.stderr
    assert (product / "out" / "acme" / "plan.csv").is_file()


def test_a_ledger_in_postgresql_without_its_driver_is_one_sentence(product: Path) -> None:
    ended = run_python(product, *RUN, environment={"TIEOUT_LEDGER_URL": URL})
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1), ended.stderr
    said = "TIEOUT_LEDGER_URL names a PostgreSQL database, but psycopg2 is not installed: run `make .venv/postgres.ok`"
    assert said in ended.stderr
    assert "secret-word" not in ended.stderr


@pytest.mark.parametrize("command", [RUN, WEBSERVER], ids=["run", "webserver"])
def test_a_storage_in_postgresql_without_its_driver_is_one_sentence(product: Path, command: tuple[str, ...]) -> None:
    settings = product / "home" / "dagster.yaml"
    settings.parent.mkdir()
    shutil.copyfile(CHECKOUT / "deploy" / "several_machines.yaml", settings)
    ended = run_python(product, *command, environment={"DAGSTER_POSTGRES_URL": URL})
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1), ended.stderr
    assert f"{settings} names a PostgreSQL database, but dagster_postgres is not installed" in ended.stderr
