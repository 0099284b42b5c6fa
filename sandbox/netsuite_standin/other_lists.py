"""Searches for what is no customer: currencies, and entities of whatever type by their external id."""

from collections.abc import Iterator, Sequence
from typing import Final

from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.filters import Json
from sandbox.netsuite_standin.world import World

TYPES: Final = frozenset({"currency", "entity"})
_FIRST_OTHER: Final = 9_000_000


def rows(world: World, kind: str, columns: Sequence[str], filters: Json) -> list[tuple[int, list[str]]]:
    """Give id and values of what is found. Only the one filter that this project uses is understood for each."""
    found = _currencies(world, filters) if kind == "currency" else _entities(world, filters)
    try:
        return [(number, [values[name] for name in columns]) for number, values in found]
    except KeyError as error:
        raise ScriptError("SSS_INVALID_SRCH_COL", f"There is no column {error} here.") from None


def _currencies(world: World, filters: Json) -> Iterator[tuple[int, dict[str, str]]]:
    if filters not in ([["isinactive", "is", "F"]], ["isinactive", "is", "F"]):
        raise ScriptError("SSS_INVALID_SRCH_FILTER", "Only active currencies can be asked for here.")
    for number, symbol in world.account.currencies.items():
        yield int(number), {"internalid": number, "symbol": symbol}


def _entities(world: World, filters: Json) -> Iterator[tuple[int, dict[str, str]]]:
    match filters:
        case [["externalidstring", "is", str(wanted)]]:
            pass
        case _:
            raise ScriptError("SSS_INVALID_SRCH_FILTER", "Entities can only be asked for by their external id here.")
    for customer in world.customers.values():
        if str(customer.values.get("externalid") or "").lower() == wanted.lower():
            yield customer.id, {"internalid": str(customer.id), "type": "CustJob"}
    for number, other in enumerate(sorted(world.others), _FIRST_OTHER):
        if other.lower() == wanted.lower():
            yield number, {"internalid": str(number), "type": "Contact"}
