"""PostgreSQL's drivers are an extra: without them all runs on one machine, and who names PostgreSQL is told.

A finder of the interpreter's own hides them, from its first moment on. In that interpreter one command follows the
other: to start it is dear.
"""

import json
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
COMMANDS = """
import io, json, os, shutil, sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

def ended(module, *arguments, **environment):
    said = io.StringIO()
    with patch.dict(os.environ, environment), redirect_stderr(said), redirect_stdout(io.StringIO()):
        code = module.main([*arguments])
    return code, said.getvalue()

from pipelines import run
url, several_machines = sys.argv[1:]
found = {"alone": ended(run, "acme"), "ledger": ended(run, "acme", TIEOUT_LEDGER_URL=url)}
shutil.copyfile(several_machines, Path("home", "dagster.yaml"))
found["run"] = ended(run, "acme", DAGSTER_POSTGRES_URL=url)
from pipelines import webserver
given = ("--workspace", "workspace.yaml", "--port", "39871")
found["webserver"] = ended(webserver, *given, DAGSTER_POSTGRES_URL=url)
json.dump(found, sys.stdout)
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product that is run without the drivers."""
    folder = tmp_path_factory.mktemp("product")
    install(folder, {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE, DEFS: DECLARED, "sitecustomize.py": HIDING})
    return folder


@pytest.fixture(scope="module")
def ended(product: Path) -> dict[str, tuple[int, str]]:
    """How each command has ended, and what it said about that."""
    settings = CHECKOUT / "deploy" / "several_machines.yaml"
    all_of_them = run_python(product, "-W", "ignore", "-c", COMMANDS, URL, str(settings))
    assert all_of_them.returncode == 0, all_of_them.stderr
    found: dict[str, tuple[int, str]] = json.loads(all_of_them.stdout)
    return found


def test_one_machine_needs_no_driver_of_postgresql(product: Path, ended: dict[str, tuple[int, str]]) -> None:
    code, said = ended["alone"]
    assert code == 0, said
    assert (product / "out" / "acme" / "plan.csv").is_file()


def test_a_ledger_in_postgresql_without_its_driver_is_one_sentence(ended: dict[str, tuple[int, str]]) -> None:
    code, errors = ended["ledger"]
    assert (code, errors.count("\n")) == (1, 1), errors
    said = "TIEOUT_LEDGER_URL names a PostgreSQL database, but psycopg2 is not installed: run `make .venv/postgres.ok`"
    assert said in errors
    assert "secret-word" not in errors


@pytest.mark.parametrize("command", ["run", "webserver"])
def test_a_storage_in_postgresql_without_its_driver_is_one_sentence(
    product: Path, ended: dict[str, tuple[int, str]], command: str
) -> None:
    code, errors = ended[command]
    assert (code, errors.count("\n")) == (1, 1), errors
    settings = product / "home" / "dagster.yaml"
    assert f"{settings} names a PostgreSQL database, but dagster_postgres is not installed" in errors
