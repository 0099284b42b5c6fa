"""What a client can observe of Stripe, row by row: the stand-in answers as the service does, or less kindly."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

import pytest
import requests
import stripe
from stripe import Customer, Event

from sandbox.stripe_standin import ApiKey, StandInOptions, StripeStandIn, StripeWorld
from sandbox.stripe_standin.wire import JsonObject

NOW = 1_700_000_000
DAY = 86_400
FULL = {f"k{number}": "x" for number in range(50)}
ADDRESS: JsonObject = {"city": "Ulm", "country": None, "line1": "A", "line2": None, "postal_code": None, "state": None}
Pairs = list[tuple[str, str]]


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


def ask(
    server: StripeStandIn, method: str, path: str, given: Mapping[str, str] | Pairs | None = None, **headers: str
) -> requests.Response:
    pairs = list(given.items()) if isinstance(given, Mapping) else list(given or ())
    sent = {"Authorization": f"Bearer {server.world.test_key}", **{k.replace("_", "-"): v for k, v in headers.items()}}
    params, data = (None, urlencode(pairs)) if method == "POST" else (pairs, None)
    if data is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    return requests.request(method, f"{server.url}/v1/{path}", params=params, data=data, headers=sent, timeout=5)


REFUSED = [
    # lists
    ("GET", "customers", {"foo": "1"}, 400, "parameter_unknown", "foo"),
    ("GET", "customers", {"name": "A"}, 400, "parameter_unknown", "name"),
    ("GET", "customers", {"created[foo]": "1"}, 400, "parameter_unknown", "created[foo]"),
    ("GET", "customers", {"limit": "abc"}, 400, "parameter_invalid_integer", "limit"),
    ("GET", "customers", {"limit": ""}, 400, "parameter_invalid_empty", "limit"),
    ("GET", "customers", {"created[gte]": "today"}, 400, "parameter_invalid_integer", "created[gte]"),
    ("GET", "customers", {"starting_after": "cus_nope"}, 400, "resource_missing", "starting_after"),
    ("GET", "customers", {"ending_before": "cus_nope"}, 400, "resource_missing", "ending_before"),
    ("GET", "customers", {"starting_after": "cus_1", "ending_before": "cus_2"}, 400, None, None),
    ("GET", "customers", {"email": ""}, 400, "parameter_invalid_empty", "email"),
    ("GET", "customers", [("email", "a@example.com"), ("email", "b@example.com")], 400, None, "email"),
    ("GET", "customers", [("email[]", "a@example.com")], 400, None, "email"),
    ("GET", "events", {"foo": "1"}, 400, "parameter_unknown", "foo"),
    ("GET", "events", {"starting_after": "evt_nope"}, 400, "resource_missing", "starting_after"),
    ("GET", "events", [("types[]", f"a.{n}") for n in range(21)], 400, None, "types"),
    ("GET", "events", [("types[]", "a.b"), ("type", "a.b")], 400, None, "type"),
    # one object
    ("GET", "customers/cus_nope", {}, 404, "resource_missing", "id"),
    ("GET", "customers/cus_live", {}, 404, "resource_missing", "id"),
    ("GET", "customers/cus_1", {"foo": "1"}, 400, "parameter_unknown", "foo"),
    ("GET", "events/evt_nope", {}, 404, "resource_missing", "id"),
    ("GET", "events/evt_nope", {"foo": "1"}, 400, "parameter_unknown", "foo"),
    ("DELETE", "customers/cus_nope", {}, 404, "resource_missing", "id"),
    ("DELETE", "customers/cus_gone", {}, 404, "resource_missing", "id"),
    ("DELETE", "customers/cus_1", {"foo": "1"}, 400, "parameter_unknown", "foo"),
    ("POST", "customers/cus_nope", {"name": "A"}, 404, "resource_missing", "id"),
    ("POST", "customers/cus_gone", {"name": "A"}, 404, "resource_missing", "id"),
    ("PUT", "customers/cus_1", {}, 404, None, None),
    ("POST", "events", {}, 404, None, None),
    ("GET", "nothing", {}, 404, None, None),
    # fields
    *(
        ("POST", path, {name: "1"}, 400, "parameter_unknown", name)
        for path in ("customers", "customers/cus_1")
        for name in ("foo", "id", "currency", "created", "livemode", "object")
    ),
    ("POST", "customers/cus_1", {"address[nope]": "1"}, 400, "parameter_unknown", "address[nope]"),
    ("POST", "customers/cus_1", {"shipping[nope]": "1"}, 400, "parameter_unknown", "shipping[nope]"),
    ("POST", "customers/cus_1", {"shipping[name]": "1"}, 400, "parameter_missing", "shipping[address]"),
    ("POST", "customers/cus_1", {"shipping[address][city]": "1"}, 400, "parameter_missing", "shipping[name]"),
    ("POST", "customers/cus_1", {"invoice_settings[nope]": "1"}, 400, "parameter_unknown", "invoice_settings[nope]"),
    ("POST", "customers/cus_1", {"address": "here"}, 400, None, "address"),
    ("POST", "customers/cus_1", {"test_clock": "clock_2"}, 400, "parameter_unknown", "test_clock"),
    ("POST", "customers/cus_1", {"balance": "1.5"}, 400, "parameter_invalid_integer", "balance"),
    (
        "POST",
        "customers/cus_1",
        {"next_invoice_sequence": "a"},
        400,
        "parameter_invalid_integer",
        "next_invoice_sequence",
    ),
    ("POST", "customers/cus_1", {"invoice_prefix": "abc"}, 400, None, "invoice_prefix"),
    ("POST", "customers/cus_1", {"tax_exempt": "yes"}, 400, None, "tax_exempt"),
    ("POST", "customers/cus_1", {"preferred_locales": "de"}, 400, None, "preferred_locales"),
    ("POST", "customers/cus_1", {"email[]": "a"}, 400, None, "email"),
    *(
        ("POST", "customers/cus_1", {name: ""}, 400, "parameter_invalid_empty", name)
        for name in ("email", "name", "phone")
    ),
    *(
        ("POST", "customers/cus_1", {name: "x" * (longest + 1)}, 400, None, name)
        for name, longest in {
            "email": 512,
            "name": 256,
            "phone": 20,
            "description": 5_000,
            "business_name": 150,
        }.items()
    ),
    # metadata
    ("POST", "customers/cus_1", {"metadata": "foo"}, 400, None, "metadata"),
    ("POST", "customers/cus_1", [("metadata[a]", "1"), ("metadata", "foo")], 400, None, None),
    ("POST", "customers/cus_1", {"metadata[a][b]": "1"}, 400, None, "metadata[a]"),
    ("POST", "customers/cus_1", {"metadata[" + "k" * 41 + "]": "1"}, 400, None, "metadata"),
    ("POST", "customers/cus_1", {"metadata[k]": "v" * 501}, 400, None, "metadata[k]"),
    ("POST", "customers/cus_3", {"metadata[one_more]": "1"}, 400, None, "metadata"),
]


@pytest.mark.parametrize(("method", "path", "given", "status", "code", "param"), REFUSED)
def test_what_is_refused_and_how(
    server: StripeStandIn,
    method: str,
    path: str,
    given: Mapping[str, str] | Pairs,
    status: int,
    code: str | None,
    param: str | None,
) -> None:
    answer = ask(server, method, path, given)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert (error["type"], error.get("code")) == ("invalid_request_error", code)
    if param is not None:
        assert error["param"] == param
    assert error["message"]
    assert answer.headers["Request-Id"].startswith("req_")
    assert server.effects == 0


LISTED = [
    ({}, ["cus_4", "cus_3", "cus_2", "cus_1"]),
    ({"limit": "0"}, ["cus_4"]),
    ({"limit": "-3"}, ["cus_4"]),
    ({"limit": "101"}, ["cus_4", "cus_3", "cus_2", "cus_1"]),
    ({"limit": "2", "starting_after": "cus_3"}, ["cus_2", "cus_1"]),
    ({"limit": "2", "ending_before": "cus_2"}, ["cus_4", "cus_3"]),
    ({"starting_after": "cus_gone"}, ["cus_4", "cus_3", "cus_2", "cus_1"]),
    ({"starting_after": "cus_4", "created[lt]": str(NOW - 10)}, ["cus_2", "cus_1"]),
    ({"created": str(NOW - 20)}, ["cus_2"]),
    ({"created[gte]": str(NOW - 20), "created[lt]": str(NOW - 5)}, ["cus_3", "cus_2"]),
    ({"created[gt]": str(NOW - 20), "created[lte]": str(NOW - 5)}, ["cus_4", "cus_3"]),
    ({"email": "ada@example.com"}, ["cus_2"]),
    ({"email": "Ada@example.com"}, ["cus_1"]),
    ({"email": "ADA@example.com"}, []),
    ({"email": " ada@example.com"}, []),
    ({"email": "ada@example"}, []),
    ({"test_clock": "clock_1"}, ["cus_5"]),
]


@pytest.mark.parametrize(("given", "ids"), LISTED)
def test_what_a_list_shows(server: StripeStandIn, given: Mapping[str, str], ids: list[str]) -> None:
    answer = ask(server, "GET", "customers", given).json()
    assert [row["id"] for row in answer["data"]] == ids
    assert set(answer) == {"object", "url", "has_more", "data"}
    assert (answer["object"], answer["url"]) == ("list", "/v1/customers")


def test_what_is_inserted_while_somebody_pages_shifts_no_page(server: StripeStandIn) -> None:
    first = ask(server, "GET", "customers", {"limit": "2"}).json()
    ask(server, "POST", "customers", {"name": "New"})
    second = ask(server, "GET", "customers", {"limit": "2", "starting_after": first["data"][-1]["id"]}).json()
    assert [row["id"] for row in [*first["data"], *second["data"]]] == ["cus_4", "cus_3", "cus_2", "cus_1"]
    assert (first["has_more"], second["has_more"]) == (True, False)


CHANGED: list[tuple[str, Mapping[str, str] | Pairs, dict[str, object]]] = [
    ("cus_1", {"metadata[new]": "2"}, {"metadata": {"kept": "1", "new": "2"}}),
    ("cus_1", {"metadata[kept]": ""}, {"metadata": {}}),
    ("cus_1", {"metadata[other]": ""}, {"metadata": {"kept": "1"}}),
    ("cus_1", {"metadata": ""}, {"metadata": {}}),
    ("cus_1", {"metadata[a b'c\"]": "x"}, {"metadata": {"kept": "1", "a b'c\"": "x"}}),
    (
        "cus_3",
        {"metadata[k0]": "", "metadata[n]": "1"},
        {"metadata": {**{k: v for k, v in FULL.items() if k != "k0"}, "n": "1"}},
    ),
    ("cus_2", {"address[line2]": "B"}, {"address": {**ADDRESS, "line2": "B"}}),
    ("cus_2", {"address[city]": ""}, {"address": {**ADDRESS, "city": None}}),
    ("cus_2", {"address": ""}, {"address": None}),
    ("cus_4", {"shipping[phone]": "1"}, {"shipping": {"name": "S", "phone": "1", "address": ADDRESS}}),
    (
        "cus_4",
        {"shipping[address][state]": "BW"},
        {"shipping": {"name": "S", "phone": None, "address": {**ADDRESS, "state": "BW"}}},
    ),
    ("cus_4", {"shipping": ""}, {"shipping": None}),
    ("cus_3", {"description": ""}, {"description": None, "name": "A"}),
    ("cus_1", {"email": "  no address at all "}, {"email": "  no address at all "}),
    ("cus_1", {"email": "x" * 512, "name": "x" * 256, "phone": "1" * 20}, {"phone": "1" * 20}),
    ("cus_1", {"tax_exempt": "reverse"}, {"tax_exempt": "reverse"}),
    ("cus_1", {"tax_exempt": ""}, {"tax_exempt": "none"}),
    ("cus_1", {"balance": "-500"}, {"balance": -500}),
    ("cus_1", {"invoice_prefix": "ABC12"}, {"invoice_prefix": "ABC12"}),
    ("cus_1", {"next_invoice_sequence": "7"}, {"next_invoice_sequence": 7}),
    ("cus_1", [("preferred_locales[]", "de"), ("preferred_locales[]", "en")], {"preferred_locales": ["de", "en"]}),
    ("cus_1", {"preferred_locales[0]": "de"}, {"preferred_locales": ["de"]}),
    (
        "cus_1",
        {"invoice_settings[footer]": "Thanks"},
        {
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": "Thanks",
                "rendering_options": None,
            }
        },
    ),
    ("cus_1", {"business_name": "B"}, {"business_name": "B"}),
    ("cus_1", {}, {"email": "Ada@example.com"}),
    ("cus_1", {"expand[]": "tax_ids"}, {"email": "Ada@example.com"}),
]


@pytest.mark.parametrize(("customer", "given", "fields"), CHANGED)
def test_what_an_update_changes(
    server: StripeStandIn, customer: str, given: Mapping[str, str] | Pairs, fields: dict[str, object]
) -> None:
    before = ask(server, "GET", f"customers/{customer}").json()
    answer = ask(server, "POST", f"customers/{customer}", given)
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert {name: after[name] for name in fields} == fields
    touched = {
        *fields,
        *(name.partition("[")[0] for name, _ in (given.items() if isinstance(given, Mapping) else given)),
    }
    assert {k: v for k, v in after.items() if k not in touched} == {k: v for k, v in before.items() if k not in touched}
    assert ask(server, "GET", f"customers/{customer}").json() == after


def test_an_unset_business_name_has_no_key(server: StripeStandIn) -> None:
    assert "business_name" in ask(server, "POST", "customers/cus_1", {"business_name": "B"}).json()
    assert "business_name" not in ask(server, "POST", "customers/cus_1", {"business_name": ""}).json()


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
