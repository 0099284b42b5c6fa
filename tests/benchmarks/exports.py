"""What the whole exports run costs, two CSV files to six files, as a ratio to reading them and joining them once.

The floor: polars reads both files, joins once on a key that it lower-cases and strips, writes one Parquet. Both are
processes of their own that take turns; medians are compared. A run on a handful of rows shows what Dagster and the
imports cost. `python -m tests.benchmarks exports -- --rows 1000000 --rounds 5`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import dagster as dg
import polars as pl
from rich.console import Console
from rich.table import Table

from assets.reconciliation import IO_MANAGER_KEY
from pipelines.customer_sync import build_defs, reconciliation
from resources.storage.folders import Folders
from resources.storage.io_manager import ParquetIOManager
from schemas.declaration import Declaration
from tests.benchmarks.world import write_world
from tests.labels import LABELS

_FEW = 100
Figures = dict[str, float]


def run(argv: Sequence[str]) -> None:
    """Measure and print the ratio, and where the time of our run goes."""
    options = _options(argv)
    with tempfile.TemporaryDirectory() as scratch:
        large, few = Path(scratch, "large"), Path(scratch, "few")
        write_exports(large, options.rows)
        write_exports(few, _FEW)
        rounds = [
            {"floor": _process("floor", large), "ours": _process("ours", large), "few": _process("ours", few)}
            for _ in range(options.rounds)
        ]
    _show(rounds, options.rows)


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


def floor(folder: Path) -> Figures:
    """Read both files, join once, write one Parquet."""
    stripe, netsuite = (pl.scan_csv(folder / f"{side}.csv", infer_schema=False) for side in ("stripe", "netsuite"))
    key = pl.col("Email").str.strip_chars().str.to_lowercase().alias("key")
    joined = stripe.with_columns(key).join(netsuite.with_columns(key), on="key")
    joined.collect(engine="streaming").write_parquet(folder / "floor.parquet")
    return {}


def ours(folder: Path) -> Figures:
    """`<name>_reconcile`, every step of it; the seconds of each step come from Dagster's own events."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        folders = Folders(root=folder, home=Path(scratch, "home"), out=Path(scratch, "out"))
        job = dg.Definitions.merge(
            build_defs(reconciliation(_declaration(), folders)),
            dg.Definitions(resources={IO_MANAGER_KEY: ParquetIOManager(folders)}),
        ).resolve_job_def("bench_reconcile")
        with dg.DagsterInstance.local_temp(scratch) as instance:
            result = job.execute_in_process(instance=instance)
        steps = {
            e.step_key or "": e.step_success_data.duration_ms / 1_000 for e in result.all_events if e.is_step_success
        }
    return {step.removeprefix("bench__"): seconds for step, seconds in steps.items()}


def _declaration() -> Declaration:
    return Declaration.model_validate(
        {
            "name": "bench",
            "stripe": {"export": "stripe.csv", "since": "2012-01"},
            "netsuite": {"export": "netsuite.csv"},
            "netsuite_fields": LABELS,
            "rules": [{"stripe": "email", "netsuite": "email"}, {"stripe": "name", "netsuite": "company_name"}],
        }
    )


def _process(contender: str, folder: Path) -> Figures:
    started = time.perf_counter()
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.exports", contender, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {**json.loads(done.stdout.splitlines()[-1]), "process": time.perf_counter() - started}


def _show(rounds: list[dict[str, Figures]], rows: int) -> None:
    def seconds(contender: str, figure: str = "process") -> float:
        return median(r[contender][figure] for r in rounds)

    total = seconds("ours")
    table = Table(title=f"exports run, {rows:,} rows a side, {len(rounds)} rounds")
    table.add_column("part")
    table.add_column("seconds", justify="right")
    table.add_column("share", justify="right")
    steps = [name for name in rounds[0]["ours"] if name != "process"]
    for name in sorted(steps, key=lambda step: -seconds("ours", step)):
        table.add_row(name, f"{seconds('ours', name):.1f}", f"{seconds('ours', name) / total:.0%}")
    console = Console()
    console.print(table)
    console.print(f"floor {seconds('floor'):.1f} s, ours {total:.1f} s: {total / seconds('floor'):.1f} times the floor")
    console.print(f"the same on {_FEW} rows, which is what imports and Dagster cost: {seconds('few'):.1f} s")


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("exports")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args(argv)


if __name__ == "__main__":
    print(json.dumps({"floor": floor, "ours": ours}[sys.argv[1]](Path(sys.argv[2]))))  # noqa: T201
