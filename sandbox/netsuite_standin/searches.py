"""N/search for customers: saved searches, filter expressions, and rows in the string form that NetSuite gives them.

Only the filters that a customer search of this project needs are understood; another one is an error, not ignored.
"""

import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice

from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.options import Options
from sandbox.netsuite_standin.world import STRIPE_FIELD, Customer, Value, World

Json = str | int | float | bool | None | Sequence["Json"] | dict[str, "Json"]


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

DEEPEST = 3
"""Levels of a filter expression."""

DATE_FORMATS = {"M/D/YYYY": "%m/%d/%Y", "D.M.YYYY": "%d.%m.%Y", "YYYY-MM-DD": "%Y-%m-%d"}


@dataclass
class Found:
    """A filter expression, compiled: a range of internal ids, and what a customer must meet besides."""

    low: int = 0
    high: int | None = None
    conditions: list[Callable[[Customer], bool]] = field(default_factory=list)

    def takes(self, customer: Customer) -> bool:
        """Say whether a customer meets it."""
        is_within = self.low < customer.id and (self.high is None or customer.id <= self.high)
        return is_within and all(condition(customer) for condition in self.conditions)


def rows(
    world: World,
    options: Options,
    columns: Sequence[Column],
    filters: Json,
    order: str | None = "ASC",
    start: int = 0,
) -> Iterator[Row]:
    """Give the rows of a search from the one at `start` on, in an `order` of internal ids (ASC, DESC) or in none."""
    customers = matching(world, options, filters, order)
    is_joined = any(c.join == "contact" for c in columns)
    found = ((customer, contact) for customer in customers for contact in (is_joined and customer.contacts) or ("",))
    for customer, contact in islice(found, start, None):
        yield _row(customer, contact, columns, options)


def matching(world: World, options: Options, filters: Json, order: str | None = "ASC") -> Iterator[Customer]:
    """Give the customers that meet a filter expression: up or down their internal ids, or scattered.

    A search without a sort has no order that is documented; a script that counts on one is to fail.
    """
    found = Found()
    _compile(filters, found, world, options)
    ids = sorted(world.customers)
    first = bisect.bisect_right(ids, found.low)
    last = len(ids) if found.high is None else bisect.bisect_right(ids, found.high)
    wanted = ids[first:last]
    if order is None:
        wanted.sort(key=lambda number: number * 2_654_435_761 % 2**32)
    for number in reversed(wanted) if order == "DESC" else wanted:
        customer = world.customers[number]
        if all(condition(customer) for condition in found.conditions):
            yield customer


def count(world: World, options: Options, columns: Sequence[Column], filters: Json) -> int:
    """Count the rows of a search without making them."""
    customers = matching(world, options, filters)
    if any(c.join == "contact" for c in columns):
        return sum(max(1, len(customer.contacts)) for customer in customers)
    return sum(1 for _ in customers)


def as_date(value: datetime, options: Options) -> str:
    """Write a moment as a date of the account's preference, without leading zeros where it has none."""
    text = value.strftime(DATE_FORMATS[options.date_format])
    if options.date_format == "YYYY-MM-DD":
        return text
    mark = "/" if "/" in text else "."
    return mark.join(part.lstrip("0") for part in text.split(mark))


def _compile(filters: Json, found: Found, world: World, options: Options, depth: int = 0) -> None:
    if not isinstance(filters, list | tuple) or not filters:
        return
    if depth > DEEPEST:
        raise _not_understood("nested too deep")
    if isinstance(filters[0], str):
        _term(filters, found, world, options)
        return
    words = {part.lower() for part in filters if isinstance(part, str)}
    parts = [part for part in filters if not isinstance(part, str)]
    if words == {"or"}:
        ways = [Found() for _ in parts]
        for part, way in zip(parts, ways, strict=True):
            _compile(part, way, world, options, depth + 1)
        found.conditions.append(lambda c: any(way.takes(c) for way in ways))
    elif words - {"and"}:
        raise _not_understood(" and ".join(sorted(words)))
    else:
        for part in parts:
            _compile(part, found, world, options, depth + 1)


def _term(term: Sequence[Json], found: Found, world: World, options: Options) -> None:
    name, operator, *rest = term
    operands = [o for r in rest for o in (r if isinstance(r, list | tuple) else [r])]
    match name, operator:
        case "internalidnumber", "greaterthan":
            found.low = max(found.low, int(str(operands[0])))
        case "internalidnumber", "lessthanorequalto":
            high = int(str(operands[0]))
            found.high = high if found.high is None else min(found.high, high)
        case "internalid", "anyof":
            wanted = {int(str(o)) for o in operands}
            found.conditions.append(lambda c: c.id in wanted)
        case "internalid", "noneof":
            unwanted = {int(str(o)) for o in operands}
            found.conditions.append(lambda c: c.id not in unwanted)
        case "externalidstring", "is":
            held = str(operands[0]).lower()
            found.conditions.append(lambda c: str(c.values.get("externalid") or "").lower() == held)
        case "lastmodifieddate", "onorafter":
            since = _date(str(operands[0]), options)
            found.conditions.append(lambda c: c.modified.astimezone(UTC).date() >= since)
        case ("stage" | "subsidiary") as field_id, "anyof":
            texts = {str(o) for o in operands}
            found.conditions.append(lambda c: c.values.get(str(field_id)) in texts)
        case str(field_id), "is" if field_id in _checkboxes(world):
            ticked = operands[0] == "T"
            found.conditions.append(lambda c: bool(c.values.get(field_id)) == ticked)
        case str(field_id), "is" if field_id in world.custom_fields:
            value = str(operands[0]).lower()
            found.conditions.append(lambda c: str(c.values.get(field_id) or "").lower() == value)
        case _:
            raise _not_understood(f"{name} {operator}")


def _checkboxes(world: World) -> set[str]:
    return {"isinactive"} | {name for name in world.custom_fields if world.custom_kinds.get(name) == "checkbox"}


def _date(text: str, options: Options) -> date:
    try:
        return datetime.strptime(text, DATE_FORMATS[options.date_format]).date()  # noqa: DTZ007  a date has no zone
    except ValueError as error:
        raise ScriptError("INVALID_DATE", f"Invalid date value (must be {options.date_format})") from error


def _not_understood(what: str) -> ScriptError:
    message = f"An nlobjSearchFilter contains invalid search criteria: {what}."
    return ScriptError("SSS_INVALID_SRCH_FILTER", message)


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
