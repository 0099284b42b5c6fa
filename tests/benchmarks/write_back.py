"""What write-back costs: its share of what the limits allow, the journal, and planning where nothing changes.

Each time is held against the same work without what is measured, in the same run, by turns: the bare clients without a
journal; bare sqlite3 with the same durability; a bare join of the same pairs. Shares are of the account's own pace.
"""

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median

import polars as pl
from rich.console import Console
from rich.table import Table
from stamina.instrumentation import set_on_retry_hooks

from assets.planning.settings import PlanSettings
from assets.planning.write_plan import plan_changes
from assets.write_back.executor import WriteBack
from assets.write_back.run import apply_step
from assets.write_back.selection import NETSUITE_EDITS, STRIPE_EDITS, Part, Step
from resources.ledger import Journal, Ledger
from resources.netsuite_api import NetsuiteClient, NetsuiteEdits, NetsuiteSettings, TokenLogin
from resources.stripe_api import StripeAccount, StripeConnection, StripeEdits
from resources.writers import Writer, registry
from sandbox.netsuite_standin import NetsuiteStandIn, Options, World
from sandbox.stripe_standin import StandInOptions, StripeStandIn, StripeWorld
from schemas.attempts import Attempt, ChangeResult
from schemas.change import Change
from schemas.words import LINK_KEY, DeclaredAccounts
from tests.link_columns import with_link_columns
from tests.proofs.child import CONSUMER, TOKEN
from tests.resources.ledger.ledgers import change, database_url

METADATA = f"metadata.{LINK_KEY}"
BATCH = 100
NETSUITE_CALLS = 4

_BENCH = DeclaredAccounts("bench@bench")


def run(argv: Sequence[str]) -> None:
    """Measure and print three tables."""
    parser = argparse.ArgumentParser(prog="write_back", description=__doc__)
    parser.add_argument("--changes", type=int, default=10_000, help="half of them in each system")
    parser.add_argument("--rate", type=int, default=25, help="requests a second and endpoint that Stripe lets through")
    parser.add_argument("--stripe-latency", type=float, default=0.3, help="seconds a request")
    parser.add_argument("--netsuite-latency", type=float, default=1.5, help="seconds a call of 100 records")
    parser.add_argument("--rows", type=int, default=10_000, help="rows through the journal")
    parser.add_argument("--pairs", type=int, default=1_000_000, help="pairs that are tied out")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        _writes(options, Path(folder))
        _journal(options, Path(folder))
    _planning(options)


def _writes(options: argparse.Namespace, folder: Path) -> None:
    count = options.changes // 2
    set_on_retry_hooks([])
    table = Table("system", "changes", "bare clients, s", "with ledger, s", "ratio", "share of the limit")
    netsuite = _netsuite_times(count, options.netsuite_latency, folder)
    calls_needed = count / BATCH / NETSUITE_CALLS * options.netsuite_latency
    table.add_row("NetSuite", f"{count:,}", *_pair(netsuite), f"{calls_needed / netsuite[1]:.0%} of the pool")
    stripe = _stripe_times(count, options, folder)
    table.add_row("Stripe", f"{count:,}", *_pair(stripe), f"{count / stripe[1] / options.rate:.0%} of the rate")
    Console().print(f"Writing, {options.stripe_latency:g} s and {options.netsuite_latency:g} s a request", table)


def _pair(times: tuple[float, float]) -> tuple[str, str, str]:
    return f"{times[0]:.1f}", f"{times[1]:.1f}", f"{times[1] / times[0]:.2f}"


def _netsuite_times(count: int, latency: float, folder: Path) -> tuple[float, float]:
    world = World()
    for _ in range(2 * count):
        world.insert()
    # A field of each record: looking through every external id at each save is the stand-in's cost, not NetSuite's.
    changes = [change(number, "stripe_id") for number in range(1, 2 * count + 1)]
    with NetsuiteStandIn(world, Options(latency=latency)) as server:
        server.register_token(CONSUMER, TOKEN)
        login = TokenLogin(
            consumer_key=CONSUMER[0], consumer_secret=CONSUMER[1], token_id=TOKEN[0], token_secret=TOKEN[1]
        )
        settings = NetsuiteSettings(account="1234567_SB1", login=login, base_url=server.url, concurrency=NETSUITE_CALLS)
        with NetsuiteClient(settings) as client:
            return _both(NetsuiteEdits(client), NETSUITE_EDITS, changes, folder)


def _stripe_times(count: int, options: argparse.Namespace, folder: Path) -> tuple[float, float]:
    world = StripeWorld()
    world.book(livemode=True).load((f"cus_{n}", 1_700_000_000 + n, {}) for n in range(1, 2 * count + 1))
    limits = StandInOptions(
        endpoint_rate=options.rate, live_rate=None, burst=options.rate, latency=options.stripe_latency
    )
    changes = [change(number, METADATA) for number in range(1, 2 * count + 1)]
    with StripeStandIn(world, limits) as server:
        account = StripeAccount.model_validate(
            {
                "api_key": world.live_key,
                "base_url": server.url,
                "requests_per_second": options.rate,
                "max_in_flight": min(200, int(options.rate * options.stripe_latency * 3)),
            }
        )
        with StripeConnection(account) as connection:
            return _both(StripeEdits(connection), STRIPE_EDITS, changes, folder)


def _both(writer: Writer, step: Step, changes: Sequence[Change], folder: Path) -> tuple[float, float]:
    """Half of the changes through the bare writer, half with ledger, in alternating slices; seconds of each."""
    bare, whole = 0.0, 0.0
    slices = [changes[n::4] for n in range(4)]
    with Ledger.open(f"sqlite:///{folder / f'{step.system}.db'}", folder) as ledger:
        work = WriteBack(Journal(ledger, _BENCH), registry([writer]), "run")
        for number, part in enumerate(slices):
            if number % 2:
                whole += _seconds(partial(apply_step, work, Part(f"{number}" * 64, part), step))
            else:
                bare += _seconds(partial(_bare, writer, part))
    return bare, whole


def _bare(writer: Writer, changes: Sequence[Change]) -> None:
    size = writer.records_per_batch
    attempts = [Attempt("p" * 64, one, "apply") for one in changes]
    batches = [attempts[n : n + size] for n in range(0, len(attempts), size)]
    with ThreadPoolExecutor(writer.workers) as pool:
        for said in pool.map(lambda batch: {answer.said for answer in writer.write(batch)}, batches):
            assert said == {"done"}


def _journal(options: argparse.Namespace, folder: Path) -> None:
    table = Table("database", "rows a batch", "ms per 1,000 rows", "ratio to bare sqlite3")
    for size in (10, BATCH):
        times: dict[str, list[float]] = {"sqlite3, bare": [], "SQLite": [], "PostgreSQL": []}
        for number in range(options.rounds):
            rows = [Attempt(f"{size}{number}".rjust(64), change(n), "apply") for n in range(options.rows)]
            bare = partial(_bare_sqlite, folder / f"bare{size}{number}", rows, size)
            times["sqlite3, bare"].append(_seconds(bare))
            for name, url in (("SQLite", f"sqlite:///{folder / 'journal.db'}"), ("PostgreSQL", database_url())):
                with Ledger.open(url, folder) as ledger:
                    times[name].append(_seconds(partial(_through, ledger, rows, size)))
        base = median(times["sqlite3, bare"])
        for name, found in times.items():
            each = median(found) / options.rows * 1e6
            table.add_row(name, str(size), f"{each:.0f}", f"{median(found) / base:.1f}")
    Console().print("The journal: intent and outcome of each row, on disk", table)


def _through(ledger: Ledger, rows: Sequence[Attempt], size: int) -> None:
    journal = Journal(ledger, _BENCH)
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        journal.intend(part, "run")
        journal.settle([(attempt, ChangeResult("applied")) for attempt in part])


def _bare_sqlite(path: Path, rows: Sequence[Attempt], size: int) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE journal (change TEXT PRIMARY KEY, value TEXT, status TEXT)")
        for start in range(0, len(rows), size):
            part = [(row.change.change_id, row.change.new_value) for row in rows[start : start + size]]
            connection.executemany("INSERT INTO journal VALUES (?, ?, 'intended')", part)
            connection.commit()
            connection.executemany("UPDATE journal SET status = 'applied' WHERE change = ?", [row[:1] for row in part])
            connection.commit()


def _planning(options: argparse.Namespace) -> None:
    stripe, netsuite, matches = _tied_out(options.pairs)
    plan, join = [], []
    for _ in range(options.rounds):
        plan.append(_seconds(lambda: plan_changes(stripe, netsuite, matches, PlanSettings()).lazy().collect()))
        join.append(_seconds(lambda: _bare_join(stripe, netsuite, matches)))
    assert plan_changes(stripe, netsuite, matches, PlanSettings()).height == 0
    table = Table("pairs", "bare join, s", "plan, s", "ratio")
    table.add_row(
        f"{options.pairs:,}", f"{median(join):.2f}", f"{median(plan):.2f}", f"{median(plan) / median(join):.1f}"
    )
    Console().print("Planning where everything is tied out", table)


def _bare_join(stripe: pl.LazyFrame, netsuite: pl.LazyFrame, matches: pl.LazyFrame) -> pl.DataFrame:
    return (
        matches.join(stripe, left_on="stripe_customer_id", right_on="id")
        .join(netsuite, left_on="netsuite_internal_id", right_on="internal_id")
        .collect()
    )


def _tied_out(pairs: int) -> tuple[pl.LazyFrame, pl.LazyFrame, pl.LazyFrame]:
    order = list(range(1, pairs + 1))
    random.Random(1).shuffle(order)  # noqa: S311 - repeatable on purpose
    numbers = pl.DataFrame({"internal_id": order}).with_columns(id=pl.format("cus_{}", "internal_id"))
    stripe = numbers.select(
        "id",
        created=pl.lit(0).cast(pl.Datetime("us", "UTC")) + pl.duration(minutes=pl.col("internal_id")),
        **{METADATA: pl.col("internal_id").cast(pl.String)},
    )
    netsuite = numbers.select(
        "internal_id",
        is_customer=pl.lit(value=True),
        inactive=pl.lit(value=False),
        stripe_id="id",
        external_id="id",
        comments=pl.format("since 2019\n{}", "id"),
    )
    matches = numbers.select(
        stripe_customer_id="id",
        outcome=pl.lit("linked"),
        netsuite_internal_id="internal_id",
        evidence=pl.lit("metadata"),
    )
    return stripe.lazy(), with_link_columns(netsuite.lazy()), matches.sort("stripe_customer_id").lazy()


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


if __name__ == "__main__":
    run(sys.argv[1:])
