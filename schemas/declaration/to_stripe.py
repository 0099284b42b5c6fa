"""How NetSuite customers come to Stripe, word by word (P1 to P7): the block `to_stripe` of a declaration."""

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal

import dagster as dg
from pydantic import BeforeValidator, Field, field_validator, model_validator

from schemas.declaration.one_or_several import NoneOneOrSeveral
from schemas.declaration.portal import PortalTerms
from schemas.declaration.problems import Problem, wrong
from schemas.stripe_parameters import ALLOWED, NEVER_BLANK, OUR_KEYS, is_parameter, why_refused

EMAIL: Final = "email"
_FIELD_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _none_is_nothing(value: object) -> object:
    return [] if value == "none" else value


def _whether_or_which(value: object) -> object:
    """`true` stands for all that is updated; what that is, the whole block knows."""
    return {True: ["*"], False: []}.get(value, value) if isinstance(value, bool) else value


_Fields = Annotated[list[str], BeforeValidator(_none_is_nothing)]
_WhichFields = Annotated[list[str], BeforeValidator(_whether_or_which)]


class ToStripe(PortalTerms, dg.Resolvable):
    """How NetSuite customers are found, made and kept in Stripe; without the block nothing goes that way."""

    mass_search: str | None = Field(
        None, description="id of the saved search whose column labels are parameters of Stripe (P1)"
    )
    single_search: str | None = Field(None, description="id of the saved search for one customer, labelled likewise")
    export: NoneOneOrSeveral = Field(
        None, description="in place of the searches: path of an export whose labels are parameters of Stripe (P4)"
    )
    sync_field: str = Field(
        EMAIL,
        description="email, or the script id of another field: its column is labelled metadata.<id>, and it is kept "
        "there in Stripe (P6)",
    )
    on_none: Literal["report", "create"] = Field(
        "report", description="Stripe has no such customer: report it, or plan a new one (P2)"
    )
    on_several: Literal["refuse", "first"] = Field(
        "refuse", description="Stripe has several: none of them, or the oldest"
    )
    on_shared: Literal["refuse", "create"] = Field(
        "refuse",
        description="other records, or their Stripe customers, have its value, or its external id is that of a "
        "customer elsewhere: none, or make its own",
    )
    updates: _Fields = Field(
        default_factory=list, description="parameters that are kept as NetSuite has them (P3); none: nothing"
    )
    clear_blanks: _WhichFields = Field(
        default_factory=list,
        description="those that are cleared where NetSuite has nothing; true: all of updates",
    )
    subsidiaries: list[str] = Field(
        default_factory=list, description="only customers of these, as the column subsidiary shows them"
    )

    @field_validator("portal", mode="before")
    @classmethod
    def _off_is_no(cls, value: object) -> object:
        """YAML reads `off` as no."""
        return "off" if value is False else value

    @field_validator("sync_field")
    @classmethod
    def _is_field(cls, value: str) -> str:
        if not _FIELD_ID.fullmatch(value) or value in OUR_KEYS:
            raise wrong(
                f"expected email, or the script id of a NetSuite field of 40 characters at most, found {value!r}"
            )
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> "ToStripe":
        found = list(self._problems())
        if found:
            (path, message), *others = found
            raise wrong(message, *path, others=others)
        return self

    @property
    def sync_path(self) -> str:
        """The parameter by which customers are found: what the column with the sync field is labelled."""
        return self.sync_field if self.sync_field == EMAIL else f"metadata.{self.sync_field}"

    @property
    def kept(self) -> list[str]:
        """The parameters that are kept in Stripe as NetSuite has them: another sync field than the e-mail, too (P6)."""
        copied = [] if self.sync_field == EMAIL else [self.sync_path]
        return list(dict.fromkeys([*copied, *self.updates]))

    @property
    def cleared(self) -> list[str]:
        """Those of them that are cleared where NetSuite has nothing."""
        return self.updates if self.clear_blanks == ["*"] else self.clear_blanks

    @property
    def stripe_paths(self) -> list[str]:
        """The fields of Stripe customers that have to be read for it."""
        return list(dict.fromkeys([self.sync_path, *self.updates]))

    def _problems(self) -> Iterator[Problem]:
        if self.on_shared == "create" and self.on_none != "create":
            yield ("on_shared",), "create has no effect without on_none: create"
        named = [name for name in ("mass_search", "export") if getattr(self, name) is not None]
        if len(named) != 1:
            yield (), f"expected exactly one of mass_search and export, found {' and '.join(named) or 'neither'}"
        for at, path in enumerate(self.updates):
            if not is_parameter(path):
                yield ("updates", at), why_refused(path) or f"expected one of {ALLOWED}, found {path!r}"
            elif path.startswith("preferred_locales"):
                yield ("updates", at), "a list is set when a customer is made, and not kept"
            elif self.updates.index(path) != at:
                yield ("updates", at), f"{path} is there twice"
        yield from self._blank_problems()
        yield from self.portal_problems()

    def _blank_problems(self) -> Iterator[Problem]:
        for path in self.cleared:
            if path in NEVER_BLANK:
                yield ("clear_blanks",), f"Stripe clears no {path}; name the fields that are cleared, without it"
            elif path not in self.updates:
                yield ("clear_blanks",), f"{path} is not in updates, and nothing else is kept"
