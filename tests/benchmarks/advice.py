"""What advice costs on twenty fields a side, as a ratio to matching by one rule.

`python -m tests.benchmarks advice -- --rows 1000000 --rounds 3`. Each measurement is a process of its own, in turns.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import polars as pl
from rich.console import Console

from assets.advice.advice import advise
from assets.matching import NO_OVERRIDES, MatchSettings, Rule, match_with_doubts
from tests.benchmarks.interpreters import OURS
from tests.benchmarks.world import write_world

FIELDS = 20
_TWICE = 3


def run(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("advice")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        write_world(Path(name), options.rows)
        rounds = [{what: _measured(what, name) for what in CONTENDERS} for _ in range(options.rounds)]
    middle = {what: median(taken[what] for taken in rounds) for what in CONTENDERS}
    ratio = middle["advice"] / middle["one rule"]
    Console().print(f"{options.rows:,} rows, {FIELDS} fields a side: {middle} CPU s, advice / one rule = {ratio:.1f}")


def _measured(what: str, folder: str) -> float:
    command = [OURS, "-m", "tests.benchmarks.advice", what, folder]
    seconds: float = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return seconds


def one_rule(stripe: pl.DataFrame, netsuite: pl.DataFrame) -> object:
    settings = MatchSettings((Rule("email", "email"),))
    return match_with_doubts(stripe.lazy(), netsuite.lazy(), NO_OVERRIDES, settings).collect()


def advice(stripe: pl.DataFrame, netsuite: pl.DataFrame) -> object:
    return advise(stripe, netsuite, NO_OVERRIDES, MatchSettings(()))


CONTENDERS: dict[str, Callable[[pl.DataFrame, pl.DataFrame], object]] = {"one rule": one_rule, "advice": advice}


def widened(frame: pl.DataFrame, key: str, names: Sequence[str]) -> pl.DataFrame:
    """Fill up to so many fields: most are of one side alone, some have few values, some repeat others."""
    more = FIELDS - len(names)
    kinds = [
        lambda at: pl.format("{} {} {}", pl.lit(key), key, pl.lit(at)),
        lambda at: pl.format("{} {}", pl.lit(f"note {at} of"), key),
        lambda at: (pl.col(key).hash(at) % 50).cast(pl.String),
        lambda at: pl.col("email") if at == _TWICE else pl.format("{}!{}", "email", pl.lit(at)),
    ]
    return frame.with_columns(kinds[at % 4](at).alias(f"{key}_{at}") for at in range(more))


def _main(what: str, folder: Path) -> None:
    stripe = widened(pl.read_parquet(folder / "stripe.parquet"), "id", ["id", "email", "name"])
    netsuite = widened(
        pl.read_parquet(folder / "netsuite.parquet"), "internal_id", ["internal_id", "email", "company_name"]
    )
    before = resource.getrusage(resource.RUSAGE_SELF)
    CONTENDERS[what](stripe, netsuite)
    after = resource.getrusage(resource.RUSAGE_SELF)
    sys.stdout.write(json.dumps(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
