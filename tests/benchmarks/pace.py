"""How busy what limits us is kept, from the first moment of a read or write to its last.

NetSuite: the seconds that the places of its pool are busy, of all that they are there; with a latency for each call and
each row, as in an account where scripts run at every save. Stripe: the requests that count, of those that its rate lets
through. Both through the whole of write-back, ledger included; the stand-ins are processes of their own.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Final

import orjson
from rich.console import Console
from rich.table import Table

from assets.write_back.executor import WriteBack
from assets.write_back.living_customers import LivingOnly
from assets.write_back.run import apply_steps
from assets.write_back.selection import STEPS, Part
from assets.write_back.spread import Spread
from assets.write_back.unclaimed_records import UnclaimedOnly
from resources.ledger import Journal, Ledger
from resources.netsuite_api import NetsuiteClient, NetsuiteCreates, NetsuiteEdits, NetsuiteSettings, TokenLogin
from resources.stripe_api import StripeAccount, StripeConnection, StripeCreates, StripeEdits
from resources.writers import Writer, registry
from sandbox.netsuite_standin import NetsuiteStandIn, Options, World
from sandbox.stripe_standin import StandInOptions, StripeStandIn, StripeWorld
from schemas.change import Change
from schemas.words import LINK_KEY, DeclaredAccounts, InternalId
from tests.benchmarks.served import served
from tests.proofs.child import CONSUMER, TOKEN
from tests.resources.ledger.ledgers import change
from tests.resources.netsuite_api.creating import create_of
from tests.resources.netsuite_api.netsuite_world import FIELDS, SEARCH

POOL: Final = 5
RATE: Final = 25
CALL_SECONDS: Final = 0.5
PAGE_ROW_SECONDS: Final = 0.001
EDIT_SECONDS: Final = 0.2
CREATE_SECONDS: Final = 0.5
STRIPE_SECONDS: Final = 0.3


@dataclass(frozen=True)
class Work:
    """How many rows each line has."""

    read: int = 100_000
    edited: int = 2_000
    made: int = 1_200
    made_in_stripe: int = 1_000
    linked_in_stripe: int = 1_000


@dataclass(frozen=True)
class Share:
    """One line: what was done, in how many seconds, and how busy the limit was."""

    work: str
    seconds: float
    share: float


def run(argv: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="pace", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=sorted(KINDS), default=list(KINDS))
    for name, default in vars(Work()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default, help="rows")
    given = parser.parse_args(argv)
    work = Work(**{name: getattr(given, name) for name in vars(Work())})
    table = Table("work", "seconds", "busy", "from", "to", title=f"a pool of {POOL}, {RATE} requests a second")
    for found in shares(work, given.rounds, given.only):
        each = [one.share for one in found]
        seconds = median(one.seconds for one in found)
        table.add_row(found[0].work, f"{seconds:.1f}", *(f"{x:.1%}" for x in (median(each), min(each), max(each))))
    Console().print(table)


def shares(work: Work, rounds: int, kinds: Sequence[str] | None = None) -> Iterator[list[Share]]:
    """Each kind of work, measured so often."""
    for kind in kinds or KINDS:
        yield [KINDS[kind](work) for _ in range(rounds)]


def _reading(work: Work) -> Share:
    with _netsuite(work.read, PAGE_ROW_SECONDS) as pool, pool.client(1_000) as client:
        started = time.monotonic()
        extract = client.read_customers(SEARCH, FIELDS)
        share = pool.share(started)
    assert extract.frame.height == work.read
    return Share(f"reading {work.read:,} customers of NetSuite, 1,000 a call", *share)


def _editing(work: Work) -> Share:
    changes = [change(_id(number), "stripe_id") for number in range(1, work.edited + 1)]
    return _in_netsuite(f"editing {work.edited:,} customers in NetSuite", changes, work.edited, EDIT_SECONDS, 1_000)


def _making(work: Work) -> Share:
    changes = [create_of(number) for number in range(1, work.made + 1)]
    return _in_netsuite(f"making {work.made:,} customers in NetSuite", changes, 0, CREATE_SECONDS, RATE)


def _in_netsuite(what: str, changes: Sequence[Change], there: int, row_seconds: float, rate: int) -> Share:
    """Each change for a customer that Stripe is asked for first."""
    customers = [str(one.stripe_customer_id) for one in changes]
    with _netsuite(there, row_seconds) as pool, pool.client() as client, _stripe(customers, rate) as stripe:
        writers = [LivingOnly(NetsuiteEdits(client), stripe), LivingOnly(NetsuiteCreates(client), stripe)]
        started = time.monotonic()
        _apply(writers, changes)
        return Share(what, *pool.share(started))


def _making_in_stripe(work: Work) -> Share:
    changes = [_customer_of(number) for number in range(1, work.made_in_stripe + 1)]
    with _netsuite(work.made_in_stripe, 0.001) as pool, pool.client() as client, _stripe([], RATE) as stripe:
        made = Spread(StripeCreates(stripe))
        return _at_the_rate(
            f"making {len(changes):,} customers in Stripe", [UnclaimedOnly(made, client, lambda _: False)], changes
        )


def _linking_in_stripe(work: Work) -> Share:
    changes = [change(number, f"metadata.{LINK_KEY}") for number in range(1, work.linked_in_stripe + 1)]
    with _stripe([str(one.record_id) for one in changes], RATE) as stripe:
        return _at_the_rate(f"linking {len(changes):,} customers in Stripe", [Spread(StripeEdits(stripe))], changes)


def _at_the_rate(what: str, writers: Sequence[Writer], changes: Sequence[Change]) -> Share:
    started = time.monotonic()
    _apply(writers, changes)
    seconds = time.monotonic() - started
    return Share(what, seconds, len(changes) / seconds / RATE)


KINDS: Final[dict[str, Callable[[Work], Share]]] = {
    "read": _reading,
    "edit": _editing,
    "make": _making,
    "make-in-stripe": _making_in_stripe,
    "link-in-stripe": _linking_in_stripe,
}


def _apply(writers: Sequence[Writer], changes: Sequence[Change]) -> None:
    with tempfile.TemporaryDirectory() as name, Ledger.open(f"sqlite:///{name}/ledger.db", Path(name)) as ledger:
        work = WriteBack(Journal(ledger, DeclaredAccounts("pace")), registry(writers), "run")
        counts = apply_steps(work, Part("a" * 64, changes), STEPS).counts()
    assert counts == {"applied": len(changes)}, counts


def _customer_of(number: int) -> Change:
    record = InternalId(_id(number))
    values = orjson.dumps({"email": f"{number}@example.com", "metadata": {LINK_KEY: str(record)}}).decode()
    name = f"stripe:create:{record}"
    return Change(name, "stripe", None, "record", "create", None, str(record), None, record, values=values)


def _id(number: int) -> int:
    """Internal ids as an account has them: with gaps, and here and there a wide one."""
    return 4 * number + 9_000 * (number // 3_000)


@dataclass(frozen=True)
class Pool:
    """A NetSuite account in another process."""

    url: str
    pipe: Connection

    def client(self, rows_per_call: int = 4_000) -> NetsuiteClient:
        login = TokenLogin(
            consumer_key=CONSUMER[0], consumer_secret=CONSUMER[1], token_id=TOKEN[0], token_secret=TOKEN[1]
        )
        return NetsuiteClient(
            NetsuiteSettings(
                account="1234567_SB1",
                login=login,
                base_url=self.url,
                concurrency=POOL,
                rows_per_call=rows_per_call,
            )
        )

    def share(self, started: float) -> tuple[float, float]:
        """The seconds since then, and how busy the places were."""
        seconds = time.monotonic() - started
        self.pipe.send("busy")
        return seconds, self.pipe.recv() / seconds / POOL


@contextmanager
def _netsuite(customers: int, row_seconds: float) -> Iterator[Pool]:
    with served(_serve_netsuite, customers, row_seconds) as (url, pipe):
        yield Pool(url, pipe)


@contextmanager
def _stripe(customers: Sequence[str], rate: int) -> Iterator[StripeConnection]:
    with served(_serve_stripe, customers, rate) as ((url, key), _):
        account = StripeAccount.model_validate({"api_key": key, "base_url": url, "requests_per_second": rate})
        with StripeConnection(account) as connection:
            yield connection


def _serve_netsuite(pipe: Connection, customers: int, row_seconds: float) -> None:
    world = World()
    for number in range(1, customers + 1):
        named = {"email": f"person{number}@example.com", "companyname": f"Company {number} GmbH"}
        world.insert_values(_id(number), named)
    options = Options(latency=CALL_SECONDS, row_latency=row_seconds, concurrency=POOL)
    with NetsuiteStandIn(world, options) as server:
        server.register_token(CONSUMER, TOKEN)
        pipe.send(server.url)
        while pipe.recv() == "busy":
            pipe.send(server.busy_seconds)


def _serve_stripe(pipe: Connection, customers: Sequence[str], rate: int) -> None:
    world = StripeWorld()
    world.book(livemode=True).load((name, 1_700_000_000 + number, {}) for number, name in enumerate(customers))
    limits = StandInOptions(endpoint_rate=rate, live_rate=None, burst=rate, latency=STRIPE_SECONDS)
    with StripeStandIn(world, limits) as server:
        pipe.send((server.url, world.live_key))
        pipe.recv()


if __name__ == "__main__":
    run(sys.argv[1:])
