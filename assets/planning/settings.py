"""What of a plan a declaration allows."""

from dataclasses import dataclass

from assets.mapping.to_netsuite import CreateSettings
from assets.no_values import PLACEHOLDERS, placeholders_of
from schemas.declaration import Declaration
from schemas.declaration.creation import PAID_COLUMNS
from schemas.link_fields import BY_NAME, LINK_FIELDS, LinkField, fields_of

ALL_FIELDS = frozenset(BY_NAME)


@dataclass(frozen=True)
class PlanSettings:
    """Which link fields may be written, and for whom.

    Attributes:
        fields: names of the fields that may be written.
        doubted: for pairs that are doubted, too (`on_doubt: note`).
        no_value: keys of placeholders; a field that holds one is empty.
        create: how new records are made; None: none are.
        who_paid: columns of Stripe customers that tell who has paid, for only those get a record; none: everybody does.
    """

    fields: frozenset[str] = ALL_FIELDS
    doubted: bool = True
    no_value: frozenset[str] = PLACEHOLDERS
    create: CreateSettings | None = None
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
            who_paid=_who_paid(declaration),
        )

    @property
    def written(self) -> tuple[LinkField, ...]:
        """The fields that may be written, in the order of the evidence."""
        return tuple(field for field in LINK_FIELDS if field.name in self.fields)


def _create_settings(declaration: Declaration) -> CreateSettings | None:
    if declaration.on_none != "create" or declaration.create is None:
        return None
    allowed = {field.name: field for field in fields_of("netsuite") if _is_allowed(field, declaration)}
    stripe_id = allowed.get("stripe_id")
    return CreateSettings.of(
        declaration.create,
        None if stripe_id is None else stripe_id.field_id(declaration.netsuite),
        comments="comments" in allowed,
        no_value=placeholders_of(declaration),
    )


def _who_paid(declaration: Declaration) -> tuple[str, ...]:
    """An export tells it by its columns; over the API nothing here does."""
    create = declaration.create
    is_asked = declaration.is_by_hand and create is not None and create.when == "first_transaction"
    return PAID_COLUMNS if is_asked else ()


def _is_allowed(field: LinkField, declaration: Declaration) -> bool:
    return field.name in declaration.netsuite_fields and declaration.writes.may_write(field.name) is not False
