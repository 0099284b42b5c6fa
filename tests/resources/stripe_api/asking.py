"""The ways in which we ask Stripe, and a service that answers as a test says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Unpack

import orjson
import pytest

from resources.stripe_api import (
    MetadataChange,
    StripeAccount,
    StripeConnection,
    read_changes,
    read_customers,
    retrieve,
    set_metadata,
)
from schemas.errors import AccessError, TransientError
from schemas.words import LINK_KEY, StripeId
from tests.resources.raw_server import Asked, RawServer, Sent, raw_server
from tests.resources.stripe_api.stripe_world import KEYS, START, AccountSettings

SECRET = "rk_test_do_not_show"
CUSTOMER = StripeId("cus_1")
CHANGE = MetadataChange(CUSTOMER, LINK_KEY, None, "77", "plan 1")
JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
Act = Callable[[StripeConnection], object]


def moment(offset: int) -> datetime:
    return datetime.fromtimestamp(START + offset, UTC)


def read(connection: StripeConnection) -> object:
    return read_customers(connection, moment(-9), moment(9), KEYS)


def follow(connection: StripeConnection) -> object:
    return read_changes(connection, moment(-9), moment(9), KEYS, known_customers=9)


def ask(connection: StripeConnection) -> object:
    return retrieve(connection, CUSTOMER)


def write(connection: StripeConnection) -> object:
    return set_metadata(connection, CHANGE)


ACTS = pytest.mark.parametrize("act", [read, follow, ask, write])


def row(name: str = "cus_1", **fields: object) -> dict[str, object]:
    return {"id": name, "object": "customer", "created": START, "livemode": False, **fields}


def listed(*rows: object, **fields: object) -> bytes:
    return orjson.dumps({"object": "list", "url": "/v1/customers", "has_more": False, "data": list(rows), **fields})


def living(asked: Asked) -> Sent:
    """What a healthy Stripe with one customer would say."""
    if asked.target.partition("?")[0].endswith("/cus_1"):
        metadata = {LINK_KEY: "77"} if asked.method == "POST" else {}
        return Sent(orjson.dumps(row(metadata=metadata)))
    return Sent(listed() if "events" in asked.target else listed(row()))


def always(answer: Sent) -> Callable[[Asked], Sent]:
    return lambda _: answer


def only_writes(answer: Sent) -> Callable[[Asked], Sent]:
    return lambda asked: answer if asked.method == "POST" else living(asked)


@contextmanager
def connection_to(
    url: str, on_progress: Callable[[str], None] = lambda _: None, **settings_: Unpack[AccountSettings]
) -> Iterator[StripeConnection]:
    quick = {
        "api_key": SECRET,
        "requests_per_second": 1_000,
        "longest_wait": 0.01,
        "retry_seconds": 20,
        "max_in_flight": 2,
    }
    with StripeConnection(
        StripeAccount.model_validate({**quick, "base_url": url, **settings_}), on_progress
    ) as connection:
        yield connection


def refusal(act: Act, url: str, **settings_: Unpack[AccountSettings]) -> str:
    with connection_to(url, **settings_) as connection, pytest.raises((AccessError, TransientError)) as error:
        act(connection)
    said = str(error.value)
    assert said.isprintable()
    assert said.endswith(".")
    assert len(said) < 500
    assert SECRET not in said
    return said


@contextmanager
def healthy() -> Iterator[RawServer]:
    with raw_server(living) as server:
        yield server
