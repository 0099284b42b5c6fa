"""Worlds of a customer or two, written in a line, and what matching says of one customer there."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from assets.matching import MatchSettings, Rule
from tests.assets.matching.oracle import Customer, Record, Verdict, World
from tests.assets.matching.worlds import START, matches_of

EMAIL = Rule("email", "email")
NAME = Rule("name", "company_name")
SETTINGS = MatchSettings((EMAIL, NAME))


def customer(id: str = "cus_1", *, minute: float = 0, **fields: str | None) -> Customer:  # noqa: A002
    named = {name.replace("metadata_", "metadata."): value for name, value in fields.items()}
    return Customer(id, START + timedelta(minutes=minute), named)


def record(
    internal_id: int,
    named: Mapping[str, str | None] = MappingProxyType({}),
    /,
    *,
    is_customer: bool = True,
    inactive: bool = False,
    **fields: str | None,
) -> Record:
    """A record with these fields; `named` are those whose names a test is given."""
    return Record(internal_id, is_customer, inactive, {**named, **fields})


def world(*members: Customer | Record, settings: MatchSettings = SETTINGS, **overrides: int | None) -> World:
    customers = [member for member in members if isinstance(member, Customer)]
    records = [member for member in members if isinstance(member, Record)]
    return World(customers, records, overrides, settings)


def verdict_of(world: World, id: str = "cus_1") -> Verdict:  # noqa: A002
    found = {row["stripe_customer_id"]: Verdict(**row) for row in matches_of(world).to_dicts()}
    assert list(found) == sorted(c.id for c in world.customers)
    return found[id]


def matched(record: int, evidence: str) -> Verdict:
    return Verdict("cus_1", "matched", record, evidence, 1, str(record), f"{evidence}: equal")


def linked(record: int, evidence: str, reason: str) -> Verdict:
    return Verdict("cus_1", "linked", record, evidence, 1, str(record), reason)
