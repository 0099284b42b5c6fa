"""Runs the files of a script, unchanged, in a fresh JavaScript context for every request.

`loader.js` loads the files as NetSuite does; `modules.js`, `records.js` for N/record, and `screens.js` for scripts that
are no RESTlet have the N/* modules, which ask a `Host`.
"""

from pathlib import Path
from typing import Final

import orjson
import quickjs

from sandbox.netsuite_standin.cabinet import Script
from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.filters import Json
from sandbox.netsuite_standin.script import Host

PARTS: Final = [
    Path(__file__).with_name(name).read_text(encoding="utf-8")
    for name in ("modules.js", "records.js", "screens.js", "loader.js")
]


def run(script: Script, method: str, body: Json, host: Host) -> Json:
    """Call one entry point of a script and return what it returned, or what the visitor of a page gets.

    Raises:
        ScriptError: the script threw it or cannot be loaded, or does not export `method` (code `METHOD_NOT_ALLOWED`).
        RequestEndedError: units or time ran out, whether or not the script noticed.
    """
    context = quickjs.Context()
    context.add_callable("host", host.answer)
    context.eval(f"const settings = {orjson.dumps(host.settings()).decode()};")
    for part in PARTS:
        context.eval(part)
    exported = _given(context.get("start")(script.entry, script.as_json))
    if not isinstance(exported, list) or method not in exported:
        raise ScriptError("METHOD_NOT_ALLOWED", f"The script exports no {method}.")
    answered = context.get("answer")(method, orjson.dumps(body).decode())
    if host.ended:
        raise host.ended
    return _given(answered)


def _given(answered: str) -> Json:
    parsed: dict[str, Json] = orjson.loads(answered)
    error = parsed.get("error")
    if isinstance(error, dict):
        raise ScriptError(str(error["name"]), str(error["message"]), str(error["type"]))
    return parsed["value"]
