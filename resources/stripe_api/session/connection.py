"""The one way to Stripe: headers, rate limit, retries, and the count of what was asked.

Reads are taken from their bytes, because the SDK spends forty times as much on a page; writes go through Stripe's own
SDK. Both go over the same connections (`transport`).
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self, TypeVar
from urllib.parse import urlencode

import stripe

from resources.http.answer import Reply
from resources.http.reachability import Reachability
from resources.stripe_api.reading.pages import CustomerObject, UnusableError, customer_object
from resources.stripe_api.session.account import API_VERSION, StripeAccount
from resources.stripe_api.session.rate_limit import RateLimiter
from resources.stripe_api.session.refusals import StripeProblem, problem_of
from resources.stripe_api.session.retry import TransientFailure, Tries, retried
from resources.stripe_api.session.transport import SdkTransport, Wire
from resources.write_guard import see_that_it_is_ours

T = TypeVar("T")
Params = Sequence[tuple[str, str]]

stripe.enable_telemetry = False  # the SDK would report timings and write an id into the user's home

_SMOOTHING: Final = 0.1
_LOG: Final = logging.getLogger("tieout.stripe")


class _RefusedError(Exception):
    """Carries a refusal through the SDK, which would put it into classes of its own."""

    def __init__(self, problem: StripeProblem) -> None:
        super().__init__(problem.status)
        self.problem = problem


class StripeConnection:
    """An open connection to one account. Close it, or use it as a context; it may be used from several threads.

    `requests` counts every request that was sent, by endpoint, tries included: GETs use up the read allocation. What
    libcurl sends again by itself, as the connection that it had kept was dead, is not counted.
    `latency` is how many seconds a GET takes at present, smoothed; 0 before the first.
    """

    def __init__(self, account: StripeAccount, on_progress: Callable[[str], None] = _LOG.warning) -> None:
        """Open no connection yet. `on_progress` hears, from any thread, why a request waits for another try."""
        self.account = account
        self.requests: Counter[str] = Counter()
        self.latency = 0.0
        self._counting = threading.Lock()
        self._pace = RateLimiter(account)
        self.reachability = Reachability(on_progress)
        self._wire = Wire(account)
        self._client = _client(account, SdkTransport(self._wire, _check))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def reads(self) -> int:
        """How many GETs were sent, which is what Stripe's read allocation counts."""
        with self._counting:
            return sum(count for endpoint, count in self.requests.items() if endpoint.startswith("GET "))

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def get(
        self,
        endpoint: str,
        path: str,
        params: Params,
        read: Callable[[bytes], T],
        *,
        halted: Callable[[], bool] = lambda: False,
    ) -> T | StripeProblem:
        """Return what `read` makes of the body of a GET, or what Stripe refused.

        A body that `read` refuses (UnusableError) is asked for again, but not for long. For many, see `Questions`.

        Raises:
            TransientError: Stripe could not be asked.
        """
        url = self.url(path, params)

        def ask() -> T | StripeProblem:
            self.let_through(endpoint)
            started = time.monotonic()
            reply = self._wire.send("GET", url, self.headers())
            self.note_latency(time.monotonic() - started)
            return answer_of(reply, read)

        return retried(self.account, endpoint, ask, reachability=self.reachability, halted=halted)

    def post_customer(
        self, customer: str, params: stripe.params.CustomerUpdateParams, idempotency_key: str
    ) -> tuple[CustomerObject, bool] | StripeProblem:
        """Update a customer through the SDK; return it and whether the answer was a replay, or what Stripe refused.

        A failure that Stripe keeps under the idempotency key comes back as a problem with status 500 or more.

        Raises:
            TransientError: Stripe could not be asked; whether the update took effect is not known.
        """

        def send() -> stripe.Customer:
            return self._client.v1.customers.update(customer, params, {"idempotency_key": idempotency_key})

        return self._write("POST /v1/customers/{id}", send, customer)

    def create_customer(
        self, params: stripe.params.CustomerCreateParams, idempotency_key: str
    ) -> tuple[CustomerObject, bool] | StripeProblem:
        """Make a customer; answers and raises as `post_customer`."""

        def send() -> stripe.Customer:
            return self._client.v1.customers.create(params, {"idempotency_key": idempotency_key})

        return self._write("POST /v1/customers", send, None)

    def delete_customer(self, customer: str) -> tuple[CustomerObject, bool] | StripeProblem:
        """Delete a customer for good, which may be asked twice; answers and raises as `post_customer`."""
        return self._write("DELETE /v1/customers/{id}", lambda: self._client.v1.customers.delete(customer), customer)

    def _write(
        self, endpoint: str, send: Callable[[], stripe.Customer], customer: str | None
    ) -> tuple[CustomerObject, bool] | StripeProblem:
        def ask() -> tuple[CustomerObject, bool] | StripeProblem:
            self.let_through(endpoint)
            see_that_it_is_ours()
            try:
                answer = send().last_response
            except _RefusedError as refused:
                return refused.problem
            if answer is None:
                raise TransientFailure("its answer is empty", kind="unusable")
            row = _read(lambda body: customer_object(body, customer), answer.body.encode())
            return row, answer.headers.get("Idempotent-Replayed") == "true"

        return retried(self.account, endpoint, ask, reachability=self.reachability, halted=lambda: False)

    def let_through(self, endpoint: str, group: int = 1) -> None:
        """Return when a request may be sent, which it then is: it is counted. Of `group`, see `RateLimiter`."""
        self._pace.wait(endpoint, group)
        with self._counting:
            self.requests[endpoint] += 1

    def note_latency(self, seconds: float) -> None:
        """Take note of how long an answer to a GET took."""
        with self._counting:
            self.latency = seconds if not self.latency else self.latency + (seconds - self.latency) * _SMOOTHING

    def tries(self, endpoint: str) -> Tries:
        """What counts the tries of a request, once its first has failed."""
        return Tries(self.account, endpoint, self.reachability)

    def url(self, path: str, params: Params) -> str:
        """The whole address of a GET."""
        return self.account.base_url + path + (f"?{urlencode(params)}" if params else "")

    def headers(self) -> dict[str, str]:
        """What is sent with every GET. The key is among it."""
        account = self.account
        connected = {} if account.stripe_account is None else {"Stripe-Account": account.stripe_account}
        return {
            "Authorization": f"Bearer {account.api_key.get_secret_value()}",
            "Stripe-Version": API_VERSION,
            "Accept-Encoding": "gzip",
            "User-Agent": "Tieout",
            **connected,
        }


def answer_of(reply: Reply | TransientFailure, read: Callable[[bytes], T]) -> T | StripeProblem:
    """Return what `read` makes of a body, or what Stripe refused. Raises TransientFailure where there is no answer."""
    if isinstance(reply, TransientFailure):
        raise reply
    return problem_of(reply.status, reply.headers, reply.body) or _read(read, reply.body)


def _read(read: Callable[[bytes], T], body: bytes) -> T:
    try:
        return read(body)
    except UnusableError as error:
        raise TransientFailure(str(error), kind="unusable") from error


def _check(reply: Reply) -> None:
    """Refuse before the SDK reads an answer what is no customer: it expects an object, and would end in a trace."""
    problem = problem_of(reply.status, reply.headers, reply.body)
    if problem is not None:
        raise _RefusedError(problem)
    _read(customer_object, reply.body)


def _client(account: StripeAccount, http: stripe.HTTPClient) -> stripe.StripeClient:
    return stripe.StripeClient(
        account.api_key.get_secret_value(),
        stripe_account=account.stripe_account,
        stripe_version=API_VERSION,
        base_addresses={"api": account.base_url},
        max_network_retries=0,
        http_client=http,
    )
