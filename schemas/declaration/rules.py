"""One matching rule as it is declared: which fields of both sides are compared, and as what.

A side is one field, several that must all be equal, or several that are read as one text (`first + last`).
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

import dagster as dg
from pydantic import Field, create_model, field_validator, model_validator

from schemas.country_names import COUNTRY_NAMES
from schemas.declaration.one_or_several import OneOrSeveral
from schemas.declaration.part import DeclaredPart
from schemas.declaration.problems import wrong
from schemas.rule_kinds import AS_IT_IS, RULE_KINDS

STRIPE_FIELDS: Final = ("id", "email", "name", "description", "phone")
"""What every extract of Stripe customers has."""

STRIPE_PATHS: Final = {
    **{
        f"{owner}address.{path}": tuple(f"{shown}Address {label}" for label in labels)
        for owner, shown in (("", ""), ("shipping.", "Shipping "))
        for path, labels in {
            "line1": ("Line1", "Line 1"),
            "line2": ("Line2", "Line 2"),
            "city": ("City",),
            "state": ("State",),
            "postal_code": ("Postal Code", "Zip"),
            "country": ("Country",),
        }.items()
    },
    "shipping.name": ("Shipping Name",),
    "shipping.phone": ("Shipping Phone",),
    "business_name": ("Business Name",),
    "individual_name": ("Individual Name",),
    "currency": ("Currency",),
    "tax_exempt": ("Tax Exempt",),
}
"""Further fields of a customer by their path in Stripe's API, and the labels that an export may give them."""

CARD_PATHS: Final = {
    f"card.{path}": tuple(f"Card {label}" for label in labels)
    for path, labels in STRIPE_PATHS.items()
    if path.startswith("address.")
}
"""The address of the card, which the Dashboard's export has beside the customer's own."""

EXPORT_PATHS: Final = {"tax_id": ("Tax ID", "Tax IDs", "Business Vat ID"), **CARD_PATHS}
"""Fields that an export may have and that the API's list of customers has not."""

_METADATA = re.compile(r"metadata\.[^\[\]]{1,40}")
_LABEL = re.compile(r"[^a-z0-9_.\-]")  # a label of the Dashboard has a capital letter or a blank in it
_TOGETHER = " + "


def columns_of(part: str) -> tuple[str, ...]:
    """The columns that a part of a side is read from: one, or those that are read as one text.

    >>> columns_of("email"), columns_of("first + last")
    (('email',), ('first', 'last'))
    """
    return tuple(part.split(_TOGETHER))


def is_stripe_field(name: str, *, of_export: bool) -> bool:
    """Whether a rule may name this field of Stripe's side; in an export any label of a column is one."""
    known = name in STRIPE_FIELDS or name in STRIPE_PATHS or _METADATA.fullmatch(name) is not None
    return known or (of_export and (name in EXPORT_PATHS or _is_label(name)))


LABELLED_FIELDS: Final = f"id, created, {', '.join(STRIPE_FIELDS[1:])}, metadata.<key> or a path such as address.city"
"""What has a label in a Stripe export, in words."""


def has_label(field: str) -> bool:
    """Whether a field of Stripe's side has a label in an export."""
    return field in {"created", *STRIPE_FIELDS, *STRIPE_PATHS, *EXPORT_PATHS} or _METADATA.fullmatch(field) is not None


def _is_label(name: str) -> bool:
    return _LABEL.search(name) is not None and not name.startswith("metadata.")


class _RulePair(DeclaredPart, dg.Resolvable):
    """One matching rule: what must be equal on both sides, whole (M1).

    A list on both sides asks for all of its fields at once; `first + last` reads two fields as one text.
    """

    stripe: OneOrSeveral = Field(
        description="id, email, name, description, phone, metadata.<key>, a path such as address.postal_code, or the "
        "label of a column of the export; a list: all of them"
    )
    netsuite: OneOrSeveral = Field(description="any name in netsuite_fields; a list: all of them, in Stripe's order")
    country: str | None = Field(
        None, description="as: phone: the country of numbers without a country code, such as US"
    )
    separators: str = Field("", description="characters that part several values in one field; one equal one is enough")

    @field_validator("stripe", "netsuite")
    @classmethod
    def _has_parts(cls, value: list[str]) -> list[str]:
        if not value or not all(column.strip() for part in value for column in columns_of(part)):
            raise wrong("expected the name of a field, or a list of names, found nothing")
        return value

    @field_validator("country")
    @classmethod
    def _is_country(cls, value: str | None) -> str | None:
        if value is not None and value not in COUNTRY_NAMES:
            raise wrong(f"expected the ISO code of a country in capital letters, such as US or GB, found {value!r}")
        return value

    @field_validator("separators")
    @classmethod
    def _are_separators(cls, value: str) -> str:
        if any(character.isalnum() or character in "@." for character in value):
            raise wrong(f"expected characters that part values, such as ';,', found {value!r}")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> "_RulePair":
        if len(self.stripe) != len(self.netsuite):
            raise wrong(f"compares {len(self.stripe)} fields with {len(self.netsuite)}; name as many on both sides")
        if self.separators and len(self.stripe) > 1:
            raise wrong("goes with a rule of one field on each side", "separators")
        if self.country and not RULE_KINDS[self.kind].takes_country:
            takers = " or ".join(kind.name for kind in RULE_KINDS.values() if kind.takes_country)
            raise wrong(f"goes with as: {takers}, and with nothing else", "country")
        return self

    @property
    def kind(self) -> str:
        """What the rule says under `as`, which is no name that Python could write."""
        kind: str = getattr(self, "as")
        return kind

    @property
    def stripe_columns(self) -> tuple[str, ...]:
        """The fields of Stripe's side."""
        return tuple(column for part in self.stripe for column in columns_of(part))

    @property
    def netsuite_columns(self) -> tuple[str, ...]:
        """The fields of NetSuite's side."""
        return tuple(column for part in self.netsuite for column in columns_of(part))


if TYPE_CHECKING:

    class RulePair(_RulePair):
        """One matching rule."""
else:
    RulePair = create_model(
        "RulePair",
        __base__=_RulePair,
        __module__=__name__,
        __doc__=_RulePair.__doc__,
        **{
            "as": (
                Literal[tuple(RULE_KINDS)],  # so that a word that is none of them is told with all that are
                Field(
                    AS_IT_IS.name, description="; ".join(f"{kind.name}: {kind.says}" for kind in RULE_KINDS.values())
                ),
            )
        },
    )


def stripe_columns(rules: list[RulePair]) -> Iterator[str]:
    """The fields of Stripe's side that rules compare, each once."""
    yield from dict.fromkeys(column for rule in rules for column in rule.stripe_columns)


def netsuite_columns(rules: list[RulePair]) -> Iterator[str]:
    """The fields of NetSuite's side that rules compare, each once."""
    yield from dict.fromkeys(column for rule in rules for column in rule.netsuite_columns)
