"""What a client can observe of Stripe, row by row: the stand-in answers as the service does, or less kindly."""

from collections.abc import Mapping

import pytest

from sandbox.stripe_standin import StripeStandIn
from tests.sandbox.stripe_facts import ADDRESS, FULL, NOW, Pairs, ask

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
