"""The stand-in's writes, idempotency keys, limits and faults, asked over real HTTP."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import stripe
from pyrate_limiter import AbstractClock

from sandbox.stripe_standin import Fault, StandInOptions, StripeStandIn, StripeWorld, load_customers, uneven_book
from sandbox.stripe_standin.limits import LimitReason

NOW = 1_700_000_000


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[StripeStandIn]:
    world = StripeWorld(clock=clock)
    world.book().load([("cus_1", NOW, {"metadata": {"kept": "1"}}), ("cus_2", NOW, {})])
    with StripeStandIn(world, StandInOptions(endpoint_rate=None, test_rate=None)) as running:
        yield running


def ask(
    server: StripeStandIn, method: str, path: str, data: dict[str, str] | None = None, key: str = ""
) -> requests.Response:
    headers = {"Authorization": f"Bearer {server.world.test_key}", **({"Idempotency-Key": key} if key else {})}
    return requests.request(method, server.url + path, data=data, headers=headers, timeout=5)


def metadata(server: StripeStandIn) -> object:
    customer = server.world.book().get("cus_1")
    assert customer is not None
    return customer["metadata"]


def test_metadata_is_merged_and_an_empty_value_removes_its_key(server: StripeStandIn) -> None:
    ask(server, "POST", "/v1/customers/cus_1", {"metadata[new]": "2"})
    assert metadata(server) == {"kept": "1", "new": "2"}
    ask(server, "POST", "/v1/customers/cus_1", {"metadata[kept]": ""})
    assert metadata(server) == {"new": "2"}
    ask(server, "POST", "/v1/customers/cus_1", {"metadata": ""})
    assert metadata(server) == {}


@pytest.mark.parametrize(
    "data",
    [{"metadata[k]": "v" * 501}, {"metadata[" + "k" * 41 + "]": "v"}, {f"metadata[k{n}]": "v" for n in range(51)}],
)
def test_metadata_has_limits(server: StripeStandIn, data: dict[str, str]) -> None:
    assert ask(server, "POST", "/v1/customers/cus_1", data).status_code == 400
    assert metadata(server) == {"kept": "1"}


def test_deleted_customer_is_a_stub_with_status_200(server: StripeStandIn) -> None:
    stub = {"id": "cus_1", "object": "customer", "deleted": True}
    assert ask(server, "DELETE", "/v1/customers/cus_1").json() == stub
    response = ask(server, "GET", "/v1/customers/cus_1")
    assert (response.status_code, response.json()) == (200, stub)
    assert ask(server, "POST", "/v1/customers/cus_1", {"name": "x"}).status_code == 404


def test_update_of_a_deleted_customer_can_be_made_to_succeed() -> None:
    world = StripeWorld(clock=lambda: NOW)
    world.book().create({}, customer_id="cus_1")
    world.book().delete("cus_1")
    with StripeStandIn(world, StandInOptions(deleted_update_succeeds=True)) as server:
        assert ask(server, "POST", "/v1/customers/cus_1", {"name": "x"}).json()["deleted"] is True
        assert server.effects == 0


def test_same_key_replays_the_first_answer(server: StripeStandIn) -> None:
    first = ask(server, "POST", "/v1/customers/cus_1", {"name": "A"}, key="k")
    again = ask(server, "POST", "/v1/customers/cus_1", {"name": "A"}, key="k")
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert server.effects == 1


def test_same_key_with_other_parameters_is_an_error(server: StripeStandIn) -> None:
    ask(server, "POST", "/v1/customers/cus_1", {"name": "A"}, key="k")
    response = ask(server, "POST", "/v1/customers/cus_1", {"name": "B"}, key="k")
    assert (response.status_code, response.json()["error"]["type"]) == (400, "idempotency_error")


def test_key_is_forgotten_after_a_day(server: StripeStandIn, clock: Clock) -> None:
    ask(server, "POST", "/v1/customers/cus_1", {"name": "A"}, key="k")
    clock.now += 86_400
    response = ask(server, "POST", "/v1/customers/cus_1", {"name": "B"}, key="k")
    assert (response.status_code, server.effects) == (200, 2)


def test_key_of_a_refused_request_is_free_again(server: StripeStandIn) -> None:
    assert ask(server, "POST", "/v1/customers/cus_1", {"nme": "A"}, key="k").status_code == 400
    assert ask(server, "POST", "/v1/customers/cus_1", {"name": "A"}, key="k").status_code == 200


def at_once(first: Callable[[], requests.Response]) -> list[requests.Response]:
    """Ask twice at the same time."""
    answers: list[requests.Response] = []
    gate = threading.Barrier(2)

    def go() -> None:
        gate.wait()
        answers.append(first())

    both = [threading.Thread(target=go) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    return answers


def test_key_that_is_still_running_is_a_conflict() -> None:
    world = StripeWorld(clock=lambda: NOW)
    world.book().create({}, customer_id="cus_1")
    with StripeStandIn(world) as server:
        server.fault(Fault(kind="late"))
        answers = at_once(lambda: ask(server, "POST", "/v1/customers/cus_1", {"name": "A"}, key="k"))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert server.effects == 1


def test_failed_answer_after_the_effect_is_replayed_too(server: StripeStandIn) -> None:
    server.fault(Fault(kind="server_error", after_effect=True))
    assert ask(server, "POST", "/v1/customers/cus_1", {"name": "A"}, key="k").status_code == 500
    again = ask(server, "POST", "/v1/customers/cus_1", {"name": "A"}, key="k")
    assert (again.status_code, again.headers["Idempotent-Replayed"], server.effects) == (500, "true", 1)


def test_lost_answer_leaves_its_effect_and_a_line_in_the_log(server: StripeStandIn) -> None:
    server.fault(Fault(kind="reset", method="POST", after_effect=True))
    with pytest.raises(requests.ConnectionError):
        ask(server, "POST", "/v1/customers/cus_1", {"name": "A"}, key="k")
    assert ask(server, "POST", "/v1/customers/cus_1", {"name": "A"}, key="k").headers["Idempotent-Replayed"] == "true"
    lines = [(line.status, line.effects, line.idempotency_key, line.replayed) for line in server.log]
    assert lines == [(0, 1, "k", False), (200, 0, "k", True)]


def test_reset_before_the_effect_leaves_nothing(server: StripeStandIn) -> None:
    server.fault(Fault(kind="reset"))
    with pytest.raises(requests.ConnectionError):
        ask(server, "POST", "/v1/customers/cus_1", {"name": "A"})
    assert server.effects == 0


def test_truncated_body_breaks_off(server: StripeStandIn) -> None:
    server.fault(Fault(kind="truncated"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask(server, "GET", "/v1/customers")


@pytest.mark.parametrize("reason", ["global-rate", "endpoint-rate", "global-concurrency", "endpoint-concurrency"])
def test_429_says_its_reason(server: StripeStandIn, reason: LimitReason) -> None:
    server.fault(Fault(kind="rate_limited", reason=reason, retry_after=3))
    response = ask(server, "GET", "/v1/customers")
    assert (response.status_code, response.headers["Stripe-Rate-Limited-Reason"]) == (429, reason)
    assert response.headers["Retry-After"] == "3"


def test_lock_timeout_has_neither_reason_nor_request_id(server: StripeStandIn) -> None:
    server.fault(Fault(kind="lock_timeout"))
    response = ask(server, "POST", "/v1/customers/cus_1", {"name": "A"})
    assert (response.status_code, response.json()["error"]["code"]) == (429, "lock_timeout")
    assert not {"Stripe-Rate-Limited-Reason", "Request-Id"} & set(response.headers)


@pytest.mark.parametrize(("should_retry", "header"), [(None, None), (True, "true"), (False, "false")])
def test_server_error_may_say_whether_to_retry(
    server: StripeStandIn, should_retry: bool | None, header: str | None
) -> None:
    server.fault(Fault(kind="server_error", status=503, should_retry=should_retry))
    response = ask(server, "GET", "/v1/customers")
    assert (response.status_code, response.headers.get("Stripe-Should-Retry")) == (503, header)


def test_share_of_faults_is_repeatable(server: StripeStandIn) -> None:
    def statuses() -> list[int]:
        server.clear()
        server.fault(Fault(kind="server_error", times=None, share=0.5, seed=7))
        return [ask(server, "GET", "/v1/customers").status_code for _ in range(12)]

    first = statuses()
    assert set(first) == {200, 500}
    assert statuses() == first


class StoppedClock(AbstractClock):
    """Milliseconds that only a test moves, so that a bucket is refilled by nothing else."""

    def __init__(self) -> None:
        self.milliseconds = 0

    def now(self) -> int:
        return self.milliseconds


def test_bucket_of_an_endpoint_empties_and_fills_again() -> None:
    time = StoppedClock()
    options = StandInOptions(endpoint_rate=1, test_rate=None, burst=3, rate_clock=time)
    with StripeStandIn(StripeWorld(), options) as server:
        answers = [ask(server, "GET", "/v1/customers") for _ in range(6)]
        said = [answer.headers.get("Stripe-Rate-Limited-Reason") for answer in answers]
        assert said == [None] * 3 + ["endpoint-rate"] * 3
        assert ask(server, "GET", "/v1/events").status_code == 200
        time.milliseconds += 1_000
        assert [ask(server, "GET", "/v1/customers").status_code for _ in range(2)] == [200, 429]


def test_global_limits_count_all_endpoints() -> None:
    with StripeStandIn(StripeWorld(), StandInOptions(test_rate=1, burst=1, rate_clock=StoppedClock())) as server:
        assert ask(server, "GET", "/v1/customers").status_code == 200
        response = ask(server, "GET", "/v1/events")
        assert response.headers["Stripe-Rate-Limited-Reason"] == "global-rate"


def test_concurrency_limit_counts_what_runs() -> None:
    with StripeStandIn(StripeWorld(), StandInOptions(endpoint_concurrency=1)) as server:
        server.fault(Fault(kind="late"))
        answers = at_once(lambda: ask(server, "GET", "/v1/customers"))
        said = {answer.status_code: answer.headers.get("Stripe-Rate-Limited-Reason") for answer in answers}
        assert said == {200: None, 429: "endpoint-concurrency"}


def test_the_official_client_can_talk_to_it(server: StripeStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe, "enable_telemetry", False)
    client = stripe.StripeClient(server.world.test_key, base_addresses={"api": server.url})
    assert [customer.id for customer in client.v1.customers.list().auto_paging_iter()] == ["cus_2", "cus_1"]
    client.v1.customers.update("cus_1", {"metadata": {"a": "b"}})
    assert metadata(server) == {"kept": "1", "a": "b"}
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.customers.retrieve("cus_nope")
    assert (missing.value.http_status, missing.value.code, missing.value.param) == (404, "resource_missing", "id")


def test_unknown_address_is_refused(server: StripeStandIn) -> None:
    assert ask(server, "GET", "/v1/refunds").status_code == 404


def test_customers_come_from_an_export_or_from_json(tmp_path: Path) -> None:
    export = tmp_path / "unified_customers.csv"
    export.write_text(
        "id,Description,Email,Name,Created (UTC),tier (metadata)\ncus_1,,a@example.com,A,2026-01-02 03:04,gold\n",
        encoding="utf-8-sig",
    )
    listed = tmp_path / "customers.json"
    listed.write_text('{"data": [{"id": "cus_1", "created": 1767323040, "livemode": false, "email": "a@example.com"}]}')
    assert list(load_customers(export)) == [
        ("cus_1", 1_767_323_040, {"email": "a@example.com", "name": "A", "metadata": {"tier": "gold"}})
    ]
    assert list(load_customers(listed)) == [("cus_1", 1_767_323_040, {"email": "a@example.com"})]


def test_uneven_book_has_half_its_customers_in_one_hour() -> None:
    book = StripeWorld(clock=lambda: NOW).book()
    uneven_book(book, 1_000)
    busiest = max(sum(1 for moment in book.created if start <= moment < start + 3_600) for start in set(book.created))
    assert (book.living(), busiest >= 500) == (1_000, True)
    assert max(book.created) < NOW
