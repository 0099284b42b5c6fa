"""A small Stripe for the tests of the connection: a stand-in without limits, an account on it, a clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypedDict, Unpack

from resources.stripe_api import Mode, StripeAccount, StripeConnection
from sandbox.stripe_standin import Book, StandInOptions, StripeStandIn, StripeWorld

START = 1_700_000_000
KEYS = ("netsuite_customer_id", "netsuite_block_integration")
YEARS = timedelta(days=8 * 365)
UNLIMITED = StandInOptions(endpoint_rate=None, test_rate=None, live_rate=None)


class Clock:
    """Unix seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


class AccountSettings(TypedDict, total=False):
    """What a test may set of a `StripeAccount`."""

    api_key: str
    stripe_account: str | None
    mode: Mode
    base_url: str
    proxy: str
    requests_per_second: int
    max_in_flight: int
    connect_timeout: float
    read_timeout: float
    retry_seconds: float
    unreachable_for: float
    longest_wait: float


@dataclass
class Stage:
    """A running stand-in and a connection to it."""

    server: StripeStandIn
    book: Book
    clock: Clock
    connection: StripeConnection

    def moment(self, offset: int = 0) -> datetime:
        return datetime.fromtimestamp(self.clock.now + offset, UTC)


def account(server: StripeStandIn, **settings: Unpack[AccountSettings]) -> StripeAccount:
    quick = {
        "api_key": server.world.test_key,
        "base_url": server.url,
        "requests_per_second": 1_000,
        "max_in_flight": 8,
        "longest_wait": 0.01,
        "retry_seconds": 20,
    }
    return StripeAccount.model_validate({**quick, **settings})


@contextmanager
def stage(options: StandInOptions | None = None, **settings: Unpack[AccountSettings]) -> Iterator[Stage]:
    clock = Clock()
    world = StripeWorld(clock=clock)
    with (
        StripeStandIn(world, options or UNLIMITED) as server,
        StripeConnection(account(server, **settings)) as connection,
    ):
        yield Stage(server, world.book(), clock, connection)
