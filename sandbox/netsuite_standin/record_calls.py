"""The calls of N/record: which permission each needs, and what it hands to `records` and `new_customers`."""

from collections.abc import Callable, Mapping
from typing import Final

from sandbox.netsuite_standin import forms, new_customers, records
from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.filters import Json
from sandbox.netsuite_standin.options import Options
from sandbox.netsuite_standin.world import Value, World

CUSTOMERS: Final = "LIST_CUSTJOB"
VIEW, CREATE, EDIT, FULL = 1, 2, 3, 4
Arguments = dict[str, Json]


class RecordCalls:
    """What a script holds in its hands during one request."""

    def __init__(self, world: World, options: Options, need: Callable[[str, int], None]) -> None:
        self._world, self._options, self._need = world, options, need
        self._handles: list[records.Loaded | None] = []  # None: a record that is not saved yet
        self.operations: Mapping[str, Callable[[Arguments], Json]] = {
            "record.checkOption": self._check_option,
            "record.create": self._create,
            "record.delete": self._delete,
            "record.field": self._field,
            "record.load": self._load,
            "record.save": self._save,
            "record.submitFields": self._submit,
            "record.valueOf": self._value_of,
        }

    def _load(self, given: Arguments) -> Json:
        self._need(CUSTOMERS, VIEW)
        check_type(given["type"], "INVALID_RCRD_TYPE")
        loaded = records.load(self._world, int(str(given["id"])))
        self._handles.append(loaded)
        return {
            **self._in_hand(),
            "id": str(loaded.id) if self._options.result_ids == "text" else loaded.id,
            "values": dict(loaded.values),
            "moments": self._moments(loaded),
            "addresses": [dict(line) for line in loaded.addresses],
            "currencies": list(loaded.currencies) if self._world.account.multicurrency else None,
        }

    def _create(self, given: Arguments) -> Json:
        self._need(CUSTOMERS, CREATE)
        check_type(given["type"], "INVALID_RCRD_TYPE")
        self._handles.append(None)
        currencies: Json = [] if self._world.account.multicurrency else None
        return {
            **self._in_hand(),
            "id": None,
            "values": self._sourced() if given["isDynamic"] else {},
            "moments": {},
            "addresses": [],
            "currencies": currencies,
        }

    def _sourced(self) -> dict[str, Json]:
        """What a form shows filled before anybody has filled anything."""
        account = self._world.account
        filled: dict[str, Json] = {"entitystatus": account.default_status} if account.default_status else {}
        return {**filled, "entityid": "To Be Generated"} if account.auto_numbering else filled

    def _field(self, given: Arguments) -> Json:
        return forms.told(self._world, str(given["fieldId"]), _values(given["values"]))

    def _check_option(self, given: Arguments) -> Json:
        value = given["value"]
        forms.check_option(self._world, str(given["fieldId"]), None if value is None else str(value))
        return None

    def _in_hand(self) -> dict[str, Json]:
        kinds: dict[str, Json] = {name: records.kind(self._world, name) for name in sorted(records.fields(self._world))}
        return {"handle": len(self._handles) - 1, "kinds": kinds}

    def _moments(self, loaded: records.Loaded) -> Json:
        """Milliseconds since 1970, as exactly as the account tells them."""
        if self._world.account.modified_to == "never":
            return {}
        seconds = 60 if self._world.account.modified_to == "minute" else 1
        moments = {"datecreated": loaded.created, "lastmodifieddate": loaded.modified}
        return {name: int(moment.timestamp() // seconds * seconds * 1000) for name, moment in moments.items()}

    def _save(self, given: Arguments) -> Json:
        loaded = self._handles[int(str(given["handle"]))]
        self._need(CUSTOMERS, CREATE if loaded is None else EDIT)
        ignore, values = bool(given["ignoreMandatory"]), _values(given["changes"])
        if loaded is not None:
            records.save(self._world, loaded, values, ignore_mandatory=ignore)
            return loaded.id
        lines, currencies = given["addresses"], given["currencies"]
        if not isinstance(lines, list) or not isinstance(currencies, list):
            raise ScriptError("SSS_INVALID_API_USAGE", "Lists were expected.")
        draft = new_customers.Draft(values, [_values(line) for line in lines], [str(one) for one in currencies])
        return new_customers.create(self._world, draft, ignore_mandatory=ignore)

    def _delete(self, given: Arguments) -> Json:
        self._need(CUSTOMERS, FULL)
        check_type(given["type"], "INVALID_RCRD_TYPE")
        new_customers.delete(self._world, int(str(given["id"])))
        return given["id"]

    def _submit(self, given: Arguments) -> Json:
        self._need(CUSTOMERS, EDIT)
        check_type(given["type"], "INVALID_RCRD_TYPE")
        records.submit(self._world, int(str(given["id"])), _values(given["values"]))
        return given["id"]

    def _value_of(self, given: Arguments) -> Json:
        """The internal id behind the name of a value of a list; there are none here but the ids themselves."""
        name, text = str(given["fieldId"]), str(given["text"])
        chosen = self._world.custom_lists.get(name, {}).get(text)
        if chosen is None:
            raise ScriptError(
                "INVALID_KEY_OR_REF", f"You have entered an Invalid Field Value {text} for the following field: {name}"
            )
        return chosen


def check_type(given: Json, code: str) -> None:
    """Raise `ScriptError` for a type of records that is not there."""
    if str(given).lower() != "customer":
        raise ScriptError(code, f"There are only customers here, no records of type {given}.")


def _values(value: Json) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise ScriptError("SSS_INVALID_API_USAGE", "An object was expected.")
    return {name: v if isinstance(v, bool) or v is None else str(v) for name, v in value.items()}
