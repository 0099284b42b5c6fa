"""What a client can observe of a request to Stripe: keys of both kinds, replays, events, and each answer's shape."""

import re
from collections.abc import Mapping

import pytest
import stripe
from stripe import Customer, Event

from sandbox.stripe_standin import StripeStandIn, StripeWorld
from tests.sandbox.stripe_facts import DAY, NOW, Pairs, ask


def test_two_customers_may_have_one_email(server: StripeStandIn) -> None:
    made = [ask(server, "POST", "customers", {"email": "twin@example.com"}).json()["id"] for _ in range(2)]
    listed = ask(server, "GET", "customers", {"email": "twin@example.com"}).json()["data"]
    assert sorted(row["id"] for row in listed) == sorted(made)


def test_the_same_parameters_in_another_order_are_the_same_request(server: StripeStandIn) -> None:
    one: Pairs = [("name", "A"), ("metadata[a]", "1"), ("metadata[b]", "2")]
    first = ask(server, "POST", "customers/cus_1", one, Idempotency_Key="k")
    again = ask(server, "POST", "customers/cus_1", one[::-1], Idempotency_Key="k")
    assert (again.status_code, again.content, again.headers["Idempotent-Replayed"]) == (200, first.content, "true")
    assert again.headers["Request-Id"] != first.headers["Request-Id"]
    assert server.effects == 1


@pytest.mark.parametrize(("path", "given"), [("customers/cus_1", {"name": "B"}), ("customers/cus_2", {"name": "A"})])
def test_other_parameters_or_another_path_under_a_key_are_refused(
    server: StripeStandIn, path: str, given: Mapping[str, str]
) -> None:
    ask(server, "POST", "customers/cus_1", {"name": "A"}, Idempotency_Key="k")
    answer = ask(server, "POST", path, given, Idempotency_Key="k")
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "idempotency_error")
    assert "Keys for idempotent requests can only be used with the same parameters" in answer.json()["error"]["message"]


def test_a_replay_shows_a_customer_that_is_deleted_by_now(server: StripeStandIn) -> None:
    ask(server, "POST", "customers/cus_1", {"name": "A"}, Idempotency_Key="k")
    ask(server, "DELETE", "customers/cus_1")
    again = ask(server, "POST", "customers/cus_1", {"name": "A"}, Idempotency_Key="k").json()
    assert ("deleted" in again, again["name"]) == (False, "A")


def test_a_key_is_at_most_255_characters_long_and_idle_on_reads(server: StripeStandIn) -> None:
    assert ask(server, "POST", "customers/cus_1", {"name": "A"}, Idempotency_Key="k" * 256).status_code == 400
    assert ask(server, "POST", "customers/cus_1", {"name": "A"}, Idempotency_Key="k" * 255).status_code == 200
    assert "Idempotent-Replayed" not in ask(server, "GET", "customers", Idempotency_Key="k" * 255).headers


def test_events_say_what_changed_and_can_be_had_one_by_one(server: StripeStandIn) -> None:
    ask(server, "POST", "customers/cus_1", {"metadata[new]": "2", "name": "N"}, Idempotency_Key="mine")
    [updated] = ask(server, "GET", "events", {"type": "customer.updated"}).json()["data"]
    assert updated["data"]["previous_attributes"] == {"metadata": {"new": None}, "name": None}
    assert updated["request"]["idempotency_key"] == "mine"
    assert ask(server, "GET", f"events/{updated['id']}").json() == updated
    [deleted] = ask(server, "GET", "events", {"type": "customer.deleted"}).json()["data"]
    assert deleted["data"]["object"]["email"] == "ada@example.com"
    assert "deleted" not in deleted["data"]["object"]
    types = [("types[]", "customer.updated"), ("types[]", "customer.deleted")]
    assert len(ask(server, "GET", "events", types).json()["data"]) == 2
    assert len(ask(server, "GET", "events", {"type": "customer.*"}).json()["data"]) == 2


def test_events_are_kept_for_thirty_days() -> None:
    now = [NOW]
    world = StripeWorld(clock=lambda: now[0])
    world.book().create({}, customer_id="cus_1")
    event = world.book().events[0]["id"]
    now[0] += 31 * DAY
    with StripeStandIn(world) as server:
        assert ask(server, "GET", "events").json()["data"] == []
        assert ask(server, "GET", f"events/{event}").status_code == 404


@pytest.mark.parametrize(
    ("key", "path", "status", "words"),
    [
        ("", "customers", 401, "You did not provide an API key"),
        ("sk_test_wrong_key", "customers", 401, "Invalid API Key provided: sk_test_***"),
        ("rk_test_expired", "customers", 401, "Expired API Key"),
        ("rk_test_reader", "events", 403, "Enabling \"Events Read\" ('event_read') permissions on this key"),
    ],
)
def test_a_key_is_refused_in_the_words_of_the_service(
    server: StripeStandIn, key: str, path: str, status: int, words: str
) -> None:
    answer = ask(server, "GET", path, Authorization=f"Bearer {key}" if key else "")
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]


def test_every_answer_has_the_fields_of_the_published_shapes(server: StripeStandIn) -> None:
    """Stripe's SDK is generated from the OpenAPI description of the version that we use."""
    ask(server, "POST", "customers/cus_1", {"business_name": "B", "address[city]": "Ulm", "name": "N"})
    customer = ask(server, "GET", "customers/cus_1").json()
    event = ask(server, "GET", "events").json()["data"][0]
    assert set(customer) <= set(Customer.__annotations__)
    assert set(customer["address"]) <= set(Customer.Address.__annotations__)
    assert set(customer["invoice_settings"]) <= set(Customer.InvoiceSettings.__annotations__)
    assert set(event) <= set(Event.__annotations__)
    for name, shape in Customer.__annotations__.items():
        if name in customer and not {"Optional", "NoneType"} & set(re.findall(r"\w+", str(shape))):
            assert customer[name] is not None, f"{name} is {shape}"
    assert stripe.api_version == event["api_version"]
