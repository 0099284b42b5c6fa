"""What near misses cost beside matching: `python -m tests.benchmarks near_misses -- --rows 1000000 --rounds 3`.

Each measurement is a process of its own, in turns; one in seven customers of the world matches nothing.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import polars as pl
from rich.console import Console

from assets.matching import NO_OVERRIDES, MatchSettings, Rule, match_with_doubts
from assets.near_misses.near_misses import find_near_misses
from assets.no_values import PLACEHOLDERS
from tests.benchmarks.interpreters import OURS
from tests.benchmarks.world import write_world


def run(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("near_misses")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        write_world(Path(name), options.rows)
        command = [OURS, "-m", "tests.benchmarks.near_misses", name]
        rounds = [
            json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(options.rounds)
        ]
    matching, near = (median(taken[at] for taken in rounds) for at in (0, 1))
    Console().print(
        f"{options.rows:,} rows: matching {matching:.2f} CPU s, near misses {near:.2f}, {near / matching:.1f}"
    )


def _main(folder: Path) -> None:
    stripe, netsuite = (pl.scan_parquet(folder / f"{side}.parquet") for side in ("stripe", "netsuite"))
    stripe = stripe.with_columns(phone=pl.format("+49 30 {}", pl.col("id").str.tail(8))).collect().lazy()
    netsuite = netsuite.with_columns(phone=pl.format("030 {}", pl.col("internal_id") + 5_000_000)).collect().lazy()
    settings = MatchSettings((Rule("email", "email"), Rule("name", "company_name")))
    times = [_cpu()]
    matches = match_with_doubts(stripe, netsuite, NO_OVERRIDES, settings).collect()
    times.append(_cpu())
    nobody = matches.lazy().filter(pl.col("outcome") == "unmatched").select(id="stripe_customer_id")
    taken = matches.lazy().select(internal_id="netsuite_internal_id").drop_nulls()
    records = netsuite.filter(pl.col("is_customer") & ~pl.col("inactive"))
    find_near_misses(stripe.join(nobody, on="id", how="semi"), records, taken, PLACEHOLDERS)
    times.append(_cpu())
    sys.stdout.write(json.dumps([times[1] - times[0], times[2] - times[1]]))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
