"""Asks the RESTlet: one action, one JSON object there and back, with the retries and the bounds that NetSuite needs.

Every action may be asked twice: reading changes nothing, and what writes looks first, so a second try finds done what
the first one did. What the answers mean is in `answers`; what is asked for is in `client` and its neighbours.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Final, Literal, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from resources.http.reachability import Reachability
from resources.netsuite_api.session.account import addresses
from resources.netsuite_api.session.answers import (
    LoginRefusedError,
    Parsed,
    PermissionMissingError,
    check,
    not_deployed,
    unusable,
)
from resources.netsuite_api.session.authorization import BearerAuthorization, TokenAuthorization
from resources.netsuite_api.session.first_login import FirstLogin
from resources.netsuite_api.session.logins import CertificateLogin, TokenLogin
from resources.netsuite_api.session.retry import RetryPolicy, retried
from resources.netsuite_api.session.transport import Timeouts, Wire
from resources.write_guard import see_that_it_is_ours
from schemas.errors import AccessError, UserError
from schemas.link_fields import written_fields

_LOG: Final = logging.getLogger("tieout.netsuite")
Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]
RestletAction = Literal[
    "health",
    "describe",
    "measure",
    "begin",
    "search",
    "exist",
    "apply",
    "look",
    "create",
    "look_for",
    "take_back",
    "preflight",
    "portal_links",
    "sync_requests",
    "answer",
]
_HEALTH: Final = orjson.dumps({"action": "health"})
_LONG: Final[frozenset[RestletAction]] = frozenset(
    {"begin", "search", "apply", "look", "create", "look_for", "take_back", "preflight"}
)
"""They take seconds for each hundred records, for which a whole pool would wait."""
_WRITING: Final[frozenset[RestletAction]] = frozenset({"apply", "create", "take_back", "answer"})
LinkName = str
"""The name of a link field of NetSuite (`schemas.link_fields`)."""
Answer = TypeVar("Answer", bound=BaseModel)


_FIELD_IDS: Final = {field.name: field.script_id for field in written_fields("netsuite")}


@dataclass(frozen=True, kw_only=True)
class NetsuiteSettings:
    """One NetSuite account, the script in it, and how to log in.

    Attributes:
        account: as Setup > Company > Company Information shows it, such as `1234567_SB1`.
        login: a certificate, or an access token.
        field_ids: the NetSuite field behind the name of each link field.
        concurrency: calls at a time. An account's whole limit can be 5, and others share it.
        rows_per_call: customers asked for in one call, at most 5,000.
        base_url: a server instead of NetSuite's own: https, or http on this machine.
        proxy: an HTTP proxy, which may hold a login. None of the environment is used.
    """

    account: str
    login: CertificateLogin | TokenLogin
    script: str = "customscript_tieout"
    deployment: str = "customdeploy_tieout"
    field_ids: Mapping[str, str] = field(default_factory=lambda: _FIELD_IDS)
    concurrency: int = 4
    rows_per_call: int = 4_000
    retry_policy: RetryPolicy = field(default_factory=RetryPolicy)
    timeouts: Timeouts = field(default_factory=Timeouts)
    base_url: str | None = None
    proxy: str | None = field(default=None, repr=False)
    now: Callable[[], float] = time.time


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
        self._wire = Wire(settings.concurrency, settings.timeouts, settings.proxy)
        self._reachability = Reachability(_LOG.warning)
        self._slots = _slots(self._addresses.restlet, settings.concurrency)
        self._authorization = self._authorized()
        self._first_login = FirstLogin() if isinstance(settings.login, TokenLogin) else None

    def ask(self, action: RestletAction, answer: type[Answer], **given: Json) -> Answer:
        """Ask for one action and read the answer as `answer`.

        Raises:
            TransientError: NetSuite could not be asked, after all tries.
            AccessError, UserError: a person must act; the message says how.
        """
        parsed, _ = self.ask_raw(action, **given)
        try:
            return answer.model_validate(parsed)
        except ValidationError:
            raise unusable(f"to {action}, it has not the agreed form") from None

    def ask_raw(self, action: RestletAction, **given: Json) -> tuple[Parsed, bool]:
        """Ask for one action; return a good answer as it was parsed, and whether an earlier try may have run as well.

        A try that was refused for want of a place, or that never reached NetSuite, has not run.
        """
        body = orjson.dumps({"action": action, **given})
        return retried(
            self.settings.retry_policy, self._reachability, lambda: self._once_or_with_new_token(action, body)
        )

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def _once_or_with_new_token(self, action: RestletAction, body: bytes) -> Parsed:
        try:
            return self._once(action, body)
        except LoginRefusedError:
            if not self._authorization.forget():
                raise
            return self._once(action, body)
        except PermissionMissingError as error:
            if action == "health":  # which needs no permission: it is the script that may not be run
                raise not_deployed(self.settings.script) from None
            raise self._with_what_is_missing(error) from None

    def _once(self, action: RestletAction, body: bytes) -> Parsed:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        with self._slots:
            if action in _WRITING:
                see_that_it_is_ours()
            if self._first_login is None:
                return self._posted(body, headers)
            quick = partial(self._posted, _HEALTH, headers) if action in _LONG else None
            return self._first_login.behind(lambda: self._posted(body, headers), quick)

    def _posted(self, body: bytes, headers: dict[str, str]) -> Parsed:
        response = self._wire.post(self._addresses.restlet, body, headers, self._authorization)
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
        return BearerAuthorization(login, self._addresses, self._wire.post, self.settings.now)


_BOUNDS: Final = {"concurrency": (1, 50), "rows_per_call": (2, 5_000)}


def _check_bounds(settings: NetsuiteSettings) -> None:
    given = {"concurrency": settings.concurrency, "rows_per_call": settings.rows_per_call}
    for name, (least, most) in _BOUNDS.items():
        if not least <= given[name] <= most:
            raise UserError(f"The {name} for NetSuite must be between {least} and {most}, not {given[name]}.")


@cache
def _slots(restlet: str, concurrency: int) -> threading.BoundedSemaphore:
    """One account has one pool: all clients of a process share its places."""
    del restlet
    return threading.BoundedSemaphore(concurrency)
