"""Charges and invoices of the stand-in, asked over real HTTP, in the words and shapes of the service."""

from collections.abc import Iterator

import pytest
import requests
from stripe import Charge, Invoice

from sandbox.stripe_standin import (
    ApiKey,
    Fault,
    StandInOptions,
    StripeStandIn,
    StripeWorld,
    add_charge,
    add_invoice,
)

NOW = 1_700_000_000


@pytest.fixture
def server() -> Iterator[StripeStandIn]:
    world = StripeWorld(clock=lambda: NOW)
    world.add_key(ApiKey("rk_test_reader", permissions=frozenset({"customer_read", "invoice_read"})))
    world.book().load([("cus_1", NOW - 9, {}), ("cus_2", NOW - 8, {}), ("cus_gone", NOW - 7, {})])
    with StripeStandIn(world, StandInOptions(endpoint_rate=None, test_rate=None)) as running:
        yield running


def ask(server: StripeStandIn, path: str, key: str = "sk_test_standin", **params: str) -> requests.Response:
    sent = {"Authorization": f"Bearer {key}"}
    return requests.get(f"{server.url}/v1/{path}", params=params, headers=sent, timeout=5)


def ids(answer: requests.Response) -> list[str]:
    return [row["id"] for row in answer.json()["data"]]


def test_a_list_is_of_one_customer_and_newest_first(server: StripeStandIn) -> None:
    book = server.world.book()
    first, _, last = add_charge(book, "cus_1"), add_charge(book, "cus_2"), add_charge(book, "cus_1", "failed")
    guest = add_charge(book, None)
    assert ids(ask(server, "charges", customer="cus_1")) == [last, first]
    assert ids(ask(server, "charges"))[0] == guest
    assert ids(ask(server, "invoices", customer="cus_1")) == []


def test_pages_go_on_from_their_cursor(server: StripeStandIn) -> None:
    made = [add_invoice(server.world.book(), "cus_1") for _ in range(3)]
    page = ask(server, "invoices", customer="cus_1", limit="2").json()
    assert ([row["id"] for row in page["data"]], page["has_more"]) == ([made[2], made[1]], True)
    rest = ask(server, "invoices", customer="cus_1", limit="2", starting_after=made[1]).json()
    assert ([row["id"] for row in rest["data"]], rest["has_more"]) == ([made[0]], False)


@pytest.mark.parametrize("path", ["charges", "invoices"])
def test_an_unknown_customer_is_refused_and_a_deleted_one_keeps_its_history(server: StripeStandIn, path: str) -> None:
    book = server.world.book()
    made = add_charge(book, "cus_gone") if path == "charges" else add_invoice(book, "cus_gone")
    book.delete("cus_gone")
    assert ids(ask(server, path, customer="cus_gone")) == [made]
    answer = ask(server, path, customer="cus_none")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "resource_missing")


def test_each_list_needs_a_permission_of_its_own(server: StripeStandIn) -> None:
    assert ask(server, "invoices", key="rk_test_reader").status_code == 200
    refused = ask(server, "charges", key="rk_test_reader")
    assert refused.status_code == 403
    assert "Enabling \"Charges Read\" ('charge_read')" in refused.json()["error"]["message"]


def test_a_fault_can_be_meant_for_one_customer(server: StripeStandIn) -> None:
    server.fault(Fault(kind="server_error", path="/v1/charges", query=".*customer=cus_1", times=None))
    assert ask(server, "charges", customer="cus_2").status_code == 200
    assert ask(server, "charges", customer="cus_1").status_code == 500


def test_every_row_has_fields_of_the_published_shapes(server: StripeStandIn) -> None:
    book = server.world.book()
    add_charge(book, "cus_1")
    add_invoice(book, "cus_1")
    [charge], [invoice] = (ask(server, path).json()["data"] for path in ("charges", "invoices"))
    assert set(charge) <= set(Charge.__annotations__)
    assert set(invoice) <= set(Invoice.__annotations__)
