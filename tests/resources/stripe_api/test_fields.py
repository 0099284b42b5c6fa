"""Further fields of a customer: compared before they are written, in one request, each with its own outcome."""

from collections import Counter

import pytest

from resources.stripe_api.writing.fields import FieldChange, set_fields
from sandbox.stripe_standin import Fault
from sandbox.stripe_standin.wire import JsonObject
from schemas.words import StripeId
from tests.resources.stripe_api.stripe_world import START, Stage

CUSTOMER = StripeId("cus_1")


def change(path: str, old: str | None, new: str | None) -> FieldChange:
    return FieldChange(path, old, new, "plan 1")


def written(at: Stage, *changes: FieldChange) -> list[str]:
    found = set_fields(at.connection, CUSTOMER, changes)
    return [found[each].status for each in changes]


def customer(at: Stage) -> JsonObject:
    return at.book.get(CUSTOMER) or {}


def posts(at: Stage) -> int:
    return Counter(line.method for line in at.server.log)["POST"]


def load(at: Stage, **fields: object) -> None:
    at.book.load([(CUSTOMER, START, fields)])  # type: ignore[list-item]


@pytest.mark.rule("P3")
def test_what_still_stands_is_set_in_one_request_and_the_rest_is_left(at: Stage) -> None:
    load(at, name="Old", email="theirs@x.example", address={"city": "Bonn"}, metadata={"kept": "yes", "a.b": "1"})
    said = written(
        at,
        change("name", "Old", "New"),
        change("email", "old@x.example", "new@x.example"),
        change("address.city", "Bonn", "Bonn"),
        change("address.line1", None, "Road 1"),
        change("metadata.a.b", "1", "2"),
    )
    assert said == ["applied", "conflict", "already", "applied", "applied"]
    assert posts(at) == 1
    found = customer(at)
    assert (found["name"], found["email"], found["metadata"]) == (
        "New",
        "theirs@x.example",
        {"kept": "yes", "a.b": "2"},
    )
    assert isinstance(found["address"], dict)
    assert (found["address"]["city"], found["address"]["line1"]) == ("Bonn", "Road 1")


def test_nothing_to_set_is_no_request(at: Stage) -> None:
    load(at, name="New")
    assert written(at, change("name", "Old", "New")) == ["already"]
    assert posts(at) == 0


def test_what_is_refused_keeps_nothing_else_back(at: Stage) -> None:
    load(at, name="Old")
    assert written(at, change("name", "Old", "New"), change("phone", None, "1" * 30)) == ["applied", "refused"]
    assert customer(at)["name"] == "New"


def test_a_name_and_an_address_for_shipping_go_together(at: Stage) -> None:
    load(at)
    both = [change("shipping.name", None, "Anna"), change("shipping.address.city", None, "Bonn")]
    assert written(at, *both) == ["applied", "applied"]
    assert written(at, change("name", None, "Anna")) == ["applied"]


def test_half_of_shipping_is_refused_and_the_rest_written(at: Stage) -> None:
    load(at)
    assert written(at, change("shipping.phone", None, "1"), change("name", None, "Anna")) == ["refused", "applied"]


@pytest.mark.rule("W10")
def test_what_was_set_is_cleared_where_stripe_clears_it(at: Stage) -> None:
    load(at, description="New", metadata={"k": "v"}, name="New", address={"city": "Bonn"})
    said = written(
        at,
        change("description", "New", ""),
        change("metadata.k", "v", None),
        change("address.city", "Bonn", None),
        change("name", "New", None),
    )
    assert said == ["applied", "applied", "applied", "refused"]
    assert (customer(at)["description"], customer(at)["metadata"], customer(at)["name"]) == (None, {}, "New")


@pytest.mark.rule("W9")
@pytest.mark.parametrize("kind", ["reset", "server_error"])
def test_a_lost_answer_is_one_effect(at: Stage, kind: str) -> None:
    load(at, name="Old")
    at.server.fault(Fault(kind=kind, method="POST", after_effect=True, status=500))  # type: ignore[arg-type]
    assert written(at, change("name", "Old", "New")) == ["applied"]
    assert len(at.book.events) == 1


def test_a_deleted_customer_is_gone(at: Stage) -> None:
    load(at, name="Old")
    at.book.delete(CUSTOMER)
    assert written(at, change("name", "Old", "New")) == ["gone"]
