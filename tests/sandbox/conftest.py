"""A small Stripe that is served."""

from collections.abc import Iterator

import pytest

from sandbox.stripe_standin import ApiKey, StandInOptions, StripeStandIn, StripeWorld
from tests.sandbox.stripe_facts import ADDRESS, FULL, NOW


@pytest.fixture
def server() -> Iterator[StripeStandIn]:
    world = StripeWorld(clock=lambda: NOW)
    world.add_key(ApiKey("rk_test_reader", permissions=frozenset({"customer_read"})))
    world.add_key(ApiKey("rk_test_expired", expired=True))
    book = world.book()
    book.load(
        [
            ("cus_1", NOW - 30, {"email": "Ada@example.com", "metadata": {"kept": "1"}}),
            ("cus_2", NOW - 20, {"email": "ada@example.com", "address": ADDRESS}),
            ("cus_3", NOW - 10, {"metadata": {**FULL}, "name": "A", "description": "D"}),
            ("cus_4", NOW - 5, {"shipping": {"name": "S", "phone": None, "address": ADDRESS}}),
            ("cus_5", NOW - 4, {"test_clock": "clock_1"}),
            ("cus_gone", NOW - 2, {"email": "ada@example.com"}),
        ]
    )
    world.book(livemode=True).load([("cus_live", NOW, {})])
    book.delete("cus_gone")
    with StripeStandIn(world, StandInOptions(endpoint_rate=None, test_rate=None)) as running:
        yield running
