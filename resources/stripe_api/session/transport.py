"""One request and its answer: over the declared address and proxy, and nothing else that the machine has set up.

No redirect is followed, and neither `~/.netrc` nor a proxy of the environment is asked. An answer has a limit in size
and in time. What it means is not decided here.
"""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

import stripe
import urllib3
from urllib3 import exceptions

from resources.http.answer import AnswerTooLargeError, AnswerTooSlowError, Reply, whole_body
from resources.stripe_api.session.account import StripeAccount
from resources.stripe_api.session.direct import Direct
from resources.stripe_api.session.retry import Kind, TransientFailure

_CHUNK: Final = 1 << 20
_ONCE: Final = urllib3.Retry(total=False)  # our own retries decide about another try


class Wire:
    """The connections to one address, for reads and for writes. Safe for threads."""

    def __init__(self, account: StripeAccount) -> None:
        """Open no connection yet."""
        self._longest = 2 * account.read_timeout
        self._proxy = None if account.proxy is None else _proxy(account, account.proxy.get_secret_value())
        self._origin = urljoin(account.base_url, "/").removesuffix("/")
        self._direct = Direct(
            account.base_url, connect_timeout=account.connect_timeout, read_timeout=account.read_timeout
        )

    def send(self, method: str, url: str, headers: Mapping[str, str], body: str | None = None) -> Reply:
        """Send one request to a whole address. Raises TransientFailure if no whole answer comes back."""
        try:
            if self._proxy is not None:
                return self._sent_over(self._proxy, method, url, headers, body)
            target = url.removeprefix(self._origin)
            return self._direct.send(method, target, headers, body, seconds=self._longest)
        except exceptions.HTTPError as error:
            raise _failure(error) from error
        except AnswerTooLargeError as error:
            raise TransientFailure(f"its answer is {error}", passes=False) from None
        except AnswerTooSlowError as error:
            raise TransientFailure(str(error), kind="silent") from None

    def close(self) -> None:
        """Close the connections."""
        self._direct.close()
        if self._proxy is not None:
            self._proxy.clear()

    def _sent_over(
        self, proxy: urllib3.ProxyManager, method: str, url: str, headers: Mapping[str, str], body: str | None
    ) -> Reply:
        answer = proxy.urlopen(
            method, url, headers=headers, body=body, retries=_ONCE, redirect=False, preload_content=False
        )
        try:
            parts = iter(lambda: answer.read1(_CHUNK, decode_content=True), b"")
            return Reply(answer.status, answer.headers, whole_body(parts, seconds=self._longest))
        except (AnswerTooLargeError, AnswerTooSlowError):
            answer.close()
            raise


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


def _proxy(account: StripeAccount, address: str) -> urllib3.ProxyManager:
    timeout = urllib3.Timeout(connect=account.connect_timeout, read=account.read_timeout)
    proxy = urlsplit(address)
    login = f"{proxy.username}:{proxy.password or ''}" if proxy.username else None
    return urllib3.ProxyManager(
        f"{proxy.scheme}://{proxy.netloc.rpartition('@')[2]}",
        maxsize=account.max_in_flight,
        timeout=timeout,
        proxy_headers=urllib3.make_headers(proxy_basic_auth=login),
    )


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
