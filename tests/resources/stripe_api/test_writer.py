"""What Stripe refuses of one customer is that customer's failure; what it refuses of everybody stops the run."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from assets.write_back.living_customers import LivingOnly
from resources.stripe_api import StripeAccount, StripeConnection, StripeEdits, exists_before
from sandbox.stripe_standin import Fault
from sandbox.stripe_standin.wire import JsonObject
from schemas.attempts import Answer, Attempt, ChangeResult, Entry
from schemas.change import Change
from schemas.errors import AccessError, InternalError, TieoutError, TransientError
from schemas.words import LINK_FIELD, LINK_KEY, Action, InternalId, StripeId, System
from tests.resources.raw_server import Asked, Sent, raw_server
from tests.resources.stripe_api.stripe_world import START, Stage, stage

JSON = {"Content-Type": "application/json", "Request-Id": "req_7"}


def attempt(number: int) -> Attempt:
    customer, record = StripeId(f"cus_{number}"), InternalId(number)
    change = Change(f"stripe:{customer}", "stripe", customer, LINK_FIELD, "set", None, str(number), customer, record)
    return Attempt("plan", change, "apply")


@pytest.fixture
def at() -> Iterator[Stage]:
    with stage() as running:
        yield running


def written(connection: StripeConnection) -> list[Answer]:
    return list(StripeEdits(connection).write([attempt(number) for number in (1, 2, 3)]))


@pytest.mark.rule("W9")
def test_a_customer_with_fifty_keys_fails_and_its_neighbours_are_written(at: Stage) -> None:
    full: JsonObject = {f"key{number}": "x" for number in range(50)}
    at.book.load((f"cus_{n}", START, {"metadata": full if n == 2 else {}}) for n in (1, 2, 3))
    answers = written(at.connection)
    assert [answer.said for answer in answers] == ["done", "failed", "done"]
    assert (answers[1].error or "").startswith(
        "Stripe refuses this change: Metadata can have at most 50 keys (HTTP 400"
    )
    assert [answer.said for answer in written(at.connection)] == ["already", "failed", "already"]


@pytest.mark.rule("W9")
def test_what_a_killed_run_left_open_is_what_stripe_has_of_it(at: Stage) -> None:
    held: dict[int, JsonObject] = {1: {LINK_KEY: "1"}, 2: {LINK_KEY: "9"}, 3: {}}
    at.book.load((f"cus_{number}", START, {"metadata": metadata}) for number, metadata in held.items())
    tries = [*map(attempt, (1, 2, 3, 4)), *(replace(attempt(number), direction="undo") for number in (1, 3))]
    entries = [Entry(each, ChangeResult("intended"), "run", datetime.now(UTC)) for each in tries]
    said = [answer.said for answer in StripeEdits(at.connection).inspect(entries)]
    assert said == ["done", "not_done", "not_done", "not_done", "not_done", "done"]
    assert {line.method for line in at.server.log} == {"GET"}


def refused(status: int, **error: str) -> Sent:
    return Sent(orjson.dumps({"error": {"type": "invalid_request_error", "message": "No", **error}}), status, JSON)


OF_ONE_ROW = [
    refused(400),
    refused(400, code="parameter_invalid_empty", param="metadata[netsuite_customer_id]"),
    refused(400, code="parameter_invalid_string_empty"),
    refused(400, code="email_invalid", param="email"),
    refused(400, code="resource_missing", param="customer"),
    refused(400, type="idempotency_error"),
    refused(400, message="Metadata values can have up to 500 characters", param="metadata"),
    refused(402, type="card_error", code="card_declined"),
    refused(404, code="resource_missing", param="id"),
]
OF_ALL = [
    (refused(400, code="parameter_unknown", param="metadata"), InternalError),
    (refused(400, code="livemode_mismatch"), AccessError),
    (refused(400, code="account_invalid"), AccessError),
    (refused(401), AccessError),
    (refused(401, code="api_key_expired"), AccessError),
    (refused(403, code="more_permissions_required"), AccessError),
    (refused(403, code="account_invalid"), AccessError),
    (refused(403), AccessError),
    (refused(404, message="Unrecognized request URL"), AccessError),
    (refused(405), AccessError),
    (refused(413), AccessError),
    (Sent(b"<html>", 400, {"Content-Type": "text/html"}), AccessError),
    (Sent(b"<html>", 404, {"Content-Type": "text/html"}), AccessError),
    (Sent(b'{"detail": "Not Found"}', 404), AccessError),
    (Sent(b"", 302, {"Location": "https://example.com/"}), AccessError),
]


def one_refuses(asked: Asked, answer: Sent, method: str) -> Sent:
    """A healthy Stripe with three customers, of which the second one meets an answer of another kind."""
    found = re.search(r"cus_(\d)", asked.target)
    number = found[1] if found else ""
    if number == "2" and asked.method == method:
        return answer
    metadata = {LINK_KEY: number} if asked.method == "POST" else {}
    return Sent(
        orjson.dumps(
            {"id": f"cus_{number}", "object": "customer", "created": START, "livemode": False, "metadata": metadata}
        )
    )


def connection_to(url: str) -> StripeConnection:
    return StripeConnection(
        StripeAccount.model_validate(
            {"api_key": "rk_test_x", "base_url": url, "requests_per_second": 1_000, "longest_wait": 0.01}
        )
    )


@pytest.mark.parametrize("answer", OF_ONE_ROW, ids=lambda sent: sent.body.decode())
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refusal_of_one_row_is_its_failure_alone(answer: Sent, method: str) -> None:
    with (
        raw_server(lambda asked: one_refuses(asked, answer, method)) as server,
        connection_to(server.url) as connection,
    ):
        answers = written(connection)
    assert [said.said for said in answers] == ["done", "failed", "done"]
    error = answers[1].error or ""
    assert error.startswith("Stripe refuses this change: ") or answers[1].code == "gone"
    assert "req_7" in error or answers[1].code == "gone"


@pytest.mark.parametrize(("answer", "kind"), OF_ALL, ids=lambda given: str(getattr(given, "body", given)))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refusal_of_everything_stops_the_run(answer: Sent, kind: type[TieoutError], method: str) -> None:
    with (
        raw_server(lambda asked: one_refuses(asked, answer, method)) as server,
        connection_to(server.url) as connection,
    ):
        with pytest.raises(kind) as error:
            written(connection)
        assert not any("cus_3" in asked.target for asked in server.asked)
    assert isinstance(error.value, kind)


def test_a_failure_that_stripe_keeps_for_one_row_is_that_rows() -> None:
    kept = Sent(
        orjson.dumps({"error": {"type": "api_error", "message": "No"}}), 500, {**JSON, "Idempotent-Replayed": "true"}
    )
    with raw_server(lambda asked: one_refuses(asked, kept, "POST")) as server, connection_to(server.url) as connection:
        answers = written(connection)
    assert [(said.said, said.code) for said in answers] == [("done", None), ("failed", "http_500"), ("done", None)]


def test_the_reason_is_one_short_line_without_keys_or_addresses() -> None:
    message = "No\r\n\x1b[31mway\x00 for ada@example.com with sk_live_51abcdef, " + "really " * 200
    answer = refused(400, message=message, code="odd\ncode<script>" * 30)
    with (
        raw_server(lambda asked: one_refuses(asked, answer, "POST")) as server,
        connection_to(server.url) as connection,
    ):
        failed = written(connection)[1]
    told = failed.error or ""
    assert told.startswith("Stripe refuses this change: No [31mway for … with sk_live_…, really really ")
    assert told.isprintable()
    assert len(told) < 400
    assert re.fullmatch(r"\w{1,64}", failed.code or "")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refused(403, message="This account has used up its reads."), "has used up its reads"),
        (refused(402, message="The usage limit of this plan is reached."), "usage limit of this plan is reached"),
        (refused(400, code="quota_exceeded", message="Too much was read this month."), "Too much was read this month"),
    ],
)
def test_a_usage_limit_is_said_in_the_words_of_stripe_and_is_no_error_of_ours(answer: Sent, words: str) -> None:
    with (
        raw_server(lambda _: answer) as server,
        connection_to(server.url) as connection,
        pytest.raises(AccessError, match=words),
    ):
        exists_before(connection, datetime.now(UTC))


class Recorder:
    """A writer that remembers what reached it."""

    system: System = "netsuite"
    kinds: frozenset[Action] = frozenset({"set", "append"})
    workers, records_per_batch = 3, 7

    def __init__(self) -> None:
        self.got: list[Attempt] = []

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        self.got += attempts
        yield from (Answer(attempt, "done") for attempt in attempts)

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        yield from (Answer(entry.attempt, "done") for entry in entries)


@pytest.mark.rule("W8")
def test_only_changes_for_customers_that_stripe_still_has_go_through(at: Stage) -> None:
    at.book.load((f"cus_{n}", START, {}) for n in (1, 2))
    at.book.delete("cus_2")
    behind = Recorder()
    writer = LivingOnly(behind, at.connection)
    tries = [attempt(number) for number in (1, 2, 3)]
    answers = {answer.attempt: (answer.said, answer.code) for answer in writer.write([*tries, tries[0]])}
    assert answers == dict(zip(tries, [("done", None), ("failed", "gone"), ("failed", "gone")], strict=True))
    assert behind.got == [tries[0], tries[0]]
    assert len(at.server.log) == 3
    assert (writer.workers, writer.records_per_batch) == (3, 7)


@pytest.mark.rule("X10")
def test_who_cannot_be_read_is_refused_with_why_and_its_neighbours_go_through() -> None:
    answer = refused(400, code="resource_missing", param="customer")
    with (
        raw_server(lambda asked: one_refuses(asked, answer, "GET")) as server,
        connection_to(server.url) as connection,
    ):
        said = list(LivingOnly(Recorder(), connection).write([attempt(number) for number in (1, 2, 3)]))
    told = {answer.attempt.change.change_id: (answer.said, answer.code) for answer in said}
    assert told == {
        "stripe:cus_1": ("done", None),
        "stripe:cus_2": ("failed", "resource_missing"),
        "stripe:cus_3": ("done", None),
    }


@pytest.mark.rule("W10")
def test_what_takes_a_change_back_goes_through_without_a_question(at: Stage) -> None:
    behind = Recorder()
    tries = [replace(attempt(1), direction="undo")]
    assert [answer.said for answer in LivingOnly(behind, at.connection).write(tries)] == ["done"]
    entry = Entry(tries[0], ChangeResult("intended"), "run", datetime.now(UTC))
    assert list(LivingOnly(behind, at.connection).inspect([entry])) == [Answer(tries[0], "done")]
    assert at.server.log == []


@pytest.mark.rule("X10")
def test_nothing_goes_through_while_stripe_cannot_be_asked(at: Stage) -> None:
    at.server.fault(Fault(kind="server_error", should_retry=False))
    behind = Recorder()
    with pytest.raises(TransientError):
        list(LivingOnly(behind, at.connection).write([attempt(1)]))
    assert behind.got == []
