"""N/search for customers: saved searches, and rows in the string form that NetSuite gives them."""

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sandbox.netsuite_standin.filters import DATE_FORMATS, Condition, Json, compiled
from sandbox.netsuite_standin.options import Options
from sandbox.netsuite_standin.world import STRIPE_FIELD, Customer, Value, World


@dataclass(frozen=True)
class Column:
    """One column of a search. `label` is the custom label, which may be missing; `kind` is text, select or so."""

    name: str
    label: str | None = None
    join: str | None = None
    kind: str = "text"
    summary: str | None = None
    formula: str | None = None


@dataclass(frozen=True)
class SavedSearch:
    """A saved search: an id, columns, and the criteria as a filter expression."""

    id: str = "customsearch_tieout"
    columns: tuple[Column, ...] = ()
    filters: tuple[Json, ...] = ()
    record_type: str = "customer"


@dataclass(frozen=True)
class Row:
    """One result: the id, and of each column the value and the text shown (`None` unless it is a select)."""

    id: int
    values: list[str | bool]
    texts: list[str | None]


STANDARD_COLUMNS = (
    Column("internalid", "Internal ID", kind="select"),
    Column("externalid", "External ID"),
    Column(STRIPE_FIELD, "Stripe Customer Id"),
    Column("comments", "Comments", kind="textarea"),
    Column("email", "Email", kind="email"),
    Column("companyname", "Company Name"),
    Column("phone", "Phone", kind="phone"),
    Column("stage", "Stage", kind="select"),
    Column("isinactive", "Inactive", kind="checkbox"),
)
"""What docs/netsuite.md asks the administrator to put into the saved search, in that order."""


def rows(
    world: World,
    options: Options,
    columns: Sequence[Column],
    filters: Json,
    order: str | None = "ASC",
    start: int = 0,
) -> Iterator[Row]:
    """Give the rows of a search from the one at `start` on, in an `order` of internal ids (ASC, DESC) or in none."""
    ids, conditions = _asked(world, options, filters, order)
    is_joined = any(c.join == "contact" for c in columns)
    if not is_joined and not conditions:
        ids, start = ids[start:], 0
    customers = _meeting(world, ids, conditions)
    found = ((customer, contact) for customer in customers for contact in (is_joined and customer.contacts) or ("",))
    for customer, contact in islice(found, start, None):
        yield _row(customer, contact, columns, options)


def matching(world: World, options: Options, filters: Json, order: str | None = "ASC") -> Iterator[Customer]:
    """Give the customers that meet a filter expression: up or down their internal ids, or scattered.

    A search without a sort has no order that is documented; a script that counts on one is to fail.
    """
    return _meeting(world, *_asked(world, options, filters, order))


def count(world: World, options: Options, columns: Sequence[Column], filters: Json) -> int:
    """Count the rows of a search without making them."""
    ids, conditions = _asked(world, options, filters)
    if any(c.join == "contact" for c in columns):
        return sum(max(1, len(customer.contacts)) for customer in _meeting(world, ids, conditions))
    return sum(1 for _ in _meeting(world, ids, conditions)) if conditions else len(ids)


def _asked(
    world: World, options: Options, filters: Json, order: str | None = "ASC"
) -> tuple[list[int], list[Condition]]:
    """The internal ids that a filter expression leaves, in their order, and what their customers must meet besides."""
    found = compiled(filters, world, options)
    ids = sorted(world.customers)
    first = bisect.bisect_right(ids, found.low)
    last = len(ids) if found.high is None else bisect.bisect_right(ids, found.high)
    wanted = ids[first:last]
    if order is None:
        wanted.sort(key=lambda number: number * 2_654_435_761 % 2**32)
    elif order == "DESC":
        wanted.reverse()
    return wanted, found.conditions


def _meeting(world: World, ids: Iterable[int], conditions: Sequence[Condition]) -> Iterator[Customer]:
    for number in ids:
        customer = world.customers[number]
        if all(condition(customer) for condition in conditions):
            yield customer


def as_date(value: datetime, options: Options) -> str:
    """Write a moment as a date of the account's preference, without leading zeros where it has none."""
    text = value.strftime(DATE_FORMATS[options.date_format])
    if options.date_format == "YYYY-MM-DD":
        return text
    mark = "/" if "/" in text else "."
    return mark.join(part.lstrip("0") for part in text.split(mark))


def _row(customer: Customer, contact: str, columns: Sequence[Column], options: Options) -> Row:
    cells = [_cell(customer, contact, column, options) for column in columns]
    return Row(customer.id, [value for value, _ in cells], [text for _, text in cells])


def _cell(customer: Customer, contact: str, column: Column, options: Options) -> tuple[str | bool, str | None]:
    if column.join == "contact":
        return contact, None
    if column.formula is not None:
        return _cut(_formula(customer, column.formula), options.search_cut), None
    if column.name == "internalid":
        return str(customer.id), str(customer.id)
    if column.name == "lastmodifieddate":
        return as_date(customer.modified, options), None
    return _shown(customer.values.get(column.name), column, options)


def _shown(value: Value, column: Column, options: Options) -> tuple[str | bool, str | None]:
    if column.kind == "checkbox":
        return bool(value) if options.booleans == "boolean" else ("T" if value else "F"), None
    text = "" if value is None else str(value)
    if column.kind == "select":
        return text, options.stage_texts.get(text, text) if column.name == "stage" else text
    return _cut(text, options.search_cut), None


def _cut(text: str, most: int) -> str:
    """NetSuite cuts the text of a search result at 4,000 bytes (O:section_N3352288)."""
    if len(text) * 4 <= most:
        return text
    return text.encode()[:most].decode(errors="ignore")


def _formula(customer: Customer, formula: str) -> str:
    text = formula
    for name, value in customer.values.items():
        text = text.replace("{" + name + "}", "" if value is None else str(value))
    return text
