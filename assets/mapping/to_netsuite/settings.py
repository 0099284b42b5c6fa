"""What a declaration says about new NetSuite customers, and nothing of how they are made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from assets.mapping.to_netsuite.countries import country_code
from assets.no_values import PLACEHOLDERS
from schemas.customer_fields import SAFE_LENGTHS
from schemas.declaration.creation import Constant, Create
from schemas.link_fields import LinkField, fields_of


def standard_links() -> dict[LinkField, str]:
    """The link fields that every account has, with their script ids."""
    return {field: field.script_id for field in fields_of("netsuite") if field.setting is None}


@dataclass(frozen=True)
class IndividualWhen:
    """Who is an individual and not a company (C7): whose metadata hold this value, or with no key everybody."""

    metadata: str | None = None
    equals: str = "true"


@dataclass(frozen=True)
class CreateSettings:
    """The settings of new records, each with what the published connector does as its default.

    Attributes:
        subsidiary: its internal id (C13); none where an account has one company only.
        entity_id: the name, the Stripe id, or what the account's auto-numbering gives (C3).
        individual_when: who is an individual; by default nobody (C7).
        entity_status: internal id of the status; none takes the account's.
        custom_form: internal id of the form; none takes the account's.
        currency: ISO code of the primary currency; none takes the subsidiary's.
        country: ISO code for addresses without a country; none takes the account's (C10).
        email_fallback: what stands for an e-mail that is not there (C4).
        defaults: field → constant, where nothing is mapped to it; None leaves the field out (C11).
        mapping: Stripe path → field, which goes before defaults; None keeps the path out of the standard mapping.
        limits: field → characters, beside `SAFE_LENGTHS` or instead.
        links: the fields that say whose record it is, with the script id of each; a record is known by its external id.
        no_value: keys of placeholders, which are no values.
    """

    subsidiary: int | None = None
    entity_id: Literal["name", "stripe_id", "auto"] = "name"
    individual_when: IndividualWhen | None = None
    entity_status: int | None = None
    custom_form: int | None = None
    currency: str | None = None
    country: str | None = None
    email_fallback: Literal["stripe_id", "none"] = "stripe_id"
    defaults: Mapping[str, Constant | None] = field(default_factory=dict)
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    links: Mapping[LinkField, str] = field(default_factory=standard_links)
    no_value: frozenset[str] = PLACEHOLDERS

    @classmethod
    def of(
        cls, create: Create, links: Mapping[LinkField, str], no_value: frozenset[str] = PLACEHOLDERS
    ) -> "CreateSettings":
        """The settings of the block `create` of a declaration, with what its other blocks say of link fields."""
        who = create.individual_when
        return cls(
            subsidiary=create.subsidiary,
            entity_id=create.entity_id,
            individual_when=None if who is None else IndividualWhen(who.metadata, who.equals),
            entity_status=create.entity_status,
            custom_form=create.custom_form,
            currency=create.currency,
            country=country_code(create.country),
            email_fallback=create.email_fallback,
            defaults=create.defaults,
            mapping=create.mapping,
            limits=create.limits,
            links=links,
            no_value=no_value,
        )

    def limit(self, name: str) -> int | None:
        """How many characters a field takes, as far as that is known."""
        return self.limits.get(name, SAFE_LENGTHS.get(name))

    @property
    def mapped_fields(self) -> list[str]:
        """The fields that something is mapped to."""
        return sorted({target for target in self.mapping.values() if target is not None})

    def is_used(self, path: str) -> bool:
        """Whether the standard mapping may read a Stripe path; a part of the card's address as of the customer's."""
        own = path.removeprefix("card.")
        return self.mapping.get(own, own) is not None

    def paths_to(self, name: str) -> list[str]:
        """The Stripe paths that are mapped to a field, in their order."""
        return [path for path, target in self.mapping.items() if target == name]
