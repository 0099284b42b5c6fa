"""Asks the RESTlet: one action, one JSON object there and back, with the retries and the bounds that NetSuite needs.

Every action may be asked twice: reading changes nothing, and `apply` compares before it sets, so a second try finds
done what the first one did. What the answers mean is in `answers`; what is asked for is in `client` and its neighbours.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Final, Literal, TypeVar

import orjson
import requests
import stamina
from pydantic import BaseModel, ValidationError
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError

from resources.netsuite.account import addresses
from resources.netsuite.answers import (
    LoginRefusedError,
    Parsed,
    PassingError,
    PermissionMissingError,
    check,
    not_deployed,
    unusable,
)
from resources.netsuite.authorization import BearerAuthorization, TokenAuthorization
from resources.netsuite.logins import CertificateLogin, TokenLogin
from schemas.errors import AccessError, BugError, MistakeError

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]
Action = Literal["health", "describe", "measure", "search", "exist", "apply", "look"]
LinkName = Literal["stripe_id", "external_id", "comments"]
Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a call is tried again: waits grow by two from the first to the longest, with jitter."""

    attempts: int = 10
    first_wait: float = 1.0
    longest_wait: float = 60.0
    connect_seconds: float = 10.0
    answer_seconds: float = 320.0
    """A RESTlet may take 300 seconds."""


@dataclass(frozen=True, kw_only=True)
class NetsuiteSettings:
    """One NetSuite account, the script in it, and how to log in.

    Attributes:
        account: as Setup > Company > Company Information shows it, such as `1234567_SB1`.
        login: a certificate, or an access token.
        concurrency: calls at a time. An account's whole limit can be 5, and others share it.
        rows_per_call: customers asked for in one call, at most 5,000.
        base_url: a server instead of NetSuite's own: https, or http on this machine.
    """

    account: str
    login: CertificateLogin | TokenLogin
    script: str = "customscript_tieout"
    deployment: str = "customdeploy_tieout"
    stripe_id_field: str = "custentity_tieout_stripe_id"
    concurrency: int = 4
    rows_per_call: int = 4_000
    patience: Patience = field(default_factory=Patience)
    base_url: str | None = None
    now: Callable[[], float] = time.time

    @property
    def field_ids(self) -> dict[str, str]:
        """The NetSuite field behind each name that can be written."""
        return {"stripe_id": self.stripe_id_field, "external_id": "externalid", "comments": "comments"}


class Health(BaseModel):
    """What the RESTlet says of the account and role that it runs in. `missing` are permissions in words."""

    account: str
    environment: str
    role: str
    missing: list[str]


class Restlet:
    """The RESTlet of one account. Safe to share between threads."""

    def __init__(self, settings: NetsuiteSettings) -> None:
        _check_bounds(settings)
        self.settings = settings
        self._addresses = addresses(settings.account, settings.script, settings.deployment, settings.base_url)
        self._http = _session(settings.concurrency)
        self._places = _places(self._addresses.restlet, settings.concurrency)
        self._authorization = self._authorized()

    def ask(self, action: Action, answer: type[Answer], **given: Json) -> Answer:
        """Ask for one action and read the answer as `answer`.

        Raises:
            WeatherError: NetSuite could not be asked, after all tries.
            AccessError, MistakeError: a person must act; the message says how.
        """
        parsed, _ = self.ask_raw(action, **given)
        try:
            return answer.model_validate(parsed)
        except ValidationError:
            raise unusable(f"to {action}, it has not the agreed form") from None

    def ask_raw(self, action: Action, **given: Json) -> tuple[Parsed, bool]:
        """Ask for one action; return a good answer as it was parsed, and whether an earlier try may have run as well.

        A try that was refused for want of a place, or that never reached NetSuite, has not run.
        """
        body = orjson.dumps({"action": action, **given})
        patience = self.settings.patience
        tries = stamina.retry_context(
            on=PassingError,
            attempts=patience.attempts,
            timeout=None,
            wait_initial=patience.first_wait,
            wait_max=patience.longest_wait,
            wait_jitter=patience.first_wait,
        )
        is_repeat = False
        for attempt in tries:
            with attempt:
                try:
                    return self._once_or_with_new_token(action, body), is_repeat
                except PassingError as error:
                    is_repeat = is_repeat or error.may_have_run
                    raise
        raise BugError("A call ended without an answer and without an error.")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _once_or_with_new_token(self, action: Action, body: bytes) -> Parsed:
        try:
            return self._once(body)
        except LoginRefusedError:
            if not self._authorization.forget():
                raise
            return self._once(body)
        except PermissionMissingError as error:
            if action == "health":  # which needs no permission: it is the script that may not be run
                raise not_deployed(self.settings.script) from None
            raise self._with_what_is_missing(error) from None

    def _once(self, body: bytes) -> Parsed:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        with self._places:
            response = self._send(self._addresses.restlet, body, headers, self._authorization)
        return check(response, self.settings.script, self.settings.now())

    def _with_what_is_missing(self, error: AccessError) -> AccessError:
        missing = self.ask("health", Health).missing
        if not missing:
            return error
        return AccessError(
            f"The role of the integration lacks {', '.join(missing)}: add it at Setup > Users/Roles > Manage Roles, on "
            f"the Permissions tab."
        )

    def _authorized(self) -> TokenAuthorization | BearerAuthorization:
        login = self.settings.login
        if isinstance(login, TokenLogin):
            return TokenAuthorization(login, self.settings.account)
        return BearerAuthorization(login, self._addresses, self._send, self.settings.now)

    def _send(
        self,
        url: str,
        data: bytes | dict[str, str],
        headers: dict[str, str] | None = None,
        auth: TokenAuthorization | BearerAuthorization | None = None,
    ) -> requests.Response:
        patience = self.settings.patience
        timeout = (patience.connect_seconds, patience.answer_seconds)
        try:
            return self._http.post(
                url, data=data, headers=headers, auth=auth or _unchanged, timeout=timeout, allow_redirects=False
            )
        except requests.exceptions.SSLError as error:
            raise AccessError(
                "The certificate of NetSuite's server cannot be verified: check the proxy and the certificates of this "
                "machine."
            ) from error
        except requests.exceptions.RequestException as error:
            raise PassingError(
                f"NetSuite could not be reached ({type(error).__name__}): nothing was found out; try again later, and "
                f"check the account id if it stays so.",
                may_have_run=not _never_connected(error),
            ) from None


_BOUNDS: Final = {"concurrency": (1, 50), "rows_per_call": (2, 5_000)}


def _check_bounds(settings: NetsuiteSettings) -> None:
    given = {"concurrency": settings.concurrency, "rows_per_call": settings.rows_per_call}
    for name, (least, most) in _BOUNDS.items():
        if not least <= given[name] <= most:
            raise MistakeError(f"The {name} for NetSuite must be between {least} and {most}, not {given[name]}.")


def _session(concurrency: int) -> requests.Session:
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", HTTPAdapter(pool_maxsize=concurrency))
    session.mount("http://", HTTPAdapter(pool_maxsize=concurrency))
    return session


def _never_connected(error: requests.exceptions.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(reason, NewConnectionError)


@cache
def _places(restlet: str, concurrency: int) -> threading.BoundedSemaphore:
    """One account has one pool: all clients of a process share its places."""
    del restlet
    return threading.BoundedSemaphore(concurrency)


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Sign nothing; and, being there, keep `requests` from looking for a password in a netrc file."""
    return request
