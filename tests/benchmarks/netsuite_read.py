"""How much of what NetSuite's pool and units allow is used, and what reading costs here.

Against the stand-in in a process of its own. Every figure is a ratio to a baseline measured in the same run, with the
two taking turns: absolute times depend on the machine and on whatever else it does. The share of the pool is that of
the fewest calls that could give the rows, each with as many rows as the script answers at most, all places busy from
the first moment to the last: logging in, counting and calls that are not full count against the reader.
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from math import ceil
from multiprocessing.connection import Connection

import orjson
import polars as pl
import requests

from resources.netsuite_api import CertificateLogin, FieldEdit, NetsuiteClient, NetsuiteSettings
from resources.netsuite_api.reading.pages import MOST_ROWS
from sandbox.netsuite_standin import STANDARD_COLUMNS, NetsuiteStandIn, Options, SavedSearch, World
from schemas.words import InternalId
from tests.benchmarks.served import answer_of, served
from tests.resources.netsuite_api.netsuite_world import FIELDS, SEARCH, key_pair

POOL = 5
LATENCY = 0.6
PAGE_SECONDS = 0.5
ROW_SECONDS = 0.001
RESTLET = "/app/site/hosting/restlet.nl?script=customscript_tieout&deploy=customdeploy_tieout"


@dataclass(frozen=True)
class Account:
    """A stand-in in another process: where it is, and with what one logs in."""

    url: str
    private_key: str

    def client(self, concurrency: int, rows_per_call: int = NetsuiteSettings.rows_per_call) -> NetsuiteClient:
        login = CertificateLogin(client_id="client", certificate_id="certificate", private_key=self.private_key)
        return NetsuiteClient(
            NetsuiteSettings(
                account="1234567_SB1",
                login=login,
                base_url=self.url,
                concurrency=concurrency,
                rows_per_call=rows_per_call,
            )
        )


def run(argv: Sequence[str]) -> None:
    """Measure reading, writing, and the cost of a million rows."""
    parser = argparse.ArgumentParser(prog="netsuite_read", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=60_000, help="customers that are read with latency")
    parser.add_argument("--many", type=int, default=200_000, help="customers that are read without latency")
    given = parser.parse_args(argv)
    _reading(given.rounds, given.rows)
    _writing(given.rounds)
    _cost(given.rounds, given.many)


def _reading(rounds: int, rows: int) -> None:
    fewer = rows // 5
    calls: list[int] = []
    per_call, per_row = PAGE_SECONDS * 1000, ROW_SECONDS * 1000
    _say(f"Reading {rows:,} customers, {per_call:.0f} ms a call and {per_row:g} ms a row, a pool of {POOL}")
    with _slow_account(rows) as account, _slow_account(fewer) as small:
        five, four, one = _in_turns(
            rounds,
            partial(_read_all, account, POOL, rows, calls),
            partial(_read_all, account, 4, rows, []),
            partial(_read_all, small, 1, fewer, []),
        )
    _tell("share of what the pool allows, concurrency 5", [_least_seconds(rows, POOL) / t for t in five])
    _tell("share of what four places allow, concurrency 4 (default)", [_least_seconds(rows, 4) / t for t in four])
    _tell("calls, as a multiple of the fewest possible, concurrency 5", [used / _fewest_calls(rows) for used in calls])
    _tell("times as fast as page after page", [b / fewer * rows / a for a, b in zip(five, one, strict=True)])


def shares(rows: int, rounds: int) -> list[float]:
    """The share of what the pool allows at which customers are read, in each round."""
    with _slow_account(rows) as account:
        [taken] = _in_turns(rounds, partial(_read_all, account, POOL, rows, []))
    return [_least_seconds(rows, POOL) / seconds for seconds in taken]


def _least_seconds(rows: int, places: int) -> float:
    """How long the pool takes at the least, if it is never idle and every call is full."""
    return (_fewest_calls(rows) * PAGE_SECONDS + rows * ROW_SECONDS) / places


def _fewest_calls(rows: int) -> int:
    return ceil(rows / MOST_ROWS)


def _writing(rounds: int, few: int = 150, many: int = 3_000) -> None:
    _say(f"Linking customers, {LATENCY * 1000:.0f} ms a call, a pool of {POOL}, three fields each")
    with _account((few + 2 * many) * rounds, LATENCY) as account:
        numbers = count(1)
        patched, by_100, by_300 = _in_turns(
            rounds,
            lambda _: _patch(account, [next(numbers) for _ in range(few)]),
            lambda _: _apply(account, [next(numbers) for _ in range(many)], 100),
            lambda _: _apply(account, [next(numbers) for _ in range(many)], 300),
        )
    patch_rates, rates, high_rates = [few / t for t in patched], [many / t for t in by_100], [many / t for t in by_300]
    by_pool, by_units = POOL / LATENCY * 100, POOL / LATENCY * (5_000 // 15)
    _tell(
        "times as fast as one PATCH a record, five at a time", [a / b for a, b in zip(rates, patch_rates, strict=True)]
    )
    _tell("share of what the pool allows, 100 records a call (default)", [rate / by_pool for rate in rates])
    _tell("share of what pool and units allow, 300 records a call", [rate / by_units for rate in high_rates])


def _cost(rounds: int, rows: int) -> None:
    _say(f"What {rows:,} rows cost this side, without latency, 4,000 a call")
    with _account(rows, 0.0) as account:
        ours, plain = [], []
        for _ in range(rounds):
            ours.append(answer_of(_read_measured, account, rows))
            plain.append(answer_of(_read_plainly, account, rows))
    per_million = 1_000_000 / rows
    _tell("CPU, as a share of one thread with requests and a list of dicts", _ratios(ours, plain, 0))
    _tell("memory, as a share of the same", _ratios(ours, plain, 1))
    cpu, memory = (statistics.median(measured[n] for measured in ours) * per_million for n in (0, 1))
    _say(f"  on this machine, a million rows: {cpu:.1f} s of CPU, {memory / 1024:.0f} MB above an idle client")


def _read_all(account: Account, concurrency: int, rows: int, calls: list[int], _: int) -> None:
    with account.client(concurrency) as client:
        extract = client.read_customers(SEARCH, FIELDS)
    calls.append(extract.calls)
    if extract.frame.height != rows:
        raise AssertionError("The read is not whole.")


def _patch(account: Account, numbers: Sequence[int]) -> None:
    body = {"custentity_tieout_stripe_id": "cus_x", "comments": "cus_x"}
    with requests.Session() as session, ThreadPoolExecutor(POOL) as pool:
        session.headers["Authorization"] = "Bearer open"

        def patch(number: int) -> None:
            address = f"{account.url}/services/rest/record/v1/customer/{number * 3}"
            session.patch(address, json={**body, "externalId": f"cus_{number}"}, timeout=60).raise_for_status()

        list(pool.map(patch, numbers))


def _apply(account: Account, numbers: Sequence[int], records_per_call: int) -> None:
    def changes(start: int) -> list[FieldEdit]:
        return [
            change
            for number in numbers[start : start + records_per_call]
            for change in (
                FieldEdit(InternalId(number * 3), "stripe_id", "set", f"cus_{number}"),
                FieldEdit(InternalId(number * 3), "external_id", "set", f"cus_{number}"),
                FieldEdit(InternalId(number * 3), "comments", "append", f"cus_{number}"),
            )
        ]

    batches = map(changes, range(0, len(numbers), records_per_call))
    with account.client(POOL, 1_000) as client, ThreadPoolExecutor(POOL) as pool:
        answered = list(pool.map(client.apply, batches))
    if {outcome.status for outcomes in answered for outcome in outcomes} != {"applied"}:
        raise AssertionError("Not every change was applied.")


def _read_measured(pipe: Connection, account: Account, rows: int) -> None:
    with account.client(POOL, 4_000) as client:
        client.health()
        _measure(pipe, lambda: client.read_customers(SEARCH, FIELDS).frame, rows)


def _read_plainly(pipe: Connection, account: Account, rows: int) -> None:
    """Read with what is at hand: one page after the other, a dict for every row."""
    names = ["internal_id", *list(FIELDS)[1:]]

    def read() -> pl.DataFrame:
        found: list[dict[str, object]] = []
        more, after = True, 0
        with requests.Session() as session:
            while more:
                asked = {"action": "search", "search": SEARCH, "after": after, "limit": 4_000}
                headers = {"Authorization": "Bearer open", "Content-Type": "application/json"}
                answer = orjson.loads(
                    session.post(account.url + RESTLET, data=orjson.dumps(asked), headers=headers, timeout=300).content
                )
                columns = [texts or values for values, texts in zip(answer["values"], answer["texts"], strict=True)]
                found += [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
                more, after = answer["more"], answer["ids"][-1]
        return pl.DataFrame(found)

    _measure(pipe, read, rows)


def _measure(pipe: Connection, read: Callable[[], pl.DataFrame], rows: int) -> None:
    """Send CPU seconds and peak memory (KiB above the start) of a read through the pipe."""
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    if read().height != rows:
        raise AssertionError("The read is not whole.")
    used = time.process_time() - started
    pipe.send((used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))


def _slow_account(customers: int) -> AbstractContextManager[Account]:
    return _account(customers, PAGE_SECONDS, ROW_SECONDS)


@contextmanager
def _account(customers: int, latency: float, row_latency: float = 0.0) -> Iterator[Account]:
    with served(_serve, customers, latency, row_latency) as (account, _):
        yield account


def _serve(pipe: Connection, customers: int, latency: float, row_latency: float) -> None:
    world = World()
    for n in range(1, customers + 1):
        values = {"email": f"person{n}@example.com", "companyname": f"Company {n} GmbH", "phone": f"+49 30 {n:07}"}
        world.insert_values(3 * n, values)
    options = Options(latency=latency, row_latency=row_latency, concurrency=POOL)
    with NetsuiteStandIn(world, options, [SavedSearch(columns=STANDARD_COLUMNS)]) as server:
        private, public = key_pair()
        server.register_certificate("client", "certificate", public)
        server.logins.issued["open"] = 1e12
        pipe.send(Account(server.url, private))
        pipe.recv()


def _in_turns(rounds: int, *measured: Callable[[int], None]) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in measured]
    for turn in range(rounds):
        for one, taken in zip(measured, times, strict=True):
            started = time.perf_counter()
            one(turn)
            taken.append(time.perf_counter() - started)
    return times


def _ratios(ours: list[tuple[float, float]], others: list[tuple[float, float]], part: int) -> list[float]:
    return [a[part] / b[part] for a, b in zip(ours, others, strict=True)]


def _tell(what: str, ratios: list[float]) -> None:
    _say(f"  {what}: {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  a benchmark speaks
