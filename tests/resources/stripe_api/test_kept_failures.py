"""A failure that Stripe keeps under a key says nothing of the effect: it is looked, and asked again under another key.

The stand-in keeps no failure of a request that had no effect; here each answer is told.
"""

import orjson
import pytest

from resources.stripe_api import FieldOutcome, MetadataChange, StripeCreates, set_metadata
from resources.stripe_api.writing.fields import FieldChange, set_fields
from schemas.attempts import Attempt
from schemas.change import Change
from schemas.words import LINK_KEY, InternalId, StripeId
from tests.resources.raw_server import Asked, RawServer, Sent, raw_server
from tests.resources.stripe_api.stripe_world import START
from tests.resources.stripe_api.test_writer import JSON, connection_to, refused

KEPT = Sent(
    orjson.dumps({"error": {"type": "api_error", "message": "No"}}), 500, {**JSON, "Idempotent-Replayed": "true"}
)
NOBODY = Sent(orjson.dumps({"object": "list", "data": [], "has_more": False, "url": "/v1/customers"}), 200, JSON)


def row(**fields: object) -> Sent:
    shown = {"id": "cus_1", "object": "customer", "created": START, "livemode": False, "metadata": {}, **fields}
    return Sent(orjson.dumps(shown), 200, JSON)


def keys_of(server: RawServer) -> set[str]:
    return {asked.headers["idempotency-key"] for asked in server.asked if asked.method == "POST"}


def create() -> Attempt:
    values = orjson.dumps({"metadata": {LINK_KEY: "7"}}).decode()
    change = Change(
        "stripe:create:7", "stripe", None, "record", "create", None, "7", None, InternalId(7), values=values
    )
    return Attempt("plan", change, "apply")


@pytest.mark.rule("W9")
def test_a_create_that_fails_again_and_again_is_asked_for_three_times_each_under_its_own_key() -> None:
    def answer(asked: Asked) -> Sent:
        return KEPT if asked.method == "POST" else NOBODY

    with raw_server(answer) as server, connection_to(server.url) as connection:
        [said] = StripeCreates(connection).write([create()])
    assert (said.said, said.code) == ("failed", "http_500")
    assert len(keys_of(server)) == 3


@pytest.mark.rule("W10")
def test_a_key_that_stripe_does_not_let_us_take_away_is_not_said_to_be_gone() -> None:
    def answer(asked: Asked) -> Sent:
        if asked.method == "POST":
            return refused(400, code="parameter_invalid_empty", param="metadata")
        is_customer = asked.target.partition("?")[0].endswith("/customers/cus_1")
        return row(metadata={LINK_KEY: "7"}, name="changed") if is_customer else NOBODY

    made = create()
    undo = Attempt("plan", made.change, "undo", 2, result_id="cus_1", witness="as it was made")
    with raw_server(answer) as server, connection_to(server.url) as connection:
        [said] = StripeCreates(connection).write([undo])
    assert (said.said, said.code) == ("failed", "parameter_invalid_empty")


@pytest.mark.rule("W9")
@pytest.mark.rule("P3")
def test_of_fields_behind_a_kept_failure_each_is_what_the_customer_says() -> None:
    seen: list[Asked] = []

    def answer(asked: Asked) -> Sent:
        seen.append(asked)
        if len(seen) == 1:
            return row(name="Old", email="old@x.example", phone="1")
        if len(seen) == 2:
            return KEPT
        return row(name="New", email="theirs@x.example", phone="2" if asked.method == "POST" else "1")

    changes = [
        FieldChange("name", "Old", "New", "plan 1"),
        FieldChange("email", "old@x.example", "new@x.example", "plan 1"),
        FieldChange("phone", "1", "2", "plan 1"),
    ]
    with raw_server(answer) as server, connection_to(server.url) as connection:
        found = set_fields(connection, StripeId("cus_1"), changes)
    assert [found[each].status for each in changes] == ["applied", "conflict", "applied"]
    assert len(keys_of(server)) == 2


@pytest.mark.rule("W8")
def test_a_value_that_somebody_set_behind_a_kept_failure_stays() -> None:
    seen: list[Asked] = []

    def answer(asked: Asked) -> Sent:
        seen.append(asked)
        return KEPT if asked.method == "POST" else row(metadata={} if len(seen) == 1 else {LINK_KEY: "5"})

    change = MetadataChange(StripeId("cus_1"), LINK_KEY, expected_old=None, new="77", scope="plan 1")
    with raw_server(answer) as server, connection_to(server.url) as connection:
        assert set_metadata(connection, change) == FieldOutcome("conflict", "5")
    assert len(keys_of(server)) == 1
