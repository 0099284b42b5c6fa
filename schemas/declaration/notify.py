"""Who hears of what happened, and of what; what they hear is in `schemas.events`."""

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal

import dagster as dg
from pydantic import AfterValidator, Field, model_validator

from schemas.addresses import webhook_address
from schemas.declaration.part import DeclaredPart
from schemas.declaration.problems import wrong
from schemas.secrets import is_remembered

Kind = Literal["log", "webhook", "apprise"]
Wanted = Literal["failure", "success", "brakes", "review", "plan", "late"]
OF_WRITING: Final[frozenset[Wanted]] = frozenset({"brakes", "plan", "late"})
"""What only happens where Tieout writes, and so has a daily run and approvals."""

_SERVICE: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S*")


def _checked(value: str | None) -> str | None:
    """The address is never quoted: whoever knows it can post to it."""
    try:
        return value and webhook_address(value)
    except ValueError as error:
        raise wrong(str(error)) from None


def _by_default() -> list[Wanted]:
    return ["failure", "brakes"]


class Notify(DeclaredPart, dg.Resolvable):
    """Who hears of what happened, once a person has switched its sensors on."""

    kind: Kind = Field(
        "log", description="log: a line in the log; webhook: a POST of JSON; apprise: mail, chat and others"
    )
    url: str | None = Field(
        None,
        repr=False,
        description="of the webhook; for apprise one or several, with blanks between; as {{ env.NAME }}: a secret",
    )
    events: list[Wanted] = Field(  # `on`, bare, is YAML for true
        default_factory=_by_default,
        description="a run failed, succeeded, its brakes held it back; the review grew, a plan waits, no daily run",
    )
    every_minutes: int = Field(
        0, ge=0, le=1440, description="one message for what happened in so many minutes; 0: each at once"
    )
    alive_url: Annotated[str | None, AfterValidator(_checked)] = Field(
        None, repr=False, description="asked by GET after each good daily run, as {{ env.NAME }}: a dead man's switch"
    )

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Notify":
        for message in self._problems():
            raise wrong(message, "url")
        return self

    def _problems(self) -> Iterator[str]:
        if self.kind == "log" and "url" in self.model_fields_set:
            yield "has no effect beside kind: log; take it out, or write kind: webhook"
        if self.kind != "log" and "url" not in self.model_fields_set:
            yield f"is required beside kind: {self.kind}, as {{{{ env.NAME }}}}"
        if self.kind == "apprise" and self.url and not is_remembered(self.url):
            yield "holds a password or token, so it comes from the environment, as {{ env.NAME }}"
        if self.kind == "apprise" and not all(_SERVICE.fullmatch(each) for each in self.urls):
            yield "expected addresses of Apprise, such as mailtos://user:password@example.com, with blanks between"
        if self.kind == "webhook" and self.url:
            try:
                webhook_address(self.url)
            except ValueError as error:
                yield str(error)

    @property
    def urls(self) -> list[str]:
        """The addresses one by one, of which Apprise takes several."""
        if self.kind == "webhook":
            return [webhook_address(self.url)] if self.url else []
        return (self.url or "").split()
