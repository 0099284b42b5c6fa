"""The filter expressions of a saved search, as far as this project needs them; another one is an error, not ignored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.options import Options
from sandbox.netsuite_standin.world import Customer, World

Json = str | int | float | bool | None | Sequence["Json"] | dict[str, "Json"]
Condition = Callable[[Customer], bool]
DEEPEST = 3
"""Levels of a filter expression."""

DATE_FORMATS = {"M/D/YYYY": "%m/%d/%Y", "D.M.YYYY": "%d.%m.%Y", "YYYY-MM-DD": "%Y-%m-%d"}


@dataclass
class Found:
    """A filter expression, compiled: a range of internal ids, and what a customer must meet besides."""

    low: int = 0
    high: int | None = None
    conditions: list[Condition] = field(default_factory=list)

    def takes(self, customer: Customer) -> bool:
        """Say whether a customer meets it."""
        is_within = self.low < customer.id and (self.high is None or customer.id <= self.high)
        return is_within and all(condition(customer) for condition in self.conditions)


def compiled(filters: Json, world: World, options: Options) -> Found:
    """What a filter expression asks. Raises ScriptError for one that is not understood."""
    found = Found()
    _compile(filters, found, world, options)
    return found


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
