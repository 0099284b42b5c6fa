"""A change: a row of a plan as an object. Everything that is ever written is one. Light on purpose: no polars, no SQL.

Its kind (`action`) decides how it is compared, written, read back and undone:

- `set`: a field of a record, from `old_value` to `new_value`;
- `append`: the word `new_value` into the text of a field;
- `create`: a whole new record, `values` as canonical JSON, found again by its key `new_value`;
- `clear`: a field of a record, from `old_value` to nothing, which an empty `new_value` says;
- `remove`: the word `new_value` out of the text of a field, where it is a line of its own.
"""

from dataclasses import dataclass, replace
from typing import Final

from schemas.words import Action, InternalId, StripeId, System

RECORD: Final = "record"
"""The field of a create: all of the record."""

REMOVALS: Final[frozenset[Action]] = frozenset({"clear", "remove"})
"""What takes a trace of ours away that a person decided against."""

VALUES: Final[frozenset[Action]] = frozenset({"set", "clear"})
"""What says which value a field is to hold, and which one it has to hold until then."""


@dataclass(frozen=True)
class Change:
    """One row of a plan (`schemas.plan.Plan`), without its reason.

    Attributes:
        record_id: null in a create, and where `record_from` names the create that makes the record.
        new_value: the value, the word, or a create's key; null where `value_from` names a create whose id is the value.
        stripe_customer_id: null where there is none yet.
        netsuite_internal_id: null where there is none yet.
        record_from: the create whose id is the record.
        value_from: the create whose id is the value.
        requires: further changes that have to stand first; null: those of its kind (`assets.write_back.readiness`).
        values: of a create, the record as canonical JSON.
    """

    change_id: str
    system: System
    record_id: str | None
    field: str
    action: Action
    old_value: str | None
    new_value: str | None
    stripe_customer_id: StripeId | None
    netsuite_internal_id: InternalId | None
    record_from: str | None = None
    value_from: str | None = None
    requires: tuple[str, ...] | None = None
    values: str | None = None

    @property
    def pair(self) -> tuple[StripeId | None, InternalId | None]:
        """The two customers that the change ties together."""
        return self.stripe_customer_id, self.netsuite_internal_id

    @property
    def references(self) -> tuple[str, ...]:
        """The creates whose ids this change needs."""
        return tuple(dict.fromkeys(create for create in (self.record_from, self.value_from) if create))

    @property
    def record(self) -> str:
        """What no two threads may write at once: the record, or the change itself while it has none."""
        return self.record_id or self.record_from or self.change_id

    def resolved(self, ids: dict[str, str]) -> "Change":
        """The same with the ids of the creates that it refers to.

        Raises:
            KeyError: one of them has none.
        """
        if not self.references:
            return self
        record = ids[self.record_from] if self.record_from else self.record_id
        value = ids[self.value_from] if self.value_from else self.new_value
        return replace(self, record_id=record, new_value=value)
