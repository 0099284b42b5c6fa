"""What a run on export files does not load: each of these costs a person time in every run."""

import os
import subprocess
import sys
from pathlib import Path

_RUN = """
import gc, sys
from pipelines.run import main
assert main(["example"]) == 0
assert gc.get_threshold()[0] > 10_000 and gc.get_freeze_count() > 100_000, "garbage is looked for often"
print(*sorted(sys.modules), sep="\\n")
"""
_LOAD = """
import sys, pipelines.definitions
from pathlib import Path
print(*sys.modules)
print(*(name.read_text().strip() for name in Path("/proc/self/task").glob("*/comm")))
"""
APIS = ("stripe", "requests", "urllib3", "pycurl", "msgspec", "oauthlib", "joserfc", "cryptography", "pyrate_limiter")
DRAWING = ("altair", "vl_convert", "pandas", "numpy", "pyarrow")
OURS = (
    "resources.stripe_api",
    "resources.netsuite_api",
    "resources.notify.webhook",
    "resources.notify.sending",
    "apprise",
    "sandbox",
)
RARELY_NEEDED = ("fastexcel", "hypothesis", "phonenumbers", "pygments.lexers.agile")
SERVING = ("uvicorn", "starlette", "dagster_webserver", "dagster_graphql", "grpc", "psycopg2")


def test_a_run_on_files_loads_no_api_no_server_no_drawing_and_no_workbook(tmp_path: Path) -> None:
    environment = {**os.environ, "DAGSTER_HOME": str(tmp_path / "home"), "TIEOUT_OUT": str(tmp_path / "out")}
    command = [sys.executable, "-W", "ignore", "-c", _RUN]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    modules = set(done.stdout.splitlines())
    assert {"dagster", "polars", "pipelines.customer_sync"} <= modules
    unwanted = {module for module in modules for name in (*APIS, *DRAWING, *OURS, *RARELY_NEEDED, *SERVING)
                if module == name or module.startswith(f"{name}.")}  # fmt: skip
    assert unwanted == set()


def test_what_loads_the_declarations_opens_no_ledger_writes_no_workbook_and_computes_nothing() -> None:
    """A worker forks for each step, and a computation hangs for ever if its threads were begun before the fork."""
    command = [sys.executable, "-W", "ignore", "-c", _LOAD]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    loaded, threads = (set(line.split()) for line in done.stdout.splitlines())
    assert {"dagster", "polars", "pipelines.customer_sync"} <= loaded
    assert {"alembic", "xlsxwriter", "jinja2.ext", "phonenumbers"} & loaded == set()
    assert {thread for thread in threads if thread.startswith(("polars-0", "tokio"))} == set()
