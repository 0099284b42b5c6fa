"""One request and its answer: over the declared address and proxy, and nothing else that the machine has set up.

No redirect is followed, and neither `~/.netrc` nor a proxy of the environment is asked. An answer has a limit in size
and in time. What it means is not decided here.
"""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

import stripe
import urllib3
from urllib3 import exceptions

from resources.http.answer import AnswerTooLargeError, AnswerTooSlowError, Reply, whole_body
from resources.stripe_api.session.account import StripeAccount
from resources.stripe_api.session.retry import Kind, TransientFailure

_CHUNK: Final = 1 << 20
_ONCE: Final = urllib3.Retry(total=False)  # our own retries decide about another try


class Wire:
    """The connections to one address, for reads and for writes. Safe for threads."""

    def __init__(self, account: StripeAccount) -> None:
        """Open no connection yet."""
        self._longest = 2 * account.read_timeout
        self._manager = _manager(account)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: str | None = None) -> Reply:
        """Send one request to a whole address. Raises TransientFailure if no whole answer comes back."""
        try:
            answer = self._manager.urlopen(
                method, url, headers=headers, body=body, retries=_ONCE, redirect=False, preload_content=False
            )
            return Reply(answer.status, answer.headers, _body(answer, self._longest))
        except exceptions.HTTPError as error:
            raise _failure(error) from error

    def close(self) -> None:
        """Close the connections."""
        self._manager.clear()


class SdkTransport(stripe.HTTPClient):
    """Carries what Stripe's SDK sends over our wire. `check` sees each reply before the SDK does, and may raise."""

    name = "urllib3"

    def __init__(self, wire: Wire, check: Callable[[Reply], None]) -> None:
        """Use a wire that somebody else closes."""
        super().__init__()
        self._wire, self._check = wire, check

    def request(  # type: ignore[override] # the base class has one parameter more, which it never gives
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: str | None = None
    ) -> tuple[str, int, Mapping[str, str]]:
        """Send one request; see the base class."""
        reply = self._wire.send(method.upper(), url, headers or {}, post_data)
        self._check(reply)
        return reply.body.decode(), reply.status, reply.headers

    def close(self) -> None:
        """Close nothing: the wire is not ours."""


def _manager(account: StripeAccount) -> urllib3.PoolManager:
    timeout = urllib3.Timeout(connect=account.connect_timeout, read=account.read_timeout)
    if account.proxy is None:
        return urllib3.PoolManager(maxsize=account.max_in_flight, timeout=timeout)
    proxy = urlsplit(account.proxy.get_secret_value())
    login = f"{proxy.username}:{proxy.password or ''}" if proxy.username else None
    return urllib3.ProxyManager(
        f"{proxy.scheme}://{proxy.netloc.rpartition('@')[2]}",
        maxsize=account.max_in_flight,
        timeout=timeout,
        proxy_headers=urllib3.make_headers(proxy_basic_auth=login),
    )


def _body(answer: urllib3.BaseHTTPResponse, seconds: float) -> bytes:
    try:
        return whole_body(iter(lambda: answer.read1(_CHUNK, decode_content=True), b""), seconds=seconds)
    except AnswerTooLargeError as error:
        answer.close()
        raise TransientFailure(f"its answer is {error}", passes=False) from None
    except AnswerTooSlowError as error:
        answer.close()
        raise TransientFailure(str(error), kind="silent") from None


def _failure(error: exceptions.HTTPError) -> TransientFailure:
    """Put a failure of the connection into words, without the address: a proxy's may hold a password."""
    cause = error.original_error if isinstance(error, exceptions.ProxyError) else error
    name = type(error).__name__
    for family, words, kind in _WORDS:
        if isinstance(cause, family):
            return TransientFailure(f"{name}, {words}", kind=kind)
    if isinstance(cause, exceptions.SSLError):
        return TransientFailure(f"{name}, its certificate cannot be trusted", passes=False)
    if isinstance(error, exceptions.ProxyError):
        return TransientFailure(f"{name}, the proxy refuses the connection", passes=False)
    return TransientFailure(f"{name}, the connection broke", kind="silent")


_WORDS: Final[tuple[tuple[type[Exception], str, Kind], ...]] = (
    (exceptions.NameResolutionError, "the name of the host is unknown", "unreachable"),
    (exceptions.NewConnectionError, "the connection is refused", "unreachable"),
    (exceptions.ConnectTimeoutError, "no connection in time", "unreachable"),
    (exceptions.ReadTimeoutError, "no answer in time", "silent"),
    (exceptions.DecodeError, "its answer is damaged", "unusable"),
)
"""What can fail on the way, the narrower class first."""
