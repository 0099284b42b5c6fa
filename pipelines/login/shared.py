"""The UI as several people share it: what stands before the web server where `TIEOUT_UI_SETTINGS` names a file."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dagster._core.workspace.context import WorkspaceProcessContext
from starlette.types import ASGIApp

from pipelines.login.attempts import Attempts
from pipelines.login.doors import Door, PasswordDoor
from pipelines.login.login import Login
from pipelines.login.permitted import Permitted
from pipelines.login.sessions import Sessions
from pipelines.login.settings import UiSettings, read_settings, settings_file
from pipelines.login.workspace import DagstersWorkspace
from pipelines.month_turn import now

_WINDOW_S: Final = 900
_PER_ADDRESS, _PER_NAME = 10, 30


@dataclass(frozen=True)
class Shared:
    """How the UI is shared, and the way to sign in; without one whoever reaches it may look."""

    settings: UiSettings
    door: Door | None
    secret: str
    clock: Callable[[], float]

    @property
    def hosts(self) -> list[str]:
        """The name of the server in the settings, beside those that the environment lists."""
        return [self.settings.host] if self.settings.host else []

    def before(self, app: ASGIApp, context: WorkspaceProcessContext) -> ASGIApp:
        """The login, and what each person may do, before an application."""
        permitted = Permitted(app, DagstersWorkspace(context), read_only=self.settings.read_only)
        if self.door is None:
            return permitted
        idle_s, longest_s = self.settings.idle_minutes * 60, self.settings.session_hours * 3600
        sessions = Sessions(self.secret, idle_s, longest_s, self.clock, self.door.current)
        return Login(permitted, self.door, sessions, is_encrypted=self.settings.is_encrypted)


def shared_ui(clock: Callable[[], float] = lambda: now().timestamp()) -> Shared | None:
    """What the environment says; None where the UI is for one person.

    Raises:
        UserError: something is wrong with the settings, or with what they name.
    """
    file = settings_file()
    if file is None:
        return None
    settings = read_settings(file)
    secret = settings.secret or secrets.token_urlsafe(32)
    return Shared(settings, _door(settings, file.parent, secret, clock), secret, clock)


def _door(settings: UiSettings, folder: Path, secret: str, clock: Callable[[], float]) -> Door | None:
    if settings.people is not None:
        from pipelines.login.people import People  # noqa: PLC0415 (late: a provider needs no passwords)

        by_address, by_name = (Attempts(most, _WINDOW_S, clock) for most in (_PER_ADDRESS, _PER_NAME))
        return PasswordDoor(People(folder / settings.people), by_address, by_name)
    if settings.oidc is not None and settings.url is not None:
        from pipelines.login.oidc import OidcDoor  # noqa: PLC0415 (late: a password needs no provider)

        return OidcDoor(settings.oidc, settings.url, secret, clock)
    return None
