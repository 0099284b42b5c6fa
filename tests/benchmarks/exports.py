"""What the whole exports run costs, two CSV files to all files, as a ratio to reading them and joining them once.

The floor: polars reads both files, joins once on a key that it lower-cases and strips, writes one Parquet. Both are
processes of their own that take turns; medians are compared: CPU seconds, which others on the machine disturb least,
seconds on the clock, and the peak of resident memory, for the whole process and for each step alone. A run on a handful
of rows shows what Dagster and the imports cost, and a second run in the same state what is not done again.
`python -m tests.benchmarks exports -- --rows 1000000 --rounds 5`, and `--memory 2GB` for ours within a bound; with
`--hashes` it runs once and prints the hash of every file, to be compared before and after a change.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from uuid import uuid4

import dagster as dg
import polars as pl
from dagster._core.events.log import EventLogEntry
from rich.console import Console
from rich.table import Table

from assets.reconciliation import IO_MANAGER_KEY
from pipelines.customer_sync import build_defs, reconciliation
from pipelines.freed_memory import LATE, SOON
from pipelines.garbage import keep_what_is_loaded
from resources.storage.folders import Folders
from resources.storage.io_manager import ParquetIOManager
from schemas.declaration import Declaration
from tests.benchmarks.interpreters import OURS
from tests.benchmarks.peak import forget_peak, peak_memory
from tests.benchmarks.world import write_world
from tests.examples.test_golden import digest
from tests.labels import LABELS
from tests.reconciling import CHECKOUT

FEW = 100
Cost = dict[str, float]
"""Seconds of CPU (`cpu`) and on the clock (`wall`); GB of memory when a step begins (`held`), and at the `peak`."""
Figures = dict[str, Cost]
"""The cost of the whole process, under `process`, and of each step."""


def run(argv: Sequence[str]) -> None:
    """Measure and print the ratios, and where the time of our run goes."""
    options = _options(argv)
    if options.hashes:
        with tempfile.TemporaryDirectory() as scratch:
            large = Path(scratch, "large")
            write_exports(large, options.rows)
            _process("ours", large, options.memory)
            Console(soft_wrap=True).print(*_hashes(large), sep="\n")
    else:
        _show(measured(options.rows, options.rounds, options.memory), options.rows)


def measured(rows: int, rounds: int, memory: str | None = None) -> list[dict[str, Figures]]:
    """What each contender cost, in each round; ours within a bound on memory, if there is one."""
    with tempfile.TemporaryDirectory() as scratch:
        large, few = Path(scratch, "large"), Path(scratch, "few")
        write_exports(large, rows)
        write_exports(few, FEW)
        return [
            {
                "floor": _process("floor", large),
                "ours": _process("ours", large, memory),
                "again": _process("again", large, memory),
                "few": _process("ours", few),
            }
            for _ in range(rounds)
        ]


def write_exports(folder: Path, rows: int) -> None:
    """Write `stripe.csv` and `netsuite.csv` as the Dashboard and a saved search export them."""
    folder.mkdir()
    write_world(folder, rows)
    minutes = pl.int_range(pl.len()) * 7
    stripe = pl.scan_parquet(folder / "stripe.parquet").select(
        "id",
        Description=pl.lit("A customer"),
        Email="email",
        Name="name",
        created=(pl.datetime(2012, 1, 1) + pl.duration(minutes=minutes % 7_000_000)).dt.strftime("%Y-%m-%d %H:%M"),
        link="metadata.netsuite_customer_id",
    )
    named = {"created": "Created (UTC)", "link": "netsuite_customer_id (metadata)"}
    stripe.rename(named).sink_csv(folder / "stripe.csv")
    yes_or_no = pl.when("inactive").then(pl.lit("Yes")).otherwise(pl.lit("No"))
    netsuite = pl.scan_parquet(folder / "netsuite.parquet").with_columns(
        stage=pl.when("is_customer").then(pl.lit("Customer")).otherwise(pl.lit("Lead")),
        inactive=yes_or_no,
        phone=pl.lit("+1 202 555 0100"),
    )
    netsuite.select(pl.col(ours).alias(label) for ours, label in LABELS.items()).sink_csv(folder / "netsuite.csv")


def floor(folder: Path, _: str | None) -> Figures:
    """Read both files, join once, write one Parquet."""
    stripe, netsuite = (pl.scan_csv(folder / f"{side}.csv", infer_schema=False) for side in ("stripe", "netsuite"))
    key = pl.col("Email").str.strip_chars().str.to_lowercase().alias("key")
    joined = stripe.with_columns(key).join(netsuite.with_columns(key), on="key")
    joined.collect(engine="streaming").write_parquet(folder / "floor.parquet")
    return {}


def ours(folder: Path, memory: str | None) -> Figures:
    """`<name>_reconcile` in a state that knows nothing, every step of it."""
    shutil.rmtree(folder / "home", ignore_errors=True)
    return again(folder, memory)


def again(folder: Path, memory: str | None) -> Figures:
    """`<name>_reconcile` in the state that the last run has left."""
    folders = Folders(root=folder, home=folder / "home", out=folder / "out")
    folders.home.mkdir(exist_ok=True)
    shutil.copyfile(CHECKOUT / "deploy/dagster.yaml", folders.home / "dagster.yaml")
    os.environ.update(DAGSTER_HOME=str(folders.home), DAGSTER_EVENT_BATCH_SIZE="1000")
    keep_what_is_loaded()
    job = dg.Definitions.merge(
        build_defs(reconciliation(_declaration(memory), folders)),
        dg.Definitions(resources={IO_MANAGER_KEY: ParquetIOManager(folders)}),
    ).resolve_job_def("bench_reconcile")
    with dg.DagsterInstance.get() as instance:
        run_id, steps = str(uuid4()), _Steps()
        instance.add_event_listener(run_id, steps)
        job.execute_in_process(instance=instance, run_id=run_id)
    return steps.costs


class _Steps:
    """Listens to a run in this process, and takes down what each step cost until its success."""

    def __init__(self) -> None:
        self.costs: Figures = {}
        self._begun = _used()

    def __call__(self, entry: EventLogEntry) -> None:
        event = entry.dagster_event
        if event is not None and event.is_step_start:
            forget_peak()
            self._begun = _used()
        elif event is not None and event.is_step_success and event.step_key:
            now = _used()
            spent = {name: now[name] - self._begun[name] for name in ("cpu", "wall")}
            self.costs[event.step_key.removeprefix("bench__")] = {
                **spent,
                "held": self._begun["peak"],
                "peak": now["peak"],
            }


def _used() -> Cost:
    used = getrusage(RUSAGE_SELF)
    return {"cpu": used.ru_utime + used.ru_stime, "wall": time.perf_counter(), "peak": peak_memory() / 1e9}


def _declaration(memory: str | None) -> Declaration:
    return Declaration.model_validate(
        {
            "name": "bench",
            "memory": memory,
            "stripe": {"export": "stripe.csv", "since": "2012-01"},
            "netsuite": {"export": "netsuite.csv"},
            "netsuite_fields": LABELS,
            "rules": [{"stripe": "email", "netsuite": "email"}, {"stripe": "name", "netsuite": "company_name"}],
        }
    )


def _process(contender: str, folder: Path, memory: str | None = None) -> Figures:
    started = time.perf_counter()
    command = [OURS, "-W", "ignore", "-m", "tests.benchmarks.exports", contender, str(folder)]
    command += [memory] if memory else []
    # As `pipelines` has it of itself, where it is loaded before polars is.
    given_back = {} if contender == "floor" else {"_RJEM_MALLOC_CONF": SOON if memory else LATE}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **given_back})
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    figures["process"]["wall"] = time.perf_counter() - started
    return figures


def _hashes(folder: Path) -> list[str]:
    """The hash of each result, without what belongs to the run, and of the plan that is kept."""
    results = (folder / "out" / "bench").resolve()
    found = [path for path in results.iterdir() if path.suffix != ".json" and path.name != "report.html"]
    [plan] = (folder / "home" / "plans").rglob("*.csv")
    return [f"{digest(path)}  {path.name}" for path in sorted(found)] + [f"{plan.stem}  plan"]


def _show(rounds: list[dict[str, Figures]], rows: int) -> None:
    def middle(contender: str, figure: str, step: str = "process") -> float:
        return median(r[contender].get(step, {}).get(figure, 0.0) for r in rounds)

    table = Table(title=f"exports run, {rows:,} rows a side, {len(rounds)} rounds")
    for column in ("part", "CPU s", "share", "seconds", "GB at its beginning", "peak GB"):
        table.add_column(column, justify="left" if column == "part" else "right")
    total = middle("ours", "cpu")
    steps = [name for name in rounds[0]["ours"] if name != "process"]
    for name in steps:
        cpu, wall, held, peak = (middle("ours", figure, name) for figure in ("cpu", "wall", "held", "peak"))
        table.add_row(name, f"{cpu:.2f}", f"{cpu / total:.0%}", f"{wall:.2f}", f"{held:.2f}", f"{peak:.2f}")
    console = Console()
    console.print(table)
    for name, said in _SAID.items():
        ratios = (
            f"{figure} {middle(name, figure):.2f} ({middle(name, figure) / middle('floor', figure):.1f})"
            for figure in ("cpu", "wall", "peak")
        )
        console.print(f"{said}: {', '.join(ratios)}", highlight=False)
    console.print(f"again, to ours: CPU {middle('again', 'cpu') / total:.2f}", highlight=False)


_SAID = {
    "floor": "floor, with its ratio to itself",
    "ours": "ours, to the floor",
    "again": "ours, run again with nothing changed",
    "few": f"ours on {FEW} rows, which is what imports and Dagster cost",
}


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("exports")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", help="a bound, as a declaration says it")
    parser.add_argument("--hashes", action="store_true", help="run once, and print the hash of every file")
    return parser.parse_args(argv)


def _measured(contender: str, folder: Path, memory: str | None = None) -> Figures:
    steps = {"floor": floor, "ours": ours, "again": again}[contender](folder, memory)
    used = _used()
    return {**steps, "process": {**used, "peak": max([used["peak"], *(cost["peak"] for cost in steps.values())])}}


if __name__ == "__main__":
    print(json.dumps(_measured(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])))  # noqa: T201
