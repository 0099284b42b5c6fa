"""The forms of answers and refusals on the wire. Who gets which, and why, is in `server` and `faults`."""

from collections.abc import Mapping

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.filters import Json

CONTENT_TYPES = frozenset({"application/json", "application/xml", "text/plain"})
"""As they are written here: NetSuite tells upper from lower case (O:section_4619215993)."""

JSON = "application/json"
_GIVING_ROWS = frozenset({"begin", "search"})
_TEXT = frozenset({None, "text/plain"})
"""An answer follows the content type of its request, and is plain text for one that names none."""


def as_json(value: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Make an answer of a value."""
    return Response(orjson.dumps(value), status, dict(headers or {}), JSON)


def as_error(
    request: Request, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Make the error of a RESTlet: JSON, spaced as it was seen, or text (O:section_4634920277).

    The form for `application/xml` is JSON too: what NetSuite's looks like is not known here.
    """
    if request.headers.get("content-type") in _TEXT:
        return PlainTextResponse(f"error code: {code}\nerror message: {message}", status, dict(headers or {}))
    told = [orjson.dumps(text).decode() for text in (code, message)]
    body = f'{{"error" : {{"code" : {told[0]}, "message" : {told[1]}}}}}'
    return Response(body, status, dict(headers or {}), JSON)


def as_problem(status: int, code: str, message: str) -> Response:
    """Make the error of the REST record API (O:section_156570709583)."""
    details: Json = [{"detail": message, "o:errorCode": code}]
    return as_json({"title": "Error", "status": status, "o:errorDetails": details}, status)


def thrown(error: ScriptError, *, nested: bool) -> str:
    """Give the message of an error that a script did not catch: its own, or JSON that holds it."""
    if not nested:
        return error.message
    return orjson.dumps({"type": error.kind, "name": error.code, "message": error.message, "stack": []}).decode()


def parameters(request: Request, body: bytes) -> Json:
    """Give what a script is given: of a GET or DELETE the query, all of it text; else the body as its type says."""
    if request.method in {"GET", "DELETE"}:
        return dict(request.query_params)
    given: Json = orjson.loads(body) if is_json(request) else body.decode()
    return given


def is_json(request: Request) -> bool:
    """Say whether a request is in JSON, and so its answer is to be."""
    return request.headers.get("content-type") == JSON


def rows_of(asked: Mapping[str, Json], response: Response) -> int:
    """How many rows a call gave, changed or made: those that it did not hand back."""
    given = asked.get("changes") or asked.get("records")
    if response.status_code != 200 or (given is None and asked.get("action") not in _GIVING_ROWS):  # noqa: PLR2004
        return 0
    answer = orjson.loads(bytes(response.body))
    remaining, ids = answer.get("remaining", ()), answer.get("ids", ())
    return len(given) - len(remaining) if isinstance(given, list) else len(ids)
