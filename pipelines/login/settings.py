"""How several people share the UI: a YAML file that `TIEOUT_UI_SETTINGS` names; without it the UI is for one person.

It is read as declarations are, with the same limits and the same templates, and a mistake is a sentence with its line.
"""

import os
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator

from pipelines.declaration_errors import mistakes
from pipelines.declared_values import DeclaredValues
from pipelines.yaml_nodes import documents, line_of
from schemas.addresses import is_loopback, service_address
from schemas.declaration.part import DeclaredPart
from schemas.declaration.problems import Problem, wrong
from schemas.errors import DeclarationError
from schemas.secrets import is_remembered, masked

SETTINGS: Final = "TIEOUT_UI_SETTINGS"
SHORTEST_SECRET: Final = 32
_FROM_ENVIRONMENT: Final = "is a secret, so it comes from the environment, as {{ env.NAME }}"


class Oidc(DeclaredPart):
    """A provider of OpenID Connect, and what its word is worth here."""

    issuer: str = Field(description="the provider's address, below which is /.well-known/openid-configuration")
    client_id: str = Field(min_length=1, description="what the provider calls Tieout")
    client_secret: str = Field(repr=False, description="what it gave Tieout, as {{ env.NAME }}")
    scopes: list[str] = Field(default=["openid", "email", "profile"], description="what is asked for")
    name_claim: str = Field("email", description="the claim that is the person's name, kept with what they start")
    role_claim: str = Field("groups", description="the claim, a text or a list, that decides about the role")
    look: list[str] = Field(default=[], description="values of it that may look")
    plan: list[str] = Field(default=[], description="values of it that may plan")
    approve: list[str] = Field(default=[], description="values of it that may approve")
    sign_out_there: bool = Field(
        default=True, description="who signs out here goes to the provider to sign out there, too, where it offers that"
    )

    @field_validator("issuer")
    @classmethod
    def _is_address(cls, value: str) -> str:
        _checked(value)
        return value

    @field_validator("client_secret")
    @classmethod
    def _comes_from_the_environment(cls, value: str) -> str:
        if not is_remembered(value):
            raise wrong(_FROM_ENVIRONMENT)
        return value

    @model_validator(mode="after")
    def _lets_somebody_in(self) -> "Oidc":
        if "openid" not in self.scopes:
            raise wrong("openid is missing, without which nobody says who somebody is", "scopes")
        if not (self.look or self.plan or self.approve):
            raise wrong("nobody has a role; name values of role_claim under look, plan or approve")
        return self


class UiSettings(DeclaredPart):
    """How the UI is shared. Neither `people` nor `oidc`: whoever reaches it looks, which `read_only` has to say."""

    people: str | None = Field(None, description="the file of names, roles and passwords, from this file's folder on")
    oidc: Oidc | None = Field(None, description="the provider that says who somebody is")
    url: str | None = Field(None, description="the address of the UI as browsers have it, as https://tieout.example")
    secret: str | None = Field(
        None, repr=False, description="signs sessions, as {{ env.NAME }}; default: another one at each start"
    )
    read_only: bool = Field(default=False, description="nobody may start or change anything, whatever their role")
    idle_minutes: int = Field(60, ge=1, le=1_440, description="a session ends when nothing was asked for so long")
    session_hours: int = Field(12, ge=1, le=168, description="a session ends so long after it began")
    proxies: list[str] = Field(default=[], description="addresses of proxies whose X-Forwarded-For is believed")

    @field_validator("secret")
    @classmethod
    def _is_long_and_from_the_environment(cls, value: str | None) -> str | None:
        if value is not None and not is_remembered(value):
            raise wrong(_FROM_ENVIRONMENT)
        if value is not None and len(value) < SHORTEST_SECRET:
            raise wrong(f"is too short; take {SHORTEST_SECRET} random characters or more, as of `openssl rand -hex 32`")
        return value

    @field_validator("url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        address = _checked(value)
        if urlsplit(address).path:
            raise wrong("expected an address without a path: the UI answers at its root")
        return address

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, value: list[str]) -> list[str]:
        for place, each in enumerate(value):
            try:
                ip_network(each)
            except ValueError:
                raise wrong(f"expected an IP address or a network, as 10.0.0.0/24, found {each!r}", place) from None
        return value

    @model_validator(mode="after")
    def _is_one_way(self) -> "UiSettings":
        for path, message in self._problems():
            raise wrong(message, *path)
        return self

    def _problems(self) -> Iterator[Problem]:
        if self.people and self.oidc:
            yield ("people",), "has no place beside oidc: there is one way to sign in"
        if not (self.people or self.oidc or self.read_only):
            yield (), "expected people or oidc, by which people sign in, or read_only: true"
        if self.oidc and not self.url:
            yield ("oidc",), "needs url beside it, as the provider sends people back to that address"

    @property
    def is_encrypted(self) -> bool:
        """Whether browsers come by TLS, so that cookies may ask for it."""
        return bool(self.url and self.url.startswith("https://"))

    @property
    def host(self) -> str | None:
        """The name by which browsers know the UI; None where it is that of this machine."""
        host = urlsplit(self.url).hostname if self.url else None
        return None if host is None or is_loopback(host) else host


def settings_file() -> Path | None:
    """The file that the environment names; None where the UI is for one person."""
    named = os.environ.get(SETTINGS, "").strip()
    return Path(named).resolve() if named else None


def read_settings(file: Path) -> UiSettings:
    """Read the settings.

    Raises:
        DeclarationError: with a sentence that names file and line.
    """
    nodes = documents(file) if file.is_file() else []
    if len(nodes) != 1:
        what = f"there are {len(nodes)} documents in it" if nodes else "there is no such file"
        raise DeclarationError(f"{file}: {what}; {SETTINGS} names the one file with the settings of the UI.")
    values = DeclaredValues(file)
    said = values.of(nodes[0], nodes[0].start_mark.line + 1, ())
    if not values.mistakes:
        try:
            return UiSettings.model_validate(said)
        except ValidationError as error:
            for path, what in mistakes(error, UiSettings, "the settings"):
                values.refuse(line_of(nodes[0], path), what)
    raise DeclarationError(masked(values.mistakes[0]))


def _checked(address: str) -> str:
    """The address in its one form. It is never quoted."""
    try:
        return service_address(address)
    except ValueError as error:
        raise wrong(str(error)) from None
