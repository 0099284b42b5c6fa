"""Where the customers of both sides come from, word by word: an export, or an API with a login from the environment.

Unions are avoided on purpose: a failed union reports each of its alternatives, and a person needs one sentence.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar

import dagster as dg
from pydantic import AfterValidator, Field, field_validator, model_validator

from schemas.addresses import proxy_address, service_address
from schemas.declaration.one_or_several import NoneOneOrSeveral
from schemas.declaration.part import DeclaredPart
from schemas.declaration.problems import wrong
from schemas.declaration.rules import LABELLED_FIELDS, has_label
from schemas.words import DateForm

_AnySource = TypeVar("_AnySource", bound=dg.Model)


def _address(value: str, checked: Callable[[str], str]) -> str:
    """The address in its one form. It is never quoted: a password may stand in it by mistake."""
    try:
        return checked(value)
    except ValueError as error:
        raise wrong(str(error)) from None


def _encoding(value: str) -> str:
    try:
        "".encode(value)
    except (LookupError, UnicodeError):
        raise wrong(f"expected the name of an encoding, such as cp1252, cp932 or utf-16-le, found {value!r}") from None
    return value


_Address = Annotated[str, AfterValidator(lambda value: _address(value, service_address))]
_NoneOrAddress = Annotated[str | None, AfterValidator(lambda value: value and _address(value, service_address))]
_Proxy = Annotated[str | None, AfterValidator(lambda value: value and _address(value, proxy_address))]
_Encoding = Annotated[str | None, AfterValidator(lambda value: value and _encoding(value))]


class StripeSource(DeclaredPart, dg.Resolvable):
    """Where the Stripe customers come from: an export file, or the API with a key from the environment."""

    export: NoneOneOrSeveral = Field(
        None, description="path of a Dashboard customer export, from the project's root; several: a list, or a pattern"
    )
    since: str = Field("2011-01", description="first month of creation, YYYY-MM; an older customer is an error")
    encoding: _Encoding = Field(
        None, description="of the export, where it is not UTF-8, as cp1252 or cp932 (Python's names)"
    )
    dates: DateForm | None = Field(
        None, description="of an export whose dates leave it open: their order, seconds since 1970, or the label's zone"
    )
    labels: dict[str, str] = Field(
        default_factory=dict, description="of an export whose labels are not the Dashboard's: our field, and its label"
    )
    api_key: str | None = Field(None, repr=False, description="a restricted key, as {{ env.STRIPE_API_KEY }}")
    account: str | None = Field(None, description="a connected account (acct_…) to act for")
    mode: Literal["test", "live"] | None = Field(None, description="refuse a key of the other mode; default: the key's")
    refresh: Literal["full", "changed"] = Field("full", description="read all, or what events say has changed")
    requests_per_second: int = Field(20, ge=1, le=1_000, description="our share of Stripe's limit, 25 by default")
    max_in_flight: int = Field(50, ge=1, le=200, description="requests at a time, at most; 1 reads page after page")
    base_url: _Address = Field(
        "https://api.stripe.com", description="another address: a stand-in, or a gateway of yours"
    )
    proxy: _Proxy = Field(None, repr=False, description="an HTTP proxy; those of the environment are not used")

    @field_validator("since")
    @classmethod
    def _is_month(cls, value: str) -> str:
        if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", value):
            raise wrong(f"expected a month such as 2019-05, found {value!r}")
        if value > f"{datetime.now(UTC):%Y-%m}":
            raise wrong(f"{value} is in the future; expected the month of the oldest customer")
        return value

    @model_validator(mode="after")
    def _has_one_source(self) -> "StripeSource":
        source = _one_of(self, "export", "api_key")
        for field, label in self.labels.items():
            if not has_label(field):
                raise wrong(f"expected {LABELLED_FIELDS}, found {field!r}", "labels", field)
            if not label.strip() or list(self.labels.values()).count(label) > 1:
                raise wrong("expected the label of a column, each of another one", "labels", field)
        if self.labels and self.export is None:
            raise wrong("has no effect without export; take it out", "labels")
        return source

    @property
    def first_month(self) -> datetime:
        """The first instant of `since`, UTC."""
        return datetime.strptime(self.since, "%Y-%m").replace(tzinfo=UTC)


class NetsuiteSource(DeclaredPart, dg.Resolvable):
    """Where the NetSuite customers come from: an export file, or the RESTlet with a login from the environment."""

    export: NoneOneOrSeveral = Field(
        None, description="path of a saved-search export, from the project's root; several: a list, or a pattern"
    )
    encoding: _Encoding = Field(
        None, description="of the export, where it is not UTF-8, as cp1252 or cp932 (Python's names)"
    )
    account: str | None = Field(None, description="the account id, such as 1234567_SB1")
    mass_search: str | None = Field(None, description="id of the saved search with all customers (P1)")
    client_id: str | None = Field(None, repr=False, description="of the integration record, as {{ env.NAME }}")
    certificate_id: str | None = Field(None, repr=False, description="of the certificate's mapping, as {{ env.NAME }}")
    private_key: str | None = Field(None, repr=False, description="the certificate's PEM text, as {{ env.NAME }}")
    consumer_key: str | None = Field(None, repr=False, description="token-based authentication, where still in use")
    consumer_secret: str | None = Field(None, repr=False, description="token-based authentication")
    token_id: str | None = Field(None, repr=False, description="token-based authentication")
    token_secret: str | None = Field(None, repr=False, description="token-based authentication")
    script: str = Field("customscript_tieout", description="script id of the RESTlet")
    deployment: str = Field("customdeploy_tieout", description="script id of its deployment")
    stripe_id_field: str = Field("custentity_tieout_stripe_id", description="script id of the Stripe-id field (M11)")
    portal_link_field: str = Field(
        "custentity_tieout_portal_link", description="script id of the field with the portal link (P7)"
    )
    refresh: Literal["full", "changed"] = Field("full", description="read all, or what was modified since")
    concurrency: int = Field(4, ge=1, le=50, description="calls at a time; an account's whole limit can be 5")
    base_url: _NoneOrAddress = Field(None, description="another address: a stand-in, or a gateway of yours")
    proxy: _Proxy = Field(None, repr=False, description="an HTTP proxy; those of the environment are not used")

    @field_validator("account", mode="before")
    @classmethod
    def _number_is_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value

    @model_validator(mode="after")
    def _has_one_source(self) -> "NetsuiteSource":
        _one_of(self, "export", "account")
        if "account" in self.model_fields_set and not self.mass_search:
            raise wrong("is required beside account: the id of the saved search with all customers", "mass_search")
        if "account" in self.model_fields_set and not any(
            self.model_fields_set >= keys for keys in (OAUTH_KEYS, TOKEN_KEYS)
        ):
            raise wrong("needs a login beside account: client_id, certificate_id and private_key")
        return self


OAUTH_KEYS = frozenset({"client_id", "certificate_id", "private_key"})
TOKEN_KEYS = frozenset({"consumer_key", "consumer_secret", "token_id", "token_secret"})
ASKED_FOR_LATE = frozenset(
    {
        ("stripe", "api_key"),
        *(("netsuite", name) for name in OAUTH_KEYS | TOKEN_KEYS | {"account", "base_url"}),
        ("notify", "url"),
        ("notify", "alive_url"),
    }
)
"""Where a variable that the environment lacks is found out when it is needed, and not when a declaration is loaded."""


def _one_of(source: _AnySource, *names: str) -> _AnySource:
    """A secret that the environment lacks is null but named; that is found out when it is needed, not here."""
    named = [name for name in names if name in source.model_fields_set]
    if len(named) != 1:
        raise wrong(f"expected exactly one of {' and '.join(names)}, found {' and '.join(named) or 'neither'}")
    return source
