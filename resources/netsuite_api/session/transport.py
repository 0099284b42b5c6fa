"""One request and its answer: over the declared address and proxy, and nothing else that the machine has set up.

No redirect is followed, and neither `~/.netrc` nor a proxy of the environment is asked. An answer has a limit in size
and in time. What it means is decided in `answers`.
"""

from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Final

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import exceptions

from resources.http.answer import AnswerTooLargeError, AnswerTooSlowError, Reply, whole_body
from resources.netsuite_api.session.retry import TransientCallError
from schemas.errors import AccessError

_CHUNK: Final = 1 << 18


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long one request may take; how often it is tried again is `RetryPolicy`'s."""

    connect_seconds: float = 10.0
    answer_seconds: float = 320.0
    """A RESTlet may take 300 seconds."""


class Wire:
    """The connections to one account. Safe for threads."""

    def __init__(self, connections: int, timeouts: Timeouts, proxy: str | None = None) -> None:
        """Open no connection yet."""
        self._timeouts = timeouts
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._http.mount("https://", HTTPAdapter(pool_maxsize=connections))
        self._http.mount("http://", HTTPAdapter(pool_maxsize=connections))

    def post(
        self,
        url: str,
        data: bytes | dict[str, str],
        headers: dict[str, str] | None = None,
        auth: AuthBase | None = None,
    ) -> Reply:
        """Send one request. Raises TransientCallError if no whole answer comes back."""
        timeout = (self._timeouts.connect_seconds, self._timeouts.answer_seconds)
        try:
            with self._http.post(
                url, data=data, headers=headers, auth=auth, timeout=timeout, allow_redirects=False, stream=True
            ) as answer:
                return Reply(answer.status_code, answer.headers, self._body(answer))
        except requests.exceptions.SSLError:
            raise AccessError(
                "The certificate of NetSuite's server cannot be verified: check the proxy and the certificates of this "
                "machine."
            ) from None
        except requests.exceptions.RequestException as error:
            raise _failure(error) from None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _body(self, answer: requests.Response) -> bytes:
        try:
            return whole_body(answer.iter_content(_CHUNK), seconds=self._timeouts.answer_seconds)
        except AnswerTooLargeError as error:
            raise AccessError(
                f"NetSuite's answer is {error}, which the RESTlet's never are: check what stands between this machine "
                "and NetSuite, and the base_url of the declaration."
            ) from None
        except AnswerTooSlowError as error:
            raise TransientCallError(f"does not answer ({error})", may_have_run=True) from None


def _failure(error: requests.exceptions.RequestException) -> TransientCallError:
    """Put a failure of the connection into words, without the address: a proxy's may hold a password."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    cause = cause.original_error if isinstance(cause, exceptions.ProxyError) else cause
    never_connected = isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError)
    never_connected = never_connected or isinstance(cause, exceptions.NewConnectionError)
    return TransientCallError(
        f"does not answer ({_words(error, cause)})", may_have_run=not never_connected, is_unreachable=never_connected
    )


def _words(error: requests.exceptions.RequestException, cause: object) -> str:
    through = "over the proxy, " if isinstance(error, requests.exceptions.ProxyError) else ""
    if isinstance(cause, exceptions.NameResolutionError):
        return f"{through}the name of its host is unknown"
    if isinstance(cause, exceptions.NewConnectionError):
        return f"{through}the connection is refused"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f"{through}no connection in time"
    if isinstance(error, requests.exceptions.ReadTimeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "its answer is damaged"
    return f"{through}the connection broke"
