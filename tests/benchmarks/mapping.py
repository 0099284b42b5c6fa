"""What making whole records of customers costs, as a ratio to one pass of polars over the same columns.

The pass reads the same Parquet files, strips and lowers each text column once, the names that NetSuite has among them,
and joins those of a customer into one text: about what any record costs that is written out as text, without a rule, a
check or a note. Each measurement is a process of its own, by turns; medians are compared.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final

import polars as pl
from rich.console import Console
from rich.table import Table

from assets.mapping.to_netsuite import CreateSettings, IndividualWhen, new_records
from tests.assets.mapping.making import links
from tests.benchmarks.interpreters import OURS
from tests.benchmarks.world import chance

SETTINGS: Final = CreateSettings(
    subsidiary=2,
    individual_when=IndividualWhen("kind", "person"),
    defaults={"custentity_channel": "web", "custentity_checked": True},
    mapping={"metadata.region": "custentity_region"},
    links=links("custentity_tieout_stripe_id"),
)

_FILE, _EXISTING = "customers.parquet", "existing.parquet"
_STATES: Final = ("California", "NY", "Texas", "Bayern", "NSW", "Ontario")
_COUNTRIES: Final = ("US", "US", "US", "DE", "GB", "AU", "CA", "FR", "Germany", "jp")


def run(argv: Sequence[str]) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="mapping", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(argv)
    table = Table("customers", "work", "s", "CPU s", "CPU / one pass")
    for rows in options.rows:
        costs = costs_of(rows, options.rounds)
        for work, (clock, cpu) in costs.items():
            ratio = cpu / costs["one pass"][1]
            table.add_row(f"{rows:,}", work, f"{clock:.2f}", f"{cpu:.2f}", f"{ratio:.2f}")
    Console().print("New records from customers", table)


def costs_of(rows: int, rounds: int) -> dict[str, list[float]]:
    """Medians of seconds on the clock and of CPU, by work."""
    with tempfile.TemporaryDirectory() as name:
        write_customers(Path(name), rows)
        taken = [{work: _measured(work, Path(name)) for work in WORKS} for _ in range(rounds)]
    return {work: [median(each[work][n] for each in taken) for n in range(2)] for work in WORKS}


def write_customers(folder: Path, rows: int) -> None:
    """Write customers as an extract has them: most of them plain, some with all that people type."""
    people = pl.LazyFrame({"at": pl.int_range(rows, eager=True)})
    customers = people.select(
        _id().alias("id"),
        created=pl.datetime(2024, 1, 1, time_zone="UTC") + pl.duration(seconds="at"),
        **_texts(),
    )
    made = customers.collect(engine="streaming")
    made.write_parquet(folder / _FILE)
    name = pl.when(pl.col("id").hash(22) % 100 < 3).then("name").otherwise(pl.format("{} Other", "name"))
    made.select(entity_id=name).write_parquet(folder / _EXISTING)


def one_pass(folder: Path) -> pl.DataFrame:
    """Read, strip and lower each text once, those of NetSuite, too; join a customer's."""
    customers, existing = pl.scan_parquet(folder / _FILE), pl.scan_parquet(folder / _EXISTING)
    texts = [name for name, dtype in customers.collect_schema().items() if dtype == pl.String]
    plain = (pl.col(name).str.strip_chars().str.to_lowercase() for name in texts)
    existing.select(pl.col("entity_id").str.strip_chars().str.to_lowercase()).collect()
    return customers.select(record=pl.concat_str(*plain, separator=",", ignore_nulls=True)).collect()


def ours(folder: Path) -> pl.DataFrame:
    """Make the records; NetSuite has as many names as Stripe, of which a few are the same."""
    customers, existing = pl.scan_parquet(folder / _FILE), pl.scan_parquet(folder / _EXISTING)
    return new_records(customers, existing, SETTINGS).collect()


WORKS: Final[Mapping[str, Callable[[Path], pl.DataFrame]]] = {"one pass": one_pass, "ours": ours}


def _id() -> pl.Expr:
    return pl.format("cus_{}", (pl.col("at").hash(3) % 10**14).cast(pl.String).str.zfill(14))


def _texts() -> dict[str, pl.Expr]:
    at = pl.col("at").cast(pl.String)
    ending = pl.when(chance(1, 3)).then(pl.lit("Émile Straße")).otherwise(pl.lit("Buckler Widgets Ltd"))
    number = pl.when(chance(2, 2)).then(pl.lit("7")).otherwise(at)
    name = pl.format(
        "{} {} {}", pl.when(chance(23, 1)).then(pl.lit('"Acme"')).otherwise(pl.lit("Acme")), number, ending
    )
    phone = pl.format("+49 30 {}", at.str.zfill(7))
    has_shipping, has_billing = ~chance(9, 30), ~chance(10, 20)
    is_same = chance(11, 60)
    street = pl.format(
        "{} {}", at, pl.when(chance(24, 1)).then(pl.lit("Größte Straße")).otherwise(pl.lit("Long Meadow St"))
    )
    other = pl.format("{} Harbour Road", at)
    texts: dict[str, pl.Expr] = {
        "name": pl.when(~chance(4, 5)).then(name),
        "description": pl.when(chance(5, 30)).then(pl.format("Customer number {}", at)),
        "email": pl.when(~chance(6, 4)).then(pl.format("user{}@example{}.com", at, pl.col("at").hash(2) % 5_000)),
        "phone": pl.when(~chance(7, 40)).then(pl.when(chance(8, 2)).then(pl.lit("- None -")).otherwise(phone)),
        "shipping.name": pl.when(has_shipping).then(name),
        "shipping.phone": pl.when(has_shipping).then(phone),
        "metadata.kind": pl.when(chance(12, 20)).then(pl.lit("person")),
        "metadata.region": pl.when(chance(13, 50)).then(_one_of(("EMEA", "APAC", "N/A"), 14)),
    }
    for prefix, has in (("address.", has_billing), ("shipping.address.", has_shipping)):
        line = street if prefix == "address." else pl.when(is_same).then(street).otherwise(other)
        parts = {
            "line1": line,
            "line2": pl.when(chance(15, 20)).then(pl.lit("Floor 3")),
            "city": pl.format(
                "City {}{}",
                pl.col("at").hash(16) % 20_000,
                pl.when(chance(25, 2)).then(pl.lit(" ")).otherwise(pl.lit("")),
            ),
            "state": pl.when(~chance(17, 30)).then(_one_of(_STATES, 18)),
            "postal_code": pl.col("at").hash(19).mod(100_000).cast(pl.String).str.zfill(5),
            "country": pl.when(~chance(20, 2)).then(_one_of(_COUNTRIES, 21)),
        }
        texts |= {f"{prefix}{part}": pl.when(has).then(value) for part, value in parts.items()}
    return texts


def _one_of(words: Sequence[str], seed: int) -> pl.Expr:
    return pl.col("at").hash(seed).mod(len(words)).replace_strict(dict(enumerate(words)), return_dtype=pl.String)


def _measured(work: str, folder: Path) -> tuple[float, float]:
    command = [OURS, "-m", "tests.benchmarks.mapping", work, str(folder)]
    clock, cpu = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return clock, cpu


def _main(work: str, folder: Path) -> None:
    started = time.perf_counter(), time.process_time()
    WORKS[work](folder)
    taken = (time.perf_counter() - started[0], time.process_time() - started[1])
    sys.stdout.write(json.dumps(taken))


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
