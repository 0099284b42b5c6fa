"""Many questions at a time in one thread: each is answered once, none waits for another, few run at a time."""

import threading
import time
from collections import Counter

import pytest

from resources.stripe_api import StripeProblem
from resources.stripe_api.session.questions import Questions
from schemas.errors import TransientError
from tests.resources.raw_server import Asked, Sent, raw_server
from tests.resources.stripe_api.asking import HTML, connection_to


def number_of(asked: Asked) -> int:
    return int(asked.target.partition("?number=")[2])


def echoed(asked: Asked) -> Sent:
    return Sent(b"%d" % number_of(asked))


def answers(asked: Questions[int, int], many: int) -> dict[int, int | StripeProblem]:
    """Ask for the numbers below `many`, and wait until each has its answer."""
    for number in range(many):
        asked.ask(number, [("number", str(number))], int)
    found: dict[int, int | StripeProblem] = {}
    while len(found) < many:
        for number, answer in asked.answers(5):
            assert number not in found
            found[number] = answer
    return found


def test_each_question_gets_its_own_answer_and_no_more_run_than_allowed() -> None:
    running, most = 0, 0
    lock = threading.Lock()

    def slowly(asked: Asked) -> Sent:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        return echoed(asked)

    with raw_server(slowly) as server, connection_to(server.url, max_in_flight=3) as connection:
        with Questions[int, int](connection, "GET /numbers", "/numbers") as asked:
            assert answers(asked, 40) == {number: number for number in range(40)}
        assert 2 <= most <= 3
        assert len({asked.connection for asked in server.asked}) <= 3
        assert connection.requests == {"GET /numbers": 40}
        assert connection.latency > 0


def test_a_question_that_waits_for_another_try_holds_up_no_other() -> None:
    order: list[int] = []
    tries: Counter[int] = Counter()

    def busy(asked: Asked) -> Sent:
        number = number_of(asked)
        tries[number] += 1
        if number == 0 and tries[number] == 1:
            return Sent(b"", 429, {"Content-Type": "application/json", "Retry-After": "1"})
        order.append(number)
        return echoed(asked)

    with (
        raw_server(busy) as server,
        connection_to(server.url) as connection,
        Questions[int, int](connection, "GET /numbers", "/numbers") as asked,
    ):
        assert answers(asked, 9) == {number: number for number in range(9)}
        assert order[-1] == 0
        assert tries[0] == 2


def test_what_is_refused_is_an_answer_and_what_cannot_be_asked_is_none() -> None:
    def refused(asked: Asked) -> Sent:
        return Sent(b"", 404, HTML) if number_of(asked) == 0 else Sent(b"", 503, HTML)

    with (
        raw_server(refused) as server,
        connection_to(server.url, retry_seconds=0.05) as connection,
        Questions[int, int](connection, "GET /numbers", "/numbers") as asked,
    ):
        assert isinstance(answers(asked, 1)[0], StripeProblem)
        with pytest.raises(TransientError, match=r"not be asked \(GET /numbers\) within 0\.05 seconds: HTTP 503"):
            answers(asked, 2)


def test_leaving_waits_for_no_answer() -> None:
    never = threading.Event()

    def silent(asked: Asked) -> Sent:
        never.wait(timeout=20)
        return echoed(asked)

    with raw_server(silent) as server, connection_to(server.url) as connection:
        started = time.monotonic()
        with Questions[int, int](connection, "GET /numbers", "/numbers") as asked:
            asked.ask(0, [("number", "0")], int)
            assert asked.answers(0.2) == []
        assert time.monotonic() - started < 10
        never.set()
