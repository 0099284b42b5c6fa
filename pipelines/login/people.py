"""The file of people for small teams: a line each, `name:role:hash`, and a password is known by its hash alone.

It is read again when it has changed, so that a line that is taken out ends a session at its next request.
"""

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_IMODE
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipelines.login.roles import ROLES, Role, role_named
from resources.storage.atomic import replaced
from schemas.errors import UserError

SHORTEST: Final = 12
LONGEST: Final = 200
"""Of a password: a longer one would only cost time."""
LONGEST_NAME: Final = 100
_HOW: Final = "make ui-user NAME=… ROLE=look, plan or approve"


@dataclass(frozen=True)
class Account:
    """A person of the file."""

    name: str
    role: Role
    hash: str = field(repr=False)

    @property
    def mark(self) -> str:
        """Ends the sessions of an account whose password is another one; says nothing of the password."""
        return self.hash[-16:]


class People:
    """The people of a file.

    Raises:
        UserError: it is not there, can be read by others, holds nobody, or a line is none.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self._seen: tuple[int, ...] = ()
        self._accounts: Mapping[str, Account] = {}
        self.find("")

    def find(self, name: str) -> Account | None:
        """Who has this name at this moment."""
        try:
            state = self._file.stat()
        except OSError:
            raise UserError(f"{self._file} cannot be read: add somebody who may sign in, by {_HOW}.") from None
        seen = (state.st_mtime_ns, state.st_size, state.st_ino)
        if seen != self._seen:
            self._accounts, self._seen = read_people(self._file), seen
        return self._accounts.get(name)

    def verified(self, name: str, password: str) -> Account | None:
        """Whose name and password this is; it takes as long for a name that nobody has."""
        account = self.find(name)
        known = account.hash if account else self._nobody
        try:
            is_right = len(password) <= LONGEST and self._hasher.verify(known, _one_form(password))
        except (VerificationError, InvalidHashError):
            is_right = False
        return account if is_right else None


def read_people(file: Path) -> Mapping[str, Account]:
    """The accounts of a file by name.

    Raises:
        UserError: it is not ours alone, holds nobody, or a line is none.
    """
    try:
        mode, lines = S_IMODE(file.stat().st_mode), file.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{file} cannot be read: add somebody who may sign in, by {_HOW}.") from None
    if mode & 0o077:
        raise UserError(f"{file} can be read or changed by others (mode {mode:04o}); do chmod 600 {file}.")
    accounts: dict[str, Account] = {}
    for number, line in enumerate(lines, 1):
        name, _, rest = line.partition(":")
        role, _, known = rest.partition(":")
        found = role_named(role)
        if found is None or not name or name in accounts or not known.startswith("$argon2"):
            raise UserError(
                f"{file}, line {number}: expected name:role:hash, and each name once; add people by {_HOW}."
            )
        accounts[name] = Account(name, found, known)
    if not accounts:
        raise UserError(f"Nobody is in {file}: add somebody who may sign in, by {_HOW}.")
    return accounts


def add_person(file: Path, name: str, role: str, password: str) -> bool:
    """Add a line, or replace the one of that name; whether there was one.

    Raises:
        UserError: with a sentence on what cannot be.
    """
    found = role_named(role)
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or ":" in name:
        raise UserError(f"NAME must be a name of at most {LONGEST_NAME} characters without a colon, as it is kept.")
    if found is None:
        raise UserError(f"ROLE must be one of {', '.join(ROLES)}, not {role[:20]!r}.")
    if not SHORTEST <= len(password) <= LONGEST:
        raise UserError(f"The password must have {SHORTEST} to {LONGEST} characters.")
    accounts = dict(read_people(file)) if file.exists() and file.stat().st_size else {}
    if other := next((each for each in accounts if each != name and each.casefold() == name.casefold()), None):
        raise UserError(f"{other!r} is in {file} already, and differs only in upper and lower case; take another name.")
    is_there = name in accounts
    accounts[name] = Account(name, found, PasswordHasher().hash(_one_form(password)))
    with replaced(file) as fresh:
        fresh.write_text("".join(f"{each.name}:{each.role}:{each.hash}\n" for each in accounts.values()))
    return is_there


def _one_form(password: str) -> str:
    """One text for what keyboards write in several ways."""
    return unicodedata.normalize("NFC", password)
