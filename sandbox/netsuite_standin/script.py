"""What a running script may do: the N/* modules of `modules.js` call one Python function, `Host.answer`.

Here are the limits of a request (units, time) and the permissions of the role; what is found is in `searches` and
`other_lists`, what is loaded and saved in `record_calls`, and who runs the script is in `engine`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Final

import orjson

from sandbox.netsuite_standin import other_lists, records, searches
from sandbox.netsuite_standin.caller import Caller
from sandbox.netsuite_standin.errors import RequestEndedError, ScriptError
from sandbox.netsuite_standin.filters import Json
from sandbox.netsuite_standin.options import Options
from sandbox.netsuite_standin.outside_calls import OutsideCalls
from sandbox.netsuite_standin.record_calls import Arguments, RecordCalls, check_type
from sandbox.netsuite_standin.searches import Column, SavedSearch
from sandbox.netsuite_standin.world import World

UNITS: Final[Mapping[str, int]] = {
    "search.load": 5,
    "search.getRange": 10,
    "search.each": 10,
    "search.runPaged": 5,
    "search.fetch": 5,
    "search.lookupFields": 1,
    "record.create": 5,
    "record.delete": 10,
    "record.load": 5,
    "record.save": 10,
    "record.submitFields": 5,
    "https.post": 10,
}
"""What each operation on a customer costs (O:section_157072844224). What is not listed costs nothing."""

MOST_ROWS: Final = 1_000
MOST_EACH: Final = 4_000
PAGE_SIZES: Final = range(5, 1_001)
MOST_PAGES: Final = 1_000


class Host:
    """What one request may do in the world, and what it has used up."""

    def __init__(
        self, world: World, options: Options, saved: Mapping[str, SavedSearch], caller: Caller | None = None
    ) -> None:
        self._world = world
        self._options = options
        self._saved = saved
        self._caller = caller or Caller(permissions=options.permissions)
        self._records = RecordCalls(world, options, self._need)
        self._operations: dict[str, Callable[[Arguments], Json]] = {
            "search.load": self._load_search,
            "search.getRange": self._get_range,
            "search.each": lambda given: self._found(given, 0, MOST_EACH),
            "search.runPaged": self._run_paged,
            "search.fetch": self._fetch,
            "search.lookupFields": self._look_up,
            **self._records.operations,
            **OutsideCalls(world.portal, options.account, self._caller.address).operations,
            "runtime.getPermission": lambda given: self._caller.permissions.get(str(given["name"]), 0),
            "runtime.permissionForm": lambda _: options.permission_form,
            "runtime.isFeatureInEffect": self._is_feature_in_effect,
            "runtime.getRemainingUsage": lambda _: options.units - self.used,
            "format.format": self._format,
            "clock": lambda _: int((options.clock() + self.seconds) * 1000),
            "log": lambda given: self.logged.append((str(given["level"]), str(given["details"]))),
        }
        self.used = 0
        self.seconds = 0.0
        self.logged: list[tuple[str, str]] = []
        self.ended: RequestEndedError | None = None

    def settings(self) -> dict[str, str]:
        """Say what `N/runtime` knows without asking."""
        sandbox = "_SB" in self._options.account
        environment = "SANDBOX" if sandbox else "PRODUCTION"
        return {"account": self._options.account, "environment": environment, **self._caller.settings}

    def answer(self, call: str) -> str:
        """Do one operation: JSON in, JSON out. Raises nothing, as the script could not catch it."""
        operation, given = orjson.loads(call)
        try:
            self._use(operation)
            self._world.about_to(operation)
            with self._world.lock:
                answered: Json = {"value": self._operations[operation](given)}
        except RequestEndedError as error:
            self.ended = error
            answered = {"error": {"name": error.code, "message": error.message}}
        except ScriptError as error:
            answered = {"error": {"name": error.code, "message": error.message}}
        except Exception as error:  # noqa: BLE001  a Python error would otherwise vanish inside the engine
            answered = {"error": {"name": "UNEXPECTED_ERROR", "message": f"{type(error).__name__} in {operation}"}}
        return orjson.dumps(answered).decode()

    def _use(self, operation: str) -> None:
        if operation in UNITS:
            self.used += UNITS[operation]
            self.seconds += self._options.operation_seconds
        if self.used > self._options.units:
            raise RequestEndedError("SSS_USAGE_LIMIT_EXCEEDED", "Script Execution Usage Limit Exceeded")
        if self.seconds > self._options.seconds:
            raise RequestEndedError("SSS_TIME_LIMIT_EXCEEDED", "Script Execution Time Exceeded.")

    def _need(self, permission: str, level: int) -> None:
        if self._caller.permissions.get(permission, 0) < level:
            raise ScriptError("INSUFFICIENT_PERMISSION", f"Permission Violation: you need {permission}.")

    def _load_search(self, given: Arguments) -> Json:
        self._need("LIST_FIND", 1)
        saved = self._saved.get(str(given["id"]))
        if saved is None:
            raise ScriptError("INVALID_SEARCH", "That search or mass update does not exist.")
        columns: Json = [_column_out(column) for column in saved.columns]
        return {
            "id": saved.id,
            "searchType": saved.record_type,
            "columns": columns,
            "filterExpression": list(saved.filters),
        }

    def _get_range(self, given: Arguments) -> Json:
        start, end = int(str(given["start"])), int(str(given["end"]))
        if end - start > MOST_ROWS:
            raise ScriptError("SSS_SEARCH_RESULT_LIMIT_EXCEEDED", "No more than 1000 search results may be requested.")
        return self._found(given, start, end)

    def _found(self, given: Arguments, start: int, end: int) -> Json:
        self._need("LIST_FIND", 1)
        if given["type"] in other_lists.TYPES:
            return self._of_another_list(given, start, end)
        check_type(given["type"], "SSS_INVALID_SRCH_TYPE")
        columns = [_column_in(column) for column in _list(given["columns"])]
        is_grouped = any(column.summary for column in columns)
        order = _order(_list(given["columns"]))
        found = searches.rows(self._world, self._options, columns, given["filters"], order, start)
        return [
            {"id": None if is_grouped else self._id(row.id), "values": row.values, "texts": row.texts}
            for row in islice(found, end - start)
        ]

    def _of_another_list(self, given: Arguments, start: int, end: int) -> Json:
        if given["type"] == "currency":
            self._need("LIST_CURRENCY", 1)
        names = [str(column["name"]) for column in _list(given["columns"]) if isinstance(column, dict)]
        found = other_lists.rows(self._world, str(given["type"]), names, given["filters"])
        return [{"id": self._id(number), "values": values, "texts": values} for number, values in found[start:end]]

    def _look_up(self, given: Arguments) -> Json:
        """Values of one customer: of a list a list of what is chosen, else a text (O:section_4407093424)."""
        self._need("LIST_CUSTJOB", 1)
        check_type(given["type"], "INVALID_RCRD_TYPE")
        values = records.load(self._world, int(str(given["id"]))).values
        found: dict[str, Json] = {}
        for name in map(str, _list(given["columns"])):
            value = values.get(name)
            if isinstance(value, bool):
                found[name] = value if self._options.booleans == "boolean" else "FT"[value]
                continue
            text = "" if value is None else str(value)
            is_list = records.kind(self._world, name) == "select"
            shown = self._options.stage_texts.get(text, text)
            found[name] = [{"value": text, "text": shown}] if is_list and text else ([] if is_list else text)
        return found

    def _is_feature_in_effect(self, given: Arguments) -> Json:
        account = self._world.account
        features = {"MULTICURRENCY": account.multicurrency, "SUBSIDIARIES": bool(account.subsidiaries)}
        return features.get(str(given["feature"]), False)

    def _run_paged(self, given: Arguments) -> Json:
        self._need("LIST_FIND", 1)
        check_type(given["type"], "SSS_INVALID_SRCH_TYPE")
        size = int(str(given["pageSize"]))
        if size not in PAGE_SIZES:
            raise ScriptError("SSS_INVALID_PAGE_SIZE", "The page size must be between 5 and 1000.")
        columns = [_column_in(column) for column in _list(given["columns"])]
        count = searches.count(self._world, self._options, columns, given["filters"])
        return {"count": count, "pages": min(-(-count // size), MOST_PAGES)}

    def _fetch(self, given: Arguments) -> Json:
        """One page of those that there were when the search was run (O:section_4486609298)."""
        index, size = given["index"], int(str(given["pageSize"]))
        if not isinstance(index, int) or index not in range(int(str(given["pages"]))):
            raise ScriptError("INVALID_PAGE_RANGE", "Invalid page range.")
        return self._found(given, index * size, (index + 1) * size)

    def _format(self, given: Arguments) -> Json:
        moment = datetime.fromtimestamp(int(str(given["value"])) / 1000, UTC)
        return searches.as_date(moment, self._options)

    def _id(self, number: int) -> str | int:
        return str(number) if self._options.result_ids == "text" else number


def _list(value: Json) -> Sequence[Json]:
    if not isinstance(value, list):
        raise ScriptError("SSS_INVALID_API_USAGE", "A list was expected.")
    return value


def _order(columns: Sequence[Json]) -> str | None:
    """The order of internal ids that a search asks for. It is the only order that is understood here."""
    sorts = [(c.get("name"), c.get("join"), c.get("sort")) for c in columns if isinstance(c, dict)]
    wanted = [sort for sort in sorts if sort[2] not in {None, "NONE"}]
    if any(sort[:2] != ("internalid", None) for sort in wanted):
        raise ScriptError("SSS_INVALID_SRCH_COL", "Only an order of internal ids is understood here.")
    return str(wanted[0][2]) if wanted else None


def _column_out(column: Column) -> Json:
    return {
        "name": column.name,
        "label": column.label,
        "join": column.join,
        "kind": column.kind,
        "summary": column.summary,
        "formula": column.formula,
    }


def _column_in(given: Json) -> Column:
    if not isinstance(given, dict):
        raise ScriptError("SSS_INVALID_SRCH_COL", "A column was expected.")
    texts = ("label", "join", "formula", "summary")
    text = {name: None if given.get(name) is None else str(given[name]) for name in texts}
    return Column(str(given["name"]), **text, kind=str(given["type"]))
