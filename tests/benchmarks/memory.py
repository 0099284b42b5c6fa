"""What a bound on memory costs: matching within it, through the disk, as ratios to matching with all there is.

Each measurement is a process of its own, and the two take turns; medians are compared: the peak of resident memory, CPU
seconds, and seconds on the clock. Both results are compared row by row.
`python -m tests.benchmarks memory -- --rows 5000000 --memory 2GB --rounds 3`. With `--linked 100` every customer is
linked already, in four places. Where not all can be in memory, `--free` compares a customer's cost with that of one of
so many that are matched with all there is: `memory -- --rows 30000000 --memory 12GB --free 5000000 --rounds 1`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median

import polars as pl
from rich.console import Console
from rich.table import Table

from assets.matching import NO_OVERRIDES, MatchSettings, Rule, by_customer, match_with_doubts
from assets.matching.need import need_of, room_for
from resources.memory import Memory
from tests.benchmarks.interpreters import OURS
from tests.benchmarks.peak import peak_memory
from tests.benchmarks.world import write_world

SETTINGS = MatchSettings((Rule("email", "email"), Rule("name", "company_name")))
FREE = "1000GB"
Cost = dict[str, float]


def run(argv: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("memory")
    parser.add_argument("--rows", type=int, default=5_000_000, help="customers, and as many records and some more")
    parser.add_argument("--memory", default="2GB", help="the bound, as a declaration says it")
    parser.add_argument("--free", type=int, help="customers that are matched with all there is; as many, if not given")
    parser.add_argument("--linked", type=int, default=5, help="how many of a hundred are linked, in each place")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(argv)
    rows = {FREE: options.free or options.rows, options.memory: options.rows}
    rounds = measured(rows, options.rounds, options.linked)
    table = Table(title=f"matching, {options.linked} % linked, {options.rounds} rounds", title_justify="left")
    for column in ("may take", "a side", "buckets", "peak GB", "CPU s", "seconds", "CPU µs a customer"):
        table.add_column(column, justify="right")
    cost = {
        bound: {name: median(each[bound][name] for each in rounds) for name in rounds[0][bound]} for bound in rounds[0]
    }
    for bound, found in cost.items():
        figures = [f"{found[name]:.2f}" for name in ("peak", "cpu", "wall")]
        table.add_row(
            "all" if bound == FREE else bound,
            f"{rows[bound]:,}",
            f"{found['buckets']:.0f}",
            *figures,
            f"{found['cpu'] / rows[bound] * 1e6:.2f}",
        )
    console = Console()
    console.print(table)
    free, bounded = cost[FREE], cost[options.memory]
    more = rows[options.memory] / rows[FREE]
    ratios = (f"{name} {bounded[name] / free[name] / more:.2f}" for name in ("peak", "cpu", "wall"))
    same = "; the results are equal" if more == 1 else ""
    console.print(f"a customer within the bound, to one of all: {', '.join(ratios)}{same}", highlight=False)


def measured(rows: Mapping[str, int], rounds: int, linked: int) -> list[dict[str, Cost]]:
    """What matching costs within each bound, in each round.

    Args:
        rows: customers, by the bound.
        rounds: how often.
        linked: how many of a hundred are linked already, in each place.

    Raises:
        AssertionError: they find different things.
    """
    with tempfile.TemporaryDirectory() as name:
        folders = {count: Path(name, str(count)) for count in rows.values()}
        for count, folder in folders.items():
            folder.mkdir()
            write_world(folder, count, linked=linked)
        found = [{bound: _process(bound, folders[count]) for bound, count in rows.items()} for _ in range(rounds)]
        if len(folders) == 1:
            free, bounded = (pl.read_parquet(folders[count] / f"{bound}.parquet") for bound, count in rows.items())
            assert free.equals(bounded), "matching within the bound finds something else"
    return found


def _process(bound: str, folder: Path) -> Cost:
    command = [OURS, "-W", "ignore", "-m", "tests.benchmarks.memory", bound, str(folder)]
    answer: Cost = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return answer


def _match(bound: str, folder: Path) -> Cost:
    started = time.perf_counter()
    stripe, netsuite = (pl.scan_parquet(folder / f"{side}.parquet") for side in ("stripe", "netsuite"))
    need = need_of(stripe, netsuite, SETTINGS)
    with room_for(need, Memory.of(bound).of_a_stage, folder / "frames") as buckets:
        matches = by_customer(match_with_doubts(stripe, netsuite, NO_OVERRIDES, SETTINGS, buckets=buckets).collect())
    used, peak, wall = getrusage(RUSAGE_SELF), peak_memory(), time.perf_counter() - started
    matches.write_parquet(folder / f"{bound}.parquet")
    return {
        "buckets": buckets.count if buckets else 0,
        "peak": peak / 1e9,
        "cpu": used.ru_utime + used.ru_stime,
        "wall": wall,
    }


if __name__ == "__main__":
    print(json.dumps(_match(sys.argv[1], Path(sys.argv[2]))))  # noqa: T201
