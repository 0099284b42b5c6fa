"""Whatever comes back, from Stripe or from somebody on the way, ends in one sentence and is never taken for a read."""

import gzip

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from resources.stripe_api.reading.pages import customer_page
from schemas.declaration.rules import STRIPE_FIELDS, STRIPE_PATHS
from schemas.errors import TieoutError
from schemas.stripe_parameters import LENGTHS, text_at
from tests.resources.raw_server import Sent, raw_server
from tests.resources.stripe_api.asking import (
    ACTS,
    HTML,
    JSON,
    SECRET,
    Act,
    always,
    ask,
    connection_to,
    follow,
    listed,
    only_writes,
    read,
    refusal,
    row,
    write,
)
from tests.resources.stripe_api.stripe_world import START

UNUSABLE = {
    "list": b"[]",
    "number": b"7",
    "null": b"null",
    "text": b'"cus_1"',
    "empty": b"",
    "cut JSON": b'{"id": "cus_1", "obj',
    "not UTF-8": b'{"id": "\xff"}',
    "deep": b"[" * 5_000,
    "empty object": b"{}",
    "another object": orjson.dumps(row(object="invoice")),
    "list of nothing": b'{"object": "list"}',
    "list of numbers": listed(1, 2),
    "data is an object": listed(data={}),
    "has_more is a text": listed(has_more="no"),
}


@pytest.mark.parametrize("body", UNUSABLE.values(), ids=UNUSABLE)
@ACTS
def test_an_answer_that_is_none_is_said_after_three_tries(act: Act, body: bytes) -> None:
    with raw_server(always(Sent(body))) as server:
        said = refusal(act, server.url)
        assert len(server.asked) == 3
    assert "3 times one after the other: " in said
    with raw_server(only_writes(Sent(body))) as server:
        assert "POST /v1/customers/{id}" in refusal(write, server.url)


@pytest.mark.parametrize(
    ("act", "body", "words"),
    [
        (read, listed(row(), row()), "the same customer is on one page twice"),
        (follow, listed(row(object="event"), row(object="event")), "the same event is on one page twice"),
        (read, listed(row(object="account")), "holds something else"),
        (read, listed(row(id="")), "has no id"),
        (read, listed(row(deleted=True)), "shows a customer as deleted"),
        (read, listed(row(id=None)), "Expected `str`, got `null` - at `$.data[0].id`"),
        (read, listed(row(created="today")), "Expected `int`, got `str` - at `$.data[0].created`"),
        (read, listed(row(created=True)), "Expected `int`, got `bool`"),
        (read, listed(row(livemode=None)), "Expected `bool`, got `null`"),
        (read, listed(row(email=7)), "Expected `str | null`, got `int`"),
        (read, listed(row(metadata=[])), "Expected `object | null`, got `array`"),
        (read, listed(row(metadata={"k": 1})), "Expected `str`, got `int`"),
        (read, listed(row(created=START + 99)), "order or window"),
        (read, listed(has_more=True), "an empty page that says there is more"),
        (follow, listed(row()), "no event"),
        (follow, listed(row(object="event", type="customer.updated", data={"object": {"id": "x"}})), "no customer"),
        (follow, listed(row(object="event", data={"object": row()})), "what happened"),
        (ask, orjson.dumps(row(created="today")), "its time of creation"),
        (ask, orjson.dumps(row(email=7)), "not of its type"),
        (ask, orjson.dumps(row(metadata={"k": 1})), "not texts"),
        (ask, orjson.dumps(row("cus_2")), "another customer"),
        (ask, orjson.dumps({"id": "cus_2", "object": "customer", "deleted": True}), "another customer"),
        (ask, listed(row()), "no customer"),
    ],
)
@pytest.mark.rule("X10")
def test_an_answer_that_is_not_what_was_asked_for_fails_the_read(act: Act, body: bytes, words: str) -> None:
    with raw_server(always(Sent(body))) as server:
        assert words in refusal(act, server.url)


def test_every_field_that_a_declaration_may_name_is_read_off_a_page() -> None:
    """A page is not read whole: a field that was forgotten would be empty everywhere."""
    paths = {*STRIPE_FIELDS, *STRIPE_PATHS, *LENGTHS, "metadata.k"}
    customer = row()
    for path in sorted(paths - {"id"}):
        *way, last = path.split(".")
        place: dict[str, object] = customer
        for part in way:
            place = place.setdefault(part, {})  # type: ignore[assignment]
        place[last] = path
    [read_off] = customer_page(listed(customer)).rows
    assert {path: text_at(asdict(read_off), path) for path in paths - {"id"}} == {path: path for path in paths - {"id"}}
    assert read_off.id == customer["id"]


@pytest.mark.rule("X10")
@pytest.mark.parametrize("answered", [row("cus_2"), row(object="account"), {"object": "list", "data": [row()]}])
def test_a_write_that_is_answered_for_another_object_is_not_taken_for_done(answered: dict[str, object]) -> None:
    with raw_server(only_writes(Sent(orjson.dumps(answered)))) as server:
        assert "could not be asked (POST /v1/customers/{id})" in refusal(write, server.url)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404])
@ACTS
def test_a_page_of_a_proxy_is_not_a_refused_key(act: Act, status: int) -> None:
    page = Sent(b"<html><body>Blocked by policy</body></html>", status, HTML)
    with raw_server(only_writes(page) if act is write else always(page)) as server:
        said = refusal(act, server.url)
    assert f"something that is not Stripe (HTTP {status} with text/html)" in said
    assert "revoked" not in said


def test_json_of_somebody_else_is_not_a_refused_key_either() -> None:
    for body in (b"{}", b"[]", b'{"error": "blocked"}', b'{"message": "Forbidden"}'):
        with raw_server(always(Sent(body, 403))) as server:
            assert "something that is not Stripe (HTTP 403" in refusal(ask, server.url)


@ACTS
def test_an_answer_that_unpacks_to_too_much_is_refused_before_it_fills_the_memory(act: Act) -> None:
    packed = gzip.compress(b"[" + b" " * (50 << 20), compresslevel=1)
    with raw_server(always(Sent(packed, headers={**JSON, "Content-Encoding": "gzip"}))) as server:
        assert "its answer is larger than 32 MB" in refusal(act, server.url)
        assert len(server.asked) == 1


def test_a_damaged_packing_is_said() -> None:
    with raw_server(always(Sent(b"no gzip at all", headers={**JSON, "Content-Encoding": "gzip"}))) as server:
        assert "its answer is damaged" in refusal(ask, server.url)


@ACTS
def test_an_answer_that_ends_early_is_weather_to_the_end_of_patience(act: Act) -> None:
    with raw_server(always(Sent(b'{"object"', declared=500))) as server:
        assert "within 0.2 seconds: the connection broke" in refusal(act, server.url, retry_seconds=0.2)


HEADERS = st.sampled_from(
    [JSON, HTML, {}, {"Content-Type": "application/json; charset=utf-8"}, {"Content-Type": "a/b"}]
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=20)
KEYS_OF_ANSWERS = st.sampled_from(
    ["id", "object", "created", "livemode", "data", "has_more", "deleted", "error", "type", "code", "message", "param"]
)
VALUES = st.recursive(
    SCALARS | st.sampled_from(["customer", "list", "event", "cus_1", "customer.updated"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS_OF_ANSWERS, inner, max_size=6),
    max_leaves=12,
)
BODIES = st.binary(max_size=60) | VALUES.map(orjson.dumps)
STATUSES = st.sampled_from([200, 200, 200, 201, 206, 400, 401, 402, 403, 404, 405, 410, 451])


def test_whatever_is_answered_is_read_or_ends_in_one_sentence() -> None:
    answer = Sent()
    with raw_server(always(answer)) as server, connection_to(server.url, longest_wait=0.0001) as connection:

        @settings(max_examples=500, deadline=None)
        @given(BODIES, STATUSES, HEADERS, st.sampled_from([read, follow, ask, write]))
        def check(body: bytes, status: int, headers: dict[str, str], act: Act) -> None:
            nonlocal answer
            answer = Sent(body, status, headers)
            try:
                act(connection)
            except TieoutError as error:
                on_progress.append(str(error))

        on_progress: list[str] = []
        check()
    assert [said for said in on_progress if not said.isprintable() or len(said) > 500 or SECRET in said] == []
    assert len(on_progress) > 100
