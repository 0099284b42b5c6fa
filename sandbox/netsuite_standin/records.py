"""N/record for customers: load, submit fields, and the rules that a save must pass (lengths, uniqueness, locks, ...).

What besides holds for new ones is in `new_customers`.

Error codes and texts are those of Oracle's list of error codes. What is not a field of the record is ignored by a
save without a word, as NetSuite does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.world import PORTAL_LINK, SYNC_ANSWER, Customer, Value, World

INLINE_FIELDS = frozenset({"entityid", "companyname", "phone", "comments", "isinactive", "isperson"})
"""The standard fields that can be edited in a list, and so by `submitFields`; custom fields can as well."""

STANDARD_FIELDS = INLINE_FIELDS | {
    "currency",
    "customform",
    "email",
    "entitystatus",
    "externalid",
    "firstname",
    "lastname",
    "stage",
    "subsidiary",
}
KINDS: Mapping[str, str] = {
    "comments": "textarea",
    "currency": "select",
    "customform": "select",
    "email": "email",
    "entitystatus": "select",
    "isinactive": "checkbox",
    "phone": "phone",
    "stage": "select",
    "subsidiary": "select",
}
"""What a standard field holds, if not plain text."""

READ_ONLY = frozenset({"stage"})
LENGTHS: Mapping[str, int] = {
    "comments": 4_000,
    "companyname": 83,
    "email": 254,
    "entityid": 80,
    "firstname": 32,
    "lastname": 32,
    "phone": 32,
    SYNC_ANSWER: 4_000,
    PORTAL_LINK: 999,
}
CUSTOM_FIELD_LENGTH = 300
LABELS: Mapping[str, str] = {
    "companyname": "Company Name",
    "entityid": "Customer ID",
    "firstname": "First Name",
    "lastname": "Last Name",
}


@dataclass(frozen=True)
class Loaded:
    """What a script holds after a load: the values of that moment, and the version they belong to."""

    id: int
    version: int
    values: Mapping[str, Value]
    created: datetime
    modified: datetime
    addresses: Sequence[Mapping[str, Value]]
    currencies: Sequence[str]


def load(world: World, internal_id: int) -> Loaded:
    """Load one customer. Raises `ScriptError` RCRD_DSNT_EXIST."""
    with world.lock:
        customer = existing(world, internal_id)
        lines = [dict(line) for line in customer.addresses]
        values = dict(customer.values)
        moments = (customer.created, customer.modified)
        return Loaded(customer.id, customer.version, values, *moments, lines, list(customer.currencies))


def fields(world: World) -> frozenset[str]:
    """Say which fields a customer has."""
    return STANDARD_FIELDS | world.custom_fields


def kind(world: World, name: str) -> str:
    """Say what a field holds, as `Field.type` does."""
    return KINDS.get(name) or world.custom_kinds.get(name, "text")


def save(world: World, loaded: Loaded, changes: Mapping[str, Value], *, ignore_mandatory: bool) -> None:
    """Save changed values of a loaded record. Raises `ScriptError` with the code of the first rule that is broken."""
    with world.lock:
        customer = existing(world, loaded.id)
        if customer.version != loaded.version:
            raise ScriptError("RCRD_HAS_BEEN_CHANGED", "Record has been changed")
        known = {name: value for name, value in changes.items() if name in fields(world)}
        check_refusals(world, customer, known)
        _check_read_only(customer, known)
        check_lengths(known)
        check_entity_id(world, customer, known)
        check_external_id(world, customer, known)
        if not ignore_mandatory:
            _check_mandatory(world, customer, known)
        world.commit(customer, {name: None if value == "" else value for name, value in known.items()})


def submit(world: World, internal_id: int, values: Mapping[str, Value]) -> None:
    """Save fields without a load, and so whatever the version is. Only those that can be edited in a list.

    What NetSuite says to another field is not documented; here it is refused, which is the stricter reading.
    """
    with world.lock:
        others = sorted(set(values) - INLINE_FIELDS - world.custom_fields)
        if others:
            raise ScriptError("USER_ERROR", f"The field {others[0]} cannot be edited inline.")
        save(world, load(world, internal_id), values, ignore_mandatory=True)


def existing(world: World, internal_id: int) -> Customer:
    """Give a customer. Raises `ScriptError` RCRD_DSNT_EXIST."""
    customer = world.customers.get(internal_id)
    if customer is None:
        raise ScriptError("RCRD_DSNT_EXIST", "That record does not exist.")
    return customer


def check_refusals(world: World, customer: Customer, changes: Mapping[str, Value]) -> None:
    """Raise what scripts and workflows of the account refuse."""
    for name in (None, *changes):
        if (customer.id, name) in world.refusals:
            raise ScriptError(*world.refusals[customer.id, name])


def _check_read_only(customer: Customer, changes: Mapping[str, Value]) -> None:
    for name in sorted(READ_ONLY & set(changes)):
        if changes[name] != customer.values.get(name):
            raise ScriptError("USER_ERROR", f"You do not have permissions to set a value for element {name}.")


def check_entity_id(world: World, customer: Customer, changes: Mapping[str, Value]) -> None:
    """Raise UNIQUE_CUST_ID_REQD if another customer has the entity id."""
    wanted = str(changes.get("entityid") or "").casefold()
    others = (str(c.values.get("entityid")).casefold() for c in world.customers.values() if c is not customer)
    if wanted and wanted in others:
        raise ScriptError(
            "UNIQUE_CUST_ID_REQD",
            "A customer record with this ID already exists. You must enter a unique customer ID for each record you "
            "create.",
        )


def check_lengths(changes: Mapping[str, Value], lengths: Mapping[str, int] = LENGTHS) -> None:
    """Raise EXCEEDED_MAX_FIELD_LENGTH for a text that does not fit."""
    for name, value in changes.items():
        most = lengths.get(name, CUSTOM_FIELD_LENGTH)
        if isinstance(value, str) and len(value) > most:
            raise ScriptError(
                "EXCEEDED_MAX_FIELD_LENGTH",
                f"The field {name} contained more than the maximum number ( {most} ) of characters allowed.",
            )


def check_external_id(world: World, customer: Customer, changes: Mapping[str, Value]) -> None:
    """Raise DUP_RCRD if another entity has the external id."""
    wanted = changes.get("externalid")
    if isinstance(wanted, str) and wanted and world.has_external_id(wanted, customer):
        raise ScriptError("DUP_RCRD", "This record already exists")


def _check_mandatory(world: World, customer: Customer, changes: Mapping[str, Value]) -> None:
    values = {**customer.values, **changes}
    named = {"firstname", "lastname"} if values.get("isperson") else {"companyname"}
    missing = [
        LABELS.get(name, name) for name in sorted({"entityid"} | named | world.mandatory) if not values.get(name)
    ]
    if missing:
        raise ScriptError("USER_ERROR", f"Please enter value(s) for: {', '.join(missing)}")
