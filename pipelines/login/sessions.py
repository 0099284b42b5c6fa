"""Who is signed in: a signed cookie that says since when, and what this server remembers of those that have ended.

A session ends when nothing was asked for a while, when it is old, when the person signs out, and when they lose their
account. Several web servers that share the secret share the sessions; each only knows of those signed out at it.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from pipelines.login.roles import Role, role_named

PERSON: Final = "tieout.person"
"""The key of a request's scope under which the `Person` stands who asks."""
_RENEWED_AFTER_S: Final = 60


@dataclass(frozen=True)
class Person:
    """Who asks. Without a name it is whoever reaches a server at which nobody signs in."""

    name: str
    role: Role


@dataclass(frozen=True)
class Session:
    """A person who has signed in.

    Attributes:
        id: random.
        since: when they did, in seconds.
        seen: when they last asked for something.
        mark: of the account by which they did.
    """

    person: Person
    id: str
    since: float
    seen: float
    mark: str = ""


class Seal:
    """Signs what a browser keeps, and knows its own signature. Each purpose has a key of its own."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = OctKey.import_key(hmac.digest(secret.encode(), purpose.encode(), "sha256"))

    def sealed(self, claims: dict[str, object]) -> str:
        """The claims as a token."""
        return jwt.encode({"alg": "HS256"}, claims, self._key)

    def opened(self, token: str) -> dict[str, object] | None:
        """What a token says; None if we have not signed it."""
        try:
            return dict(jwt.decode(token, self._key, algorithms=["HS256"]).claims)
        except (JoseError, ValueError):
            return None


class Sessions:
    """The sessions of one server."""

    def __init__(
        self,
        secret: str,
        idle_s: float,
        longest_s: float,
        clock: Callable[[], float],
        current: Callable[[Session], Person | None] = lambda session: session.person,
    ) -> None:
        """Begin with none.

        Args:
            secret: signs them.
            idle_s: seconds after which a session ends in which nothing was asked.
            longest_s: seconds after which every session ends.
            clock: the present moment in seconds.
            current: who the person of a session is by now; None if they have lost their account.
        """
        self._seal = Seal(secret, "session")
        self._idle_s, self._longest_s, self._clock, self._current = idle_s, longest_s, clock, current
        self._ended: dict[str, float] = {}
        self._last: dict[str, float] = {}

    def begin(self, person: Person, mark: str) -> str:
        """Sign somebody in; gives what their browser keeps."""
        now = self._clock()
        for known in (self._ended, self._last):
            for old in [each for each, at in known.items() if at < now - self._longest_s]:
                del known[old]
        return self._token(Session(person, secrets.token_urlsafe(16), now, now, mark))

    def of(self, token: str) -> Session | None:
        """Whose session this is, if it stands, with their role of by now."""
        said = self._seal.opened(token)
        session = _session(said) if said else None
        if session is None or not self.stands(session):
            return None
        self._last[session.id] = self._clock()
        person = self._current(session)
        return None if person is None else replace(session, person=person)

    def renewed(self, session: Session) -> str | None:
        """What the browser is to keep from now on, if what it has is older than a minute."""
        now = self._clock()
        return self._token(replace(session, seen=now)) if now - session.seen > _RENEWED_AFTER_S else None

    def stands(self, session: Session) -> bool:
        """Whether a session has not ended by now."""
        now, last = self._clock(), max(session.seen, self._last.get(session.id, 0))
        return (
            session.id not in self._ended
            and now - session.since < self._longest_s
            and now - last < self._idle_s
            and self._current(session) is not None
        )

    def end(self, session: Session) -> None:
        """Sign somebody out."""
        self._ended[session.id] = self._clock()

    def _token(self, session: Session) -> str:
        person = session.person
        return self._seal.sealed(
            {
                "name": person.name,
                "role": person.role,
                "id": session.id,
                "since": session.since,
                "seen": session.seen,
                "mark": session.mark,
            }
        )


def _session(said: dict[str, object]) -> Session | None:
    name, role, known, mark = (str(said.get(key, "")) for key in ("name", "role", "id", "mark"))
    since, seen = said.get("since"), said.get("seen")
    found = role_named(role)
    if found is None or not isinstance(since, (int, float)) or not isinstance(seen, (int, float)):
        return None
    return Session(Person(name, found), known, since, seen, mark)
