"""What matching costs, as ratios to the floor: a bare join of keys that somebody else prepared.

Every measurement is a process of its own; contenders take turns in every round, so that whatever else the machine does
falls on all alike; medians are compared. `python -m tests.benchmarks matching -- --rows 1000000 --rounds 5`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import altair as alt
import polars as pl
from rich.console import Console
from rich.table import Table

from tests.benchmarks.answers import check_answers
from tests.benchmarks.contenders import CONTENDERS, PEERS, write_keys
from tests.benchmarks.interpreters import OURS
from tests.benchmarks.world import SCRIPTS, Script, write_world

PLOT = Path("docs/matching.svg")
_QUICK = [name for name in CONTENDERS if name != "pandas"]


class Cost(NamedTuple):
    """Medians of one contender."""

    rows: int
    script: str
    name: str
    seconds: float
    cpu: float
    peak: float


def run(argv: Sequence[str]) -> None:
    options = _options(argv)
    check_answers(options.contenders)
    costs = [cost for rows in options.rows for script in options.scripts for cost in costs_of(rows, script, options)]
    _show(costs)
    if options.plot:
        _plot([cost for cost in costs if cost.name in {"floor", "ours"}]).save(PLOT)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("matching")
    parser.add_argument("--rows", type=int, nargs="+", default=[250_000, 500_000, 1_000_000, 2_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scripts", nargs="+", choices=SCRIPTS, default=["mixed"])
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=_QUICK)
    parser.add_argument("--plot", action="store_true", help=f"draw {PLOT}")
    return parser.parse_args(argv)


def costs_of(rows: int, script: Script, options: argparse.Namespace) -> Iterator[Cost]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_world(folder, rows, script)
        write_keys(folder)
        # The floor and the peers would multiply a crowd by a crowd, and end the machine.
        names = [name for name in options.contenders if script != "shared" or name.startswith(("ours", "keys"))]
        rounds = [{name: _measured(name, folder) for name in names} for _ in range(options.rounds)]
    for name in names:
        middle = {what: median(taken[name][what] for taken in rounds) for what in ("seconds", "cpu", "peak")}
        yield Cost(rows, script, name, **middle)


def _measured(name: str, folder: Path) -> dict[str, float]:
    command = [sys.executable if name in PEERS else OURS, "-m", "tests.benchmarks.contenders", name, str(folder)]
    answer: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return answer


def _show(costs: Sequence[Cost]) -> None:
    units = {"seconds": "clock", "cpu": "CPU", "peak": "peak"}
    against = ("floor", "ours")
    table = Table(
        "rows", "world", "contender", "s", "CPU s", "peak MB", *(f"{u} / {n}" for n in against for u in units.values())
    )
    found = {(cost.rows, cost.script, cost.name): cost for cost in costs}
    for cost in costs:
        bases = [found.get((cost.rows, cost.script, name)) for name in against]
        ratios = [
            f"{getattr(cost, what) / getattr(base, what):.2f}" if base else "" for base in bases for what in units
        ]
        numbers = [
            f"{cost.rows:,}",
            cost.script,
            cost.name,
            f"{cost.seconds:.2f}",
            f"{cost.cpu:.2f}",
            f"{cost.peak:.0f}",
        ]
        table.add_row(*numbers, *ratios)
    Console(width=140).print(table)


def _plot(costs: Sequence[Cost]) -> alt.VConcatChart:
    frame = pl.DataFrame(costs).with_columns(millions=pl.col("rows") / 1e6)
    base = alt.Chart(frame).mark_line(point=True).properties(width=460, height=200)
    x = alt.X("millions:Q", title="million rows on each side")
    color = alt.Color("name:N", title=None)
    time = base.encode(x=x, y=alt.Y("cpu:Q", title="CPU seconds"), color=color)
    memory = base.encode(x=x, y=alt.Y("peak:Q", title="peak memory, MB"), color=color)
    return alt.vconcat(time, memory)
