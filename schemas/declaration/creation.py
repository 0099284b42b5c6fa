"""How missing NetSuite customers are created, word by word (C2 to C13): the block `create` of a declaration.

A field of NetSuite is named by its script id, as `custentity_region`. What exists in an account is found out when it is
asked; what can be known from the declaration alone is refused here.
"""

import re
from collections.abc import Iterator
from math import isfinite
from typing import Annotated, Final, Literal

import dagster as dg
from pydantic import BeforeValidator, Field, field_validator, model_validator

from schemas.country_names import COUNTRY_NAMES
from schemas.customer_fields import OWN_SETTINGS, SAFE_LENGTHS, STANDARD_FIELDS
from schemas.declaration.part import DeclaredPart
from schemas.declaration.problems import Problem, wrong
from schemas.declaration.rules import STRIPE_PATHS, is_stripe_field
from schemas.link_fields import fields_of

NAMES: Final = ("metadata.netsuite_first_name", "metadata.netsuite_last_name")
"""Where Stripe's customers say what an individual is called (C8)."""

PAID_COLUMNS: Final = ("Payment Count", "Total Spend")
"""Columns of Stripe's export that tell who has paid; one of them is enough."""

Constant = str | int | float | bool

_FIELD_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_METADATA_KEY: Final = re.compile(r"[^\[\]]{1,40}")
_ADDRESS_FIELDS: Final = frozenset({*SAFE_LENGTHS, "country"} - {*STANDARD_FIELDS})
_LINKS: Final = frozenset(field.script_id for field in fields_of("netsuite") if field.setting is None)
_SUBLISTS: Final = frozenset({"addressbook", "currencies"})


def _constant(value: object) -> object:
    """A union would report a mistake once for each of its parts."""
    is_finite = not isinstance(value, float) or isfinite(value)
    if value is None or (isinstance(value, Constant) and is_finite):
        return value
    raise wrong("expected a text, a number, true, false or null")


_NoneOrConstant = Annotated[Constant | None, BeforeValidator(_constant)]


class Individuals(DeclaredPart, dg.Resolvable):
    """Which customers become individuals; the others become companies (C7)."""

    always: bool = Field(default=False, description="true: all of them")
    metadata: str | None = Field(None, description="those with this metadata key")
    equals: str = Field("true", description="and this value of it; letter case and blanks do not count")

    @model_validator(mode="after")
    def _says_who(self) -> "Individuals":
        if self.always == (self.metadata is not None):
            raise wrong("expected either always: true, or metadata: <key> with the value that it equals")
        if self.metadata is not None and not _METADATA_KEY.fullmatch(self.metadata):
            raise wrong(f"expected a metadata key of 1 to 40 characters, found {self.metadata!r}", "metadata")
        if not self.equals.strip():
            raise wrong("expected the value that makes an individual, found nothing", "equals")
        return self


class Create(DeclaredPart, dg.Resolvable):
    """How a NetSuite customer is made for a Stripe customer that has none."""

    when: Literal["first_transaction", "at_once"] = Field(
        "first_transaction",
        description="first_transaction: once it has paid or been invoiced; at_once: in any case (C2)",
    )
    subsidiary: int | None = Field(None, gt=0, description="internal id; required in OneWorld accounts (C13)")
    entity_id: Literal["name", "stripe_id", "auto"] = Field(
        "name", description="the customer's number: its name, its Stripe id, or what auto-numbering gives (C3)"
    )
    individual_when: Individuals | None = Field(None, description="who is no company; default: nobody (C7)")
    entity_status: int | None = Field(
        None, gt=0, description="internal id of a status that makes a customer; default: the account's"
    )
    custom_form: int | None = Field(None, gt=0, description="internal id; default: the account's")
    currency: str | None = Field(
        None, description="primary one, as EUR; default: the subsidiary's. All are added (C12)"
    )
    currencies: list[str] = Field(
        default_factory=list,
        description="from export files, which do not tell them: all active ones, as the account calls them (C12)",
    )
    country: str | None = Field(
        None, description="of addresses that name none, as DE; default: the account's country (C10)"
    )
    email_fallback: Literal["stripe_id", "none"] = Field(
        "stripe_id", description="what a customer without an e-mail gets in its place (C4)"
    )
    defaults: dict[str, _NoneOrConstant] = Field(
        default_factory=dict, description="NetSuite field: a constant; null leaves the field out (C11)"
    )
    mapping: dict[str, str | None] = Field(
        default_factory=dict,
        description="Stripe path, as metadata.<key>: NetSuite field; goes before defaults. null: the path is not used",
    )
    limits: dict[str, int] = Field(default_factory=dict, description="NetSuite field: how many characters it takes")
    undo: Literal["delete", "inactivate", "report"] = Field(
        "delete",
        description="delete: what nobody has touched; inactivate: that, and make the rest inactive; report: neither",
    )

    @property
    def stripe_paths(self) -> list[str]:
        """The fields of a Stripe customer that a record is made of, beside those that every extract has."""
        places = [path for path in STRIPE_PATHS if path.startswith(("address.", "shipping."))]
        who = self.individual_when and self.individual_when.metadata
        return list(dict.fromkeys([*places, *NAMES, *([f"metadata.{who}"] if who else []), *self.mapping]))

    @field_validator("currency")
    @classmethod
    def _is_currency(cls, value: str | None) -> str | None:
        if value is not None and not _CURRENCY.fullmatch(value):
            raise wrong(f"expected the ISO code of a currency, such as EUR, found {value!r}")
        return value

    @field_validator("currencies")
    @classmethod
    def _are_currencies(cls, value: list[str]) -> list[str]:
        if not all(name.strip() for name in value):
            raise wrong("expected names of currencies, found an empty one")
        if len(set(value)) < len(value):
            raise wrong("expected each currency once")
        return value

    @field_validator("country")
    @classmethod
    def _is_country(cls, value: str | None) -> str | None:
        if value is not None and value not in COUNTRY_NAMES:
            raise wrong(f"expected the ISO code of a country, such as DE, found {value!r}")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> "Create":
        found = [*self._target_problems(), *self._path_problems(), *self._limit_problems(), *self._default_problems()]
        if found:
            (path, message), *others = found
            raise wrong(message, *path, others=others)
        return self

    def _target_problems(self) -> Iterator[Problem]:
        """What cannot be filled by `defaults` or `mapping`."""
        for name in self.defaults:
            yield from ((("defaults", name), why) for why in _why_not(name))
        targets = [target for target in self.mapping.values() if target is not None]
        for path, target in self.mapping.items():
            if target is not None:
                yield from ((("mapping", path), why) for why in _why_not(target))
                if targets.count(target) > 1:
                    yield ("mapping", path), f"{target} is filled from {targets.count(target)} paths; keep one of them"

    def _path_problems(self) -> Iterator[Problem]:
        for path, target in self.mapping.items():
            if not is_stripe_field(path, of_export=False):
                expected = "id, email, name, description, phone, a path such as address.city, or metadata.<key>"
                yield ("mapping", path), f"expected {expected}, found {path!r}"
            elif path == "id" and target is None:
                yield ("mapping", path), "null, but the Stripe id cannot be left out: it is what a record is found by"

    def _limit_problems(self) -> Iterator[Problem]:
        filled = {*SAFE_LENGTHS, *(target for target in self.mapping.values() if target is not None)}
        for name, limit in self.limits.items():
            if name not in filled:
                yield (
                    ("limits", name),
                    f"{name!r} is no field that is filled here; expected {', '.join(sorted(filled))}",
                )
            elif limit < 1:
                yield ("limits", name), f"expected a number of characters from 1 on, found {limit}"

    def _default_problems(self) -> Iterator[Problem]:
        for name, value in self.defaults.items():
            limit = self.limits.get(name, SAFE_LENGTHS.get(name))
            if name in STANDARD_FIELDS and value is not None and not isinstance(value, str):
                yield ("defaults", name), f"expected a text or null, found {value!r}; put it in quotes"
            elif isinstance(value, str) and not value.strip():
                yield ("defaults", name), "expected a value, found nothing; null leaves the field out"
            elif isinstance(value, str) and limit is not None and len(value) > limit:
                yield ("defaults", name), f"has {len(value)} characters, and {name} takes {limit}"


def _why_not(name: str) -> Iterator[str]:
    if not _FIELD_ID.fullmatch(name):
        yield f"expected the script id of a NetSuite field, such as custentity_region, found {name!r}"
    elif name in OWN_SETTINGS:
        yield f"{name} has a setting of its own: create.{OWN_SETTINGS[name]}"
    elif name in _LINKS:
        yield f"{name} holds the link to Stripe, and nothing else"
    elif name in _ADDRESS_FIELDS | _SUBLISTS:
        yield f"{name} belongs to the address book or to the list of currencies, which are filled from Stripe's address"
