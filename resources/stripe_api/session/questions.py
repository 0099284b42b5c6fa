"""GETs of one endpoint, many at a time, at the account's pace; one that fails transiently is asked again later.

The thread that takes the answers does all of it: it sends a group, takes what has come meanwhile, and so on.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from types import TracebackType
from typing import Generic, Self, TypeVar

from resources.http.answer import Reply
from resources.stripe_api.session.connection import Params, StripeConnection, answer_of
from resources.stripe_api.session.exchange import Exchange
from resources.stripe_api.session.rate_limit import TOGETHER
from resources.stripe_api.session.refusals import StripeProblem
from resources.stripe_api.session.retry import TransientFailure, Tries, heard

Q = TypeVar("Q")
T = TypeVar("T")


@dataclass(eq=False)
class _Question(Generic[Q, T]):
    about: Q
    url: str
    read: Callable[[bytes], T]
    tries: Tries | None = None
    sent_at: float = 0.0


class Questions(Generic[Q, T]):
    """What is asked and not answered yet. Use it as a context, in one thread: leaving it drops what is under way."""

    def __init__(self, connection: StripeConnection, endpoint: str, path: str) -> None:
        """Ask nothing yet."""
        self._connection, self._endpoint, self._path = connection, endpoint, path
        self._exchange: Exchange[_Question[Q, T]] = Exchange(connection.account, connection.headers())
        self._ready: deque[_Question[Q, T]] = deque()
        self._waiting: list[tuple[float, int, _Question[Q, T]]] = []
        self._number = count()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exchange.close()

    def ask(self, about: Q, params: Params, read: Callable[[bytes], T]) -> None:
        """Let `read` make the answer of a body; one that it refuses (UnusableError) is asked for again, as in `get`."""
        self._ready.append(_Question(about, self._connection.url(self._path, params), read))

    def answers(self, seconds: float) -> list[tuple[Q, T | StripeProblem]]:
        """Send what may be sent, and take what has come, or what comes first within some seconds: perhaps nothing.

        Raises:
            TransientError: Stripe could not be asked.
        """
        self._wake()
        self._send_group()
        wait = 0.0 if self._ready and not self._exchange.is_full else seconds
        if self._waiting:
            wait = min(wait, max(0.0, self._waiting[0][0] - time.monotonic()))
        taken = [(question.about, self._answer(question, reply)) for question, reply in self._exchange.received(wait)]
        return [(about, answer) for about, answer in taken if not isinstance(answer, TransientFailure)]

    def _wake(self) -> None:
        while self._waiting and self._waiting[0][0] <= time.monotonic():
            self._ready.append(heappop(self._waiting)[2])

    def _send_group(self) -> None:
        """While this waits for its turn, answers gather."""
        for _ in range(TOGETHER):
            if not self._ready or self._exchange.is_full:
                return
            self._connection.let_through(self._endpoint, TOGETHER)
            question = self._ready.popleft()
            question.sent_at = time.monotonic()
            self._exchange.send(question, question.url)

    def _answer(
        self, question: _Question[Q, T], reply: Reply | TransientFailure
    ) -> T | StripeProblem | TransientFailure:
        """Say what an answer means; a TransientFailure is put back."""
        if isinstance(reply, Reply):
            self._connection.note_latency(time.monotonic() - question.sent_at)
        try:
            return heard(lambda: answer_of(reply, question.read), self._connection.reachability)
        except TransientFailure as failure:
            question.tries = question.tries or self._connection.tries(self._endpoint)
            due = time.monotonic() + question.tries.wait_after(failure)
            heappush(self._waiting, (due, next(self._number), question))
            return failure
