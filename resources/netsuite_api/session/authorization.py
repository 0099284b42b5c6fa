"""Puts a login on every request: keeps one access token for all threads, and renews it before it ends.

What the token endpoint says against us becomes one sentence here; what the RESTlet says is in `answers`.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

import requests
from pydantic import BaseModel, Field, ValidationError
from requests.auth import AuthBase

from resources.http.answer import Reply
from resources.netsuite_api.session.account import Addresses
from resources.netsuite_api.session.answers import check_place, clock_hint, foreign, passing
from resources.netsuite_api.session.logins import CertificateLogin, TokenLogin
from resources.netsuite_api.session.retry import TransientCallError
from resources.server_text import short
from schemas.errors import AccessError

RENEW_BEFORE_SECONDS: Final = 300
_OK: Final = 200
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_WHERE: Final = "Setup > Integration > OAuth 2.0 Client Credentials (M2M) Setup"


class TokenAuthorization(AuthBase):
    """Signs every request anew (OAuth 1.0a)."""

    def __init__(self, login: TokenLogin, account: str) -> None:
        self._login = login
        self._account = account

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header to a request that is about to be sent."""
        header = self._login.header(self._account, str(request.method), str(request.url))
        request.headers["Authorization"] = header
        return request

    def forget(self) -> bool:
        """Say whether a new token may help: no, this one does not end."""
        return False


class BearerAuthorization(AuthBase):
    """Carries one access token (OAuth 2.0), fetched when it is needed. Safe to share between threads."""

    def __init__(
        self,
        login: CertificateLogin,
        addresses: Addresses,
        post: Callable[[str, dict[str, str]], Reply],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._login = login
        self._addresses = addresses
        self._post = post
        self._now = now
        self._lock = threading.Lock()
        self._token = ""
        self._ends = 0.0

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header to a request that is about to be sent; fetch a token first if there is none that lasts."""
        with self._lock:
            if self._now() >= self._ends - RENEW_BEFORE_SECONDS:
                self._fetch()
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def forget(self) -> bool:
        """Drop the token, so that the next request fetches another. Says that this may help."""
        with self._lock:
            self._ends = 0.0
        return True

    def _fetch(self) -> None:
        assertion = self._login.assertion(self._addresses.audience, self._now)
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": assertion,
        }
        try:
            response = self._post(self._addresses.token, form)
        except TransientCallError as error:
            what = f"{error.what}, asked for an access token"  # the call itself was never sent
            raise TransientCallError(what, may_have_run=False, is_unreachable=error.is_unreachable) from None
        check_place(response)
        if response.status != _OK:
            raise self._refusal(response)
        try:
            given = _Given.model_validate_json(response.body)
        except ValidationError:
            raise passing("gave no access token", response, may_have_run=False) from None
        self._token, self._ends = given.access_token, self._now() + given.expires_in

    def _refusal(self, response: Reply) -> Exception:
        if response.status in {408, 429} or response.status >= 500:  # noqa: PLR2004  every server error
            return passing("gave no access token", response, may_have_run=False)
        code = _oauth_code(response)
        if code is None:
            return foreign(response)
        advice = _ADVICE.get(code, f"check the entry at {_WHERE}").format(
            certificate=self._login.certificate_id, client=self._login.client_id
        )
        return AccessError(
            f"NetSuite gives no access token ({short(code)}): {clock_hint(response, self._now()) or advice}."
        )


class _Given(BaseModel, hide_input_in_errors=True):
    access_token: str = Field(pattern=r"^[!-~]{1,20000}$")
    expires_in: float = Field(gt=0, allow_inf_nan=False)


class _Refused(BaseModel, hide_input_in_errors=True):
    error: str


_ADVICE: Final = {
    "invalid_client": f"at {_WHERE}, check that certificate {{certificate}} belongs to client id {{client}} and has "
    f"neither expired nor been revoked, and make a new one if it has",
    "invalid_grant": f"at {_WHERE}, check that certificate {{certificate}} is the one of this private key and has not "
    f"expired, and that the account id is right",
    "invalid_scope": "tick RESTlets as a scope on the integration record (Setup > Integration > Manage Integrations)",
    "unauthorized_client": "tick Client Credentials (Machine to Machine) Grant on the integration record "
    "(Setup > Integration > Manage Integrations)",
}


def _oauth_code(response: Reply) -> str | None:
    try:
        return _Refused.model_validate_json(response.body).error
    except ValidationError:
        return None
