"""What of a plan a declaration allows."""

from dataclasses import dataclass, field

from assets.mapping.to_netsuite import CreateSettings, Trial, global_trial, trials
from assets.matching import MatchSettings
from assets.matching.customer_matches import match_settings
from assets.matching.to_stripe_settings import ToStripeSettings
from assets.no_values import BY_FORM, PLACEHOLDERS, nobody_of, placeholders_of
from schemas.declaration import Declaration
from schemas.declaration.creation import PAID_COLUMNS
from schemas.link_fields import LINK_FIELDS, LinkField, fields_of

ALL_FIELDS = frozenset(field.name for field in LINK_FIELDS)


@dataclass(frozen=True)
class PlanSettings:
    """Which link fields may be written, and for whom.

    Attributes:
        fields: names of the fields that may be written.
        doubted: for pairs that are doubted, too (`on_doubt: note`).
        no_value: keys of placeholders; a field that holds one is empty.
        create: how new records are made; None: none are.
        makes_global: the only new record is the one that stands for all customers without one (`on_none: global`).
        to_stripe: how customers of NetSuite come to Stripe; None: they do not.
        matching: by which values customers are equal.
        who_paid: columns of Stripe customers that tell who has paid, for only those get a record; none: everybody does.
    """

    fields: frozenset[str] = ALL_FIELDS
    doubted: bool = True
    no_value: frozenset[str] = PLACEHOLDERS
    create: CreateSettings | None = None
    makes_global: bool = False
    to_stripe: ToStripeSettings | None = None
    matching: MatchSettings = field(default_factory=lambda: MatchSettings(()))
    who_paid: tuple[str, ...] = ()

    @classmethod
    def of(cls, declaration: Declaration) -> "PlanSettings":
        """What a declaration allows; by default, all of Stripe's and whatever it maps of NetSuite's."""
        of_netsuite = {field.name for field in fields_of("netsuite") if _is_allowed(field, declaration)}
        return cls(
            fields=frozenset({field.name for field in fields_of("stripe")} | of_netsuite),
            doubted=declaration.on_doubt == "note",
            no_value=placeholders_of(declaration),
            create=_create_settings(declaration),
            makes_global=declaration.on_none == "global",
            to_stripe=ToStripeSettings.of(declaration),
            matching=match_settings(declaration),
            who_paid=_who_paid(declaration),
        )

    @property
    def trials(self) -> list[Trial]:
        """The kinds of new records that a plan may hold."""
        if self.create is None:
            return []
        return [global_trial(self.create)] if self.makes_global else trials(self.create)

    @property
    def makes_each(self) -> bool:
        """Whether each customer without a record gets one of its own (`on_none: create`)."""
        return self.create is not None and not self.makes_global

    @property
    def new_by_key_alone(self) -> bool:
        """Whether new records say only by their external id whose they are."""
        return self.makes_global or (self.create is not None and not any(f.names_owner for f in self.create.links))

    @property
    def written(self) -> tuple[LinkField, ...]:
        """The fields that may be written, in the order of the evidence."""
        return tuple(field for field in LINK_FIELDS if field.name in self.fields)


def _create_settings(declaration: Declaration) -> CreateSettings | None:
    if not declaration.makes_customers:
        return None
    written = [field for field in fields_of("netsuite") if field.unique_in_account or _is_allowed(field, declaration)]
    links = {field: field.field_id(declaration.netsuite) for field in written}
    # Nobody is called `{{name}}`; `unknown` may be what stands in Stripe, and is copied.
    no_value = placeholders_of(declaration) | (nobody_of(declaration) & {BY_FORM})
    return CreateSettings.of(declaration.creation, links, no_value)


def _who_paid(declaration: Declaration) -> tuple[str, ...]:
    """An export tells it by its columns; over the API nothing here does."""
    create = declaration.create
    is_each = declaration.is_by_hand and declaration.on_none == "create"
    is_asked = is_each and create is not None and create.when == "first_transaction"
    return PAID_COLUMNS if is_asked else ()


def _is_allowed(field: LinkField, declaration: Declaration) -> bool:
    return field.name in declaration.netsuite_fields and declaration.writes.may_write(field.name) is not False
