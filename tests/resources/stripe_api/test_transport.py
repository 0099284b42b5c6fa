"""Our requests go where the declaration says, and nowhere else; whatever comes back ends in one sentence."""

import base64
import gzip
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.stripe_api import (
    MetadataChange,
    StripeAccount,
    StripeConnection,
    read_changes,
    read_customers,
    retrieve,
    set_metadata,
)
from sandbox.stripe_standin import Fault
from schemas.errors import AccessError, TieoutError, TransientError
from schemas.words import LINK_KEY, StripeId
from tests.resources.raw_server import Asked, RawServer, Sent, raw_server
from tests.resources.stripe_api.stripe_world import KEYS, START, stage

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


def only_writes(answer: Sent) -> Callable[[Asked], Sent]:
    return lambda asked: answer if asked.method == "POST" else living(asked)


@contextmanager
def connection_to(
    url: str, on_progress: Callable[[str], None] = lambda _: None, **settings_: object
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


def refusal(act: Act, url: str, **settings_: object) -> str:
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


@ACTS
def test_the_path_of_the_address_stands_before_every_request(act: Act) -> None:
    with healthy() as server, connection_to(f"{server.url}/gateway/stripe/") as connection:
        act(connection)
        assert server.asked
        assert all(asked.target.startswith("/gateway/stripe/v1/") for asked in server.asked)


@ACTS
def test_nothing_of_the_machine_touches_our_requests(act: Act, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\ndefault login any password body\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with healthy() as server, connection_to(server.url) as connection:
        act(connection)
        assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {SECRET}"}


@ACTS
def test_a_declared_proxy_is_used_for_reads_and_writes_with_its_login(act: Act) -> None:
    with (
        healthy() as proxy,
        connection_to("http://127.0.0.1:9", proxy=proxy.url.replace("//", "//me:pass@")) as connection,
    ):
        act(connection)
        assert all(asked.target.startswith("http://127.0.0.1:9/v1/") for asked in proxy.asked)
        login = base64.b64encode(b"me:pass").decode()
        assert {asked.headers["proxy-authorization"] for asked in proxy.asked} == {f"Basic {login}"}


def test_a_proxy_that_refuses_or_is_not_there_is_said_without_its_login() -> None:
    with raw_server(lambda _: Sent(status=407, headers=HTML)) as proxy:
        hidden = proxy.url.replace("//", "//me:hidden@")
        plain = refusal(ask, "http://127.0.0.1:9", proxy=hidden)
        tunnel = refusal(ask, "https://127.0.0.1:9", proxy=hidden)
    gone = refusal(ask, "https://127.0.0.1:9", proxy="http://me:hidden@127.0.0.1:9", retry_seconds=0.1)
    assert "something that is not Stripe (HTTP 407" in plain
    assert "the proxy refuses the connection" in tunnel
    assert "Check the network, and the `base_url` and `proxy`" in gone
    assert "hidden" not in plain + tunnel + gone


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@ACTS
def test_no_redirect_is_followed(act: Act, status: int) -> None:
    with healthy() as elsewhere:

        def moved(asked: Asked) -> Sent:
            away = Sent(b"", status, {"Location": f"{elsewhere.url}{asked.target}"})
            return away if act is not write or asked.method == "POST" else living(asked)

        with raw_server(moved) as server:
            said = refusal(act, server.url)
            assert [asked.method for asked in server.asked if act is not write or asked.method == "POST"] != []
            assert len(server.asked) <= 2
        assert elsewhere.asked == []
    assert f"sent on to another address (HTTP {status}), and no redirect is followed" in said


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
    with raw_server(lambda _: Sent(body)) as server:
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
        (read, listed(row(object="account")), "no customer"),
        (read, listed(row(id="")), "no customer"),
        (read, listed(row(id=None)), "no customer"),
        (read, listed(row(created="today")), "no time of creation"),
        (read, listed(row(created=True)), "no time of creation"),
        (read, listed(row(livemode=None)), "its mode"),
        (read, listed(row(email=7)), "not of its type"),
        (read, listed(row(metadata=[])), "not of its type"),
        (read, listed(row(metadata={"k": 1})), "not texts"),
        (read, listed(row(created=START + 99)), "order or window"),
        (read, listed(has_more=True), "an empty page that says there is more"),
        (follow, listed(row()), "no event"),
        (follow, listed(row(object="event", type="customer.updated", data={"object": {"id": "x"}})), "no customer"),
        (follow, listed(row(object="event", data={"object": row()})), "what happened"),
        (ask, orjson.dumps(row("cus_2")), "another customer"),
        (ask, orjson.dumps({"id": "cus_2", "object": "customer", "deleted": True}), "another customer"),
        (ask, listed(row()), "no customer"),
    ],
)
@pytest.mark.rule("X10")
def test_an_answer_that_is_not_what_was_asked_for_fails_the_read(act: Act, body: bytes, words: str) -> None:
    with raw_server(lambda _: Sent(body)) as server:
        assert words in refusal(act, server.url)


@pytest.mark.rule("X10")
@pytest.mark.parametrize("answered", [row("cus_2"), row(object="account"), {"object": "list", "data": [row()]}])
def test_a_write_that_is_answered_for_another_object_is_not_taken_for_done(answered: dict[str, object]) -> None:
    with raw_server(only_writes(Sent(orjson.dumps(answered)))) as server:
        assert "could not be asked (POST /v1/customers/{id})" in refusal(write, server.url)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404])
@ACTS
def test_a_page_of_a_proxy_is_not_a_refused_key(act: Act, status: int) -> None:
    page = Sent(b"<html><body>Blocked by policy</body></html>", status, HTML)
    with raw_server(only_writes(page) if act is write else lambda _: page) as server:
        said = refusal(act, server.url)
    assert f"something that is not Stripe (HTTP {status} with text/html)" in said
    assert "revoked" not in said


def test_json_of_somebody_else_is_not_a_refused_key_either() -> None:
    for body in (b"{}", b"[]", b'{"error": "blocked"}', b'{"message": "Forbidden"}'):
        with raw_server(lambda _, body=body: Sent(body, 403)) as server:
            assert "something that is not Stripe (HTTP 403" in refusal(ask, server.url)


@ACTS
def test_an_answer_that_unpacks_to_too_much_is_refused_before_it_fills_the_memory(act: Act) -> None:
    packed = gzip.compress(b"[" + b" " * (50 << 20), compresslevel=1)
    with raw_server(lambda _: Sent(packed, headers={**JSON, "Content-Encoding": "gzip"})) as server:
        assert "its answer is larger than 32 MB" in refusal(act, server.url)
        assert len(server.asked) == 1


def test_a_damaged_packing_is_said() -> None:
    with raw_server(lambda _: Sent(b"no gzip at all", headers={**JSON, "Content-Encoding": "gzip"})) as server:
        assert "its answer is damaged" in refusal(ask, server.url)


@ACTS
def test_an_answer_that_ends_early_is_weather_to_the_end_of_patience(act: Act) -> None:
    with raw_server(lambda _: Sent(b'{"object"', declared=500)) as server:
        assert "within 0.2 seconds: ProtocolError, the connection broke" in refusal(act, server.url, retry_seconds=0.2)


def test_connections_are_used_again_by_reads_and_writes() -> None:
    with healthy() as server, connection_to(server.url) as connection:
        for act in (ask, write, ask, write):
            act(connection)
        assert len({asked.connection for asked in server.asked}) == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(kind="server_error", status=503), r"answers HTTP 503 in request req_\w+"),
        (Fault(kind="rate_limited"), r"answers HTTP 429 \(endpoint-rate\) in request req_\w+"),
        (Fault(kind="reset"), r"does not answer \(ProtocolError, the connection broke\)"),
        (Fault(kind="late"), r"does not answer \(ReadTimeoutError, no answer in time\)"),
    ],
)
def test_what_a_request_waits_for_is_told_from_the_first_try(fault: Fault, words: str) -> None:
    on_progress: list[str] = []
    with stage() as at:
        at.book.load([("cus_1", START, {})])
        at.server.fault(fault)
        patient = 0.2 if fault.kind == "late" else 20
        with connection_to(
            at.server.url, on_progress.append, api_key=at.server.world.test_key, read_timeout=patient
        ) as connection:
            assert retrieve(connection, CUSTOMER) is not None
    assert len(on_progress) == 1
    assert re.fullmatch(rf"Stripe {words}, next try in 0\.0 s\.", on_progress[0])


def test_a_service_that_is_not_there_ends_within_its_time_for_all_requests_together() -> None:
    """Three rows that nobody answers cost the time once, not three times."""
    on_progress: list[str] = []
    started = time.monotonic()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with connection_to(
            nowhere, on_progress.append, retry_seconds=300, unreachable_for=1, longest_wait=0.2
        ) as connection:
            for _ in range(3):
                with pytest.raises(TransientError, match="within 1 seconds, it does not answer: NewConnectionError"):
                    retrieve(connection, CUSTOMER)
    assert 0.5 < time.monotonic() - started < 2.5
    assert on_progress[0].startswith(
        "Stripe does not answer (NewConnectionError, the connection is refused), next try in 0."
    )


def test_nobody_is_waited_for_longer_than_a_minute() -> None:
    assert StripeAccount(api_key=SECRET).unreachable_for < 60


def test_a_host_that_nobody_knows_is_said() -> None:
    said = refusal(ask, "https://nobody.invalid", unreachable_for=0.3)
    assert "NameResolutionError, the name of the host is unknown" in said


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
    with raw_server(lambda _: answer) as server, connection_to(server.url, longest_wait=0.0001) as connection:

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
