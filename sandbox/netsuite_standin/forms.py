"""What a form tells a script of its fields before anything is saved: labels, which are mandatory, options of lists."""

from collections.abc import Mapping
from typing import Final

from sandbox.netsuite_standin import records
from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.filters import Json
from sandbox.netsuite_standin.world import Value, World

LABELS: Final = {"subsidiary": "Subsidiary", "entitystatus": "Status"}


def label(name: str) -> str:
    """What a person sees beside a field."""
    return records.LABELS.get(name, LABELS.get(name, name))


def mandatory(world: World, values: Mapping[str, Value]) -> list[str]:
    """The fields that a new customer needs, by their ids."""
    account = world.account
    needed = {"entitystatus"} | ({"subsidiary"} if account.subsidiaries else set())
    named = {"firstname", "lastname"} if values.get("isperson") in (True, "T") else {"companyname"}
    of_form = account.mandatory_on.get(str(values.get("customform")), frozenset())
    return sorted({"entityid"} | named | needed | world.mandatory | of_form)


def options(world: World, name: str) -> dict[str, str] | None:
    """Internal id → text of what a list offers; None where a field is no list of the account's set-up."""
    account = world.account
    if name in world.custom_lists:
        return {number: text for text, number in world.custom_lists[name].items()}
    set_up: dict[str, dict[str, str]] = {
        "subsidiary": {number: f"Subsidiary {number}" for number in sorted(account.subsidiaries)},
        "entitystatus": {number: f"{stage}-{number}" for number, stage in account.statuses.items()},
        "customform": {number: f"Form {number}" for number in sorted(account.forms)},
        "currency": dict(account.currencies) if account.multicurrency else {},
    }
    return set_up.get(name)


def told(world: World, name: str, values: Mapping[str, Value]) -> Json:
    """What `Record.getField` tells in dynamic mode. Options are null where a list is too long for the user."""
    account = world.account
    if name in account.not_shown:
        return None
    offered = options(world, name) or {}
    listed: Json = [{"value": number, "text": text} for number, text in offered.items()]
    is_mandatory: Json = name in mandatory(world, values) if account.tells_mandatory else None
    return {
        "id": name,
        "type": records.kind(world, name),
        "label": label(name),
        "isMandatory": is_mandatory,
        "options": listed if len(offered) <= account.most_options else None,
    }


def check_option(world: World, name: str, value: Value) -> None:
    """Raise what setting a value in dynamic mode raises at once, and otherwise a save."""
    offered = options(world, name)
    if offered is not None and value not in (None, "") and str(value) not in offered:
        raise ScriptError(
            "INVALID_FLD_VALUE", f"You have entered an Invalid Field Value {value} for the following field: {name}"
        )
