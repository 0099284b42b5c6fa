"""N/record for new customers: what NetSuite fills in, what it refuses, which stage follows, and what can be deleted.

Where the documentation leaves room, `account` says how this account is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.netsuite_standin import forms, records
from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.world import Customer, Value, World

NEW = 0
"""The internal id that `World.refuse` takes for customers that are not saved yet."""

_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EA EC EE EG EH ER ES ET FI FJ FK FM
    FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IC ID IE IL IM IN IO IQ IR IS
    IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM
    MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS
    PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK
    TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())
"""NetSuite's list: the ISO codes, and IC, EA and XK (O:section_N3785183)."""

ADDRESS_LENGTHS: Mapping[str, int] = {
    "addressee": 83,
    "addrphone": 32,
    "addr1": 150,
    "addr2": 150,
    "city": 50,
    "state": 30,
    "zip": 36,
}


@dataclass(frozen=True)
class Draft:
    """What a script has put together: values of the body, lines of the address book, and currencies by id."""

    values: Mapping[str, Value]
    addresses: Sequence[Mapping[str, Value]] = field(default_factory=list)
    currencies: Sequence[str] = field(default_factory=list)


def create(world: World, draft: Draft, *, ignore_mandatory: bool) -> int:
    """Save a new customer and return its internal id. Raises `ScriptError` with the code of the first broken rule."""
    with world.lock:
        values = _filled(world, draft.values)
        customer = Customer(NEW, {}, world.now())
        records.check_refusals(world, customer, values)
        for name in sorted(records.READ_ONLY & set(draft.values)):
            raise ScriptError("USER_ERROR", f"You do not have permissions to set a value for element {name}.")
        records.check_lengths(values)
        _check_lists(world, values)
        _check_currencies(world, draft.currencies)
        addresses = [_checked_address(world, line) for line in draft.addresses]
        records.check_entity_id(world, customer, values)
        records.check_external_id(world, customer, values)
        if not ignore_mandatory:
            _check_mandatory(world, values)
        number = world.add(values, addresses, draft.currencies)
        if world.fails_after_creation is not None:
            raise ScriptError(*world.fails_after_creation)
        return number


def delete(world: World, internal_id: int) -> None:
    """Delete a customer. Raises `ScriptError` if it is not there, or something depends on it."""
    with world.lock:
        records.existing(world, internal_id)
        if internal_id in world.transactions:
            raise ScriptError(
                "THIS_RECORD_CANNOT_BE_DELETED_BECAUSE_IT_HAS_DEPENDENT_RECORDS",
                "This record cannot be deleted because it has dependent records.",
            )
        world.delete(internal_id)
        world.deleted.append(internal_id)


def _filled(world: World, given: Mapping[str, Value]) -> dict[str, Value]:
    """The values of the body that a save keeps, with those that NetSuite gives itself."""
    account = world.account
    values: dict[str, Value] = {n: v for n, v in given.items() if n in records.fields(world) and v not in (None, "")}
    values["isperson"] = values.get("isperson") in (True, "T")
    status = values.setdefault("entitystatus", account.default_status)
    stage = account.statuses.get(str(status))
    if account.auto_numbering:
        values["entityid"] = str(world.next_number())
    return {**values, "stage": stage, "isinactive": values.get("isinactive", False)}


def _check_lists(world: World, values: Mapping[str, Value]) -> None:
    account = world.account
    lists = {
        "subsidiary": account.subsidiaries,
        "entitystatus": account.statuses,
        "customform": account.forms,
        "currency": account.currencies if account.multicurrency else (),
    }
    for name, ids in lists.items():
        value = values.get(name)
        if value not in (None, "") and value not in ids:
            raise ScriptError("INVALID_KEY_OR_REF", f"Invalid {name} reference key {value}.")


def _check_currencies(world: World, currencies: Sequence[str]) -> None:
    for currency in currencies:
        if currency not in world.account.currencies:
            raise ScriptError("INVALID_KEY_OR_REF", f"Invalid currency reference key {currency}.")
    if len(set(currencies)) < len(currencies):
        raise ScriptError("USER_ERROR", "A currency can be listed only once.")


def _checked_address(world: World, line: Mapping[str, Value]) -> dict[str, Value]:
    account = world.account
    filled = {"country": account.country, **line}
    country, state = filled["country"], filled.get("state")
    if country == "" and not account.takes_empty_countries:
        raise ScriptError("USER_ERROR", account.missing.format("Country"))
    if country != "" and country not in COUNTRIES:
        raise ScriptError("INVALID_KEY_OR_REF", f"Invalid country reference key {country}.")
    if state and not account.free_form_states and state not in account.states.get(str(country), ()):
        raise ScriptError(
            "USER_ERROR", f"You have entered an Invalid Field Value {state} for the following field: state"
        )
    records.check_lengths(filled, ADDRESS_LENGTHS)
    return filled


def _check_mandatory(world: World, values: Mapping[str, Value]) -> None:
    missing = [forms.label(name) for name in forms.mandatory(world, values) if not values.get(name)]
    if missing:
        raise ScriptError("USER_ERROR", world.account.missing.format(", ".join(missing)))
