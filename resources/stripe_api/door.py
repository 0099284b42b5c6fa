"""The one way to Stripe: connections, headers, pace, patience, and the count of what was asked.

Reads go over plain urllib3, because the SDK spends forty times as much on a page; writes go through Stripe's own SDK.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import stripe
import urllib3

from resources.stripe_api.account import API_VERSION, StripeAccount
from resources.stripe_api.pace import Pace
from resources.stripe_api.pages import CustomerObject, customer_object
from resources.stripe_api.refusals import StripeProblem, problem_of
from resources.stripe_api.weather import Storm, patiently

T = TypeVar("T")
Params = Sequence[tuple[str, str]]

stripe.enable_telemetry = False  # the SDK would report timings and write an id into the user's home

_SMOOTHING = 0.1
_ONCE = urllib3.Retry(total=False)  # our own patience decides about another try
_UNREADABLE = "the answer cannot be read"


class StripeDoor:
    """An open door to one account. Close it, or use it as a context; it may be used from several threads.

    `requests` counts every request that was sent, by endpoint, tries included: GETs use up the read allocation.
    `latency` is how many seconds a GET takes at present, smoothed; 0 before the first.
    """

    def __init__(self, account: StripeAccount) -> None:
        """Open no connection yet."""
        self.account = account
        self.requests: Counter[str] = Counter()
        self.latency = 0.0
        self._counting = threading.Lock()
        self._pace = Pace(account)
        self._pool = _pool(account)
        self._writing = stripe.RequestsClient(timeout=(account.connect_timeout, account.read_timeout))
        self._client = _client(account, self._writing)

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
        self._pool.close()
        self._writing.close()  # type: ignore[no-untyped-call]

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

        A body that `read` cannot read (ValueError, KeyError, TypeError) is weather, and asked for again.

        Raises:
            WeatherError: Stripe could not be asked.
        """
        url = path + (f"?{urlencode(params)}" if params else "")

        def ask() -> T | StripeProblem:
            self._go(endpoint)
            started = time.monotonic()
            try:
                answer = self._pool.urlopen("GET", url, headers=_headers(self.account), retries=_ONCE)
            except urllib3.exceptions.HTTPError as error:
                untrusted = isinstance(error, urllib3.exceptions.SSLError)
                raise Storm(type(error).__name__, passes=not untrusted) from error
            self._note(time.monotonic() - started)
            problem = problem_of(answer.status, answer.headers, answer.data)
            return problem or _read(read, answer.data)

        return patiently(self.account, endpoint, ask, halted=halted)

    def post_customer(
        self, customer: str, params: stripe.params.CustomerUpdateParams, idempotency_key: str
    ) -> tuple[CustomerObject, bool] | StripeProblem:
        """Update a customer through the SDK; return it and whether the answer was a replay, or what Stripe refused.

        A failure that Stripe keeps under the idempotency key comes back as a problem with status 500 or more.

        Raises:
            WeatherError: Stripe could not be asked; whether the update took effect is not known.
        """
        endpoint = "POST /v1/customers/{id}"

        def ask() -> tuple[CustomerObject, bool] | StripeProblem:
            self._go(endpoint)
            try:
                updated = self._client.v1.customers.update(customer, params, {"idempotency_key": idempotency_key})
            except stripe.StripeError as error:
                return _problem_of_sdk(error)
            answer = updated.last_response
            if answer is None:
                raise Storm(_UNREADABLE)
            return _read(customer_object, answer.body.encode()), answer.headers.get("Idempotent-Replayed") == "true"

        return patiently(self.account, endpoint, ask, halted=lambda: False)

    def _note(self, seconds: float) -> None:
        with self._counting:
            self.latency = seconds if not self.latency else self.latency + (seconds - self.latency) * _SMOOTHING

    def _go(self, endpoint: str) -> None:
        self._pace.wait(endpoint)
        with self._counting:
            self.requests[endpoint] += 1


def _read(read: Callable[[bytes], T], body: bytes) -> T:
    try:
        return read(body)
    except (ValueError, KeyError, TypeError) as error:
        raise Storm(_UNREADABLE) from error


def _problem_of_sdk(error: stripe.StripeError) -> StripeProblem:
    if error.http_status is None:
        raise Storm(type(error).__name__) from error
    headers = urllib3.HTTPHeaderDict(error.headers or {})
    problem = problem_of(error.http_status, headers, str(error.http_body or "").encode())
    if problem is None:
        raise Storm(_UNREADABLE) from error
    return problem


def _pool(account: StripeAccount) -> urllib3.HTTPConnectionPool:
    """Return connections to Stripe, through the proxy that the environment names for https, if it names one."""
    timeout = urllib3.Timeout(connect=account.connect_timeout, read=account.read_timeout)
    parts = urlsplit(account.base_url)
    proxy = getproxies().get("https")
    if proxy and parts.scheme == "https" and not proxy_bypass(parts.hostname or ""):
        manager: urllib3.PoolManager = urllib3.ProxyManager(proxy, maxsize=account.max_in_flight, timeout=timeout)
    else:
        manager = urllib3.PoolManager(maxsize=account.max_in_flight, timeout=timeout)
    return manager.connection_from_url(account.base_url)


def _headers(account: StripeAccount) -> dict[str, str]:
    connected = {} if account.stripe_account is None else {"Stripe-Account": account.stripe_account}
    return {
        "Authorization": f"Bearer {account.api_key.get_secret_value()}",
        "Stripe-Version": API_VERSION,
        "Accept-Encoding": "gzip",
        "User-Agent": "Tieout",
        **connected,
    }


def _client(account: StripeAccount, http: stripe.RequestsClient) -> stripe.StripeClient:
    return stripe.StripeClient(
        account.api_key.get_secret_value(),
        stripe_account=account.stripe_account,
        stripe_version=API_VERSION,
        base_addresses={"api": account.base_url},
        max_network_retries=0,
        http_client=http,
    )
