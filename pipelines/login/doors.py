"""The two ways to sign in, as the web server asks them: a password of the file of people, or the word of a provider."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import parse_qsl, quote

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipelines.login.attempts import Attempts
from pipelines.login.pages import LOGIN, page, path_of
from pipelines.login.people import LONGEST_NAME, People
from pipelines.login.sessions import Person, Session
from schemas.errors import UserError

_LOG: Final = logging.getLogger(__name__)
SORRY: Final = "This name and this password do not belong together."
TOO_OFTEN: Final = "There were too many attempts; wait a quarter of an hour."
_AT_A_TIME: Final = 2
"""Passwords looked at together: each takes 64 MiB."""


@dataclass(frozen=True)
class Entered:
    """Who has come in.

    Attributes:
        mark: of their account.
        following: where they go.
        used: a cookie that has served.
        hint: what their browser keeps, to be given to the door when they sign out.
    """

    person: Person
    mark: str
    following: str
    used: str | None = None
    hint: str = ""


class Door(Protocol):
    """A way to sign in."""

    provider: str | None

    def current(self, session: Session) -> Person | None:
        """Who the person of a session is by now; None if they have lost their account."""
        ...

    async def answer(self, request: Request) -> Response | Entered:
        """Answer what is asked below `/login`: a page, or who has come in."""
        ...

    async def goodbye(self, hint: str) -> Response:
        """What somebody is shown who has signed out here, and whose browser has kept a hint."""
        ...


class PasswordDoor:
    """A name and a password, of which a few are looked at in a quarter of an hour."""

    provider: str | None = None

    def __init__(self, people: People, by_address: Attempts, by_name: Attempts) -> None:
        self._people, self._by_address, self._by_name = people, by_address, by_name
        self._turns = anyio.CapacityLimiter(_AT_A_TIME)

    def current(self, session: Session) -> Person | None:
        """With the role that the file says by now, as long as the password is the same."""
        try:
            account = self._people.find(session.person.name)
        except UserError:
            return None
        is_same = account is not None and account.mark == session.mark
        return Person(account.name, account.role) if account and is_same else None

    async def answer(self, request: Request) -> Response | Entered:
        """The form, or what comes of it: the same answer for a wrong name and a wrong password."""
        if request.method != "POST":
            return page(following=path_of(request.query_params.get("next")))
        form = await form_of(request)
        name, following = " ".join(form.get("name", "").split())[:LONGEST_NAME], path_of(form.get("next"))
        address = request.client.host if request.client else ""
        if not (self._by_address.take(address) and self._by_name.take(name)):
            _LOG.warning("Somebody at %s tries to sign in too often.", address)
            return page(429, message=TOO_OFTEN, following=following)
        try:
            account = await run_sync(self._people.verified, name, form.get("password", ""), limiter=self._turns)
        except UserError:
            return page(503, message="Nobody can sign in at the moment; see what the web server says.")
        if account is None:
            return page(403, message=SORRY, following=following)
        self._by_address.give_back(address)
        self._by_name.give_back(name)
        return Entered(Person(account.name, account.role), account.mark, following)

    async def goodbye(self, hint: str) -> Response:
        """The form again: there is nothing else to be signed out of."""
        del hint
        return RedirectResponse(LOGIN, 303, {"Cache-Control": "no-store"})


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields of a small form; none of a large one."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=10))


def back_to_login(following: str) -> RedirectResponse:
    """To the page on which people sign in, and from there to where they wanted."""
    return RedirectResponse(f"{LOGIN}?next={quote(following, safe='')}", 303, {"Cache-Control": "no-store"})


_LARGEST: Final = 16_384
