"""Who hears of a run that has ended, and of which; what they hear is in `schemas.events`."""

from typing import Annotated, Literal

import dagster as dg
from pydantic import AfterValidator, Field, model_validator

from schemas.addresses import webhook_address
from schemas.declaration.part import DeclaredPart
from schemas.declaration.problems import wrong
from schemas.events import Occasion


def _checked(value: str | None) -> str | None:
    """The address is never quoted: whoever knows that of a webhook can post to it."""
    try:
        return value and webhook_address(value)
    except ValueError as error:
        raise wrong(str(error)) from None


def _by_default() -> list[Occasion]:
    return ["failure", "brakes"]


class Notify(DeclaredPart, dg.Resolvable):
    """Who hears of a run that has ended, once a person has switched its sensor on."""

    kind: Literal["log", "webhook"] = Field("log", description="log: a line in the log; webhook: a POST of JSON")
    url: Annotated[str | None, AfterValidator(_checked)] = Field(
        None, repr=False, description="of the webhook, as {{ env.NAME }}: whoever knows it can post to it"
    )
    events: list[Occasion] = Field(  # `on`, bare, is YAML for true
        default_factory=_by_default,
        description="which ends of a run: it failed, it succeeded, its brakes held it back",
    )

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Notify":
        if self.kind == "webhook" and "url" not in self.model_fields_set:
            raise wrong("is required beside kind: webhook, as {{ env.NAME }}", "url")
        if self.kind == "log" and "url" in self.model_fields_set:
            raise wrong("has no effect beside kind: log; take it out, or write kind: webhook", "url")
        return self
