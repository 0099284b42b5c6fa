"""A guard in front of Dagster's web server, which by itself takes orders from any web page that its user visits.

Dagster runs mutations by GET, answers any `Host` and asks for no `Origin`. Behind the guard only names of this server
are answered, so a name that is re-bound to loopback gets nothing, and only its own pages may change or follow anything.
It is no login: whoever reaches the port and is no web page is let in (`docs/deploy.md`).
"""

from collections.abc import Iterable, Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_CONTENT_POLICY: Final = "frame-ancestors 'none'; form-action 'self'; object-src 'none'"
"""Beside Dagster's own policy, which says what its pages may load; a browser obeys both."""
_VIOLATION: Final = 1008
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"


class Guard:
    """An ASGI application that refuses what only a foreign web page would ask of another one."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = (), forms: Iterable[str] = ()) -> None:
        """Put the guard before an application.

        Args:
            app: what it guards.
            hosts: names of this server beside those of loopback, without a port.
            forms: paths to which its own pages post forms, and nobody else does.
        """
        self._app, self._forms = app, frozenset(forms)
        self._hosts = LOOPBACK | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        refusal = self.refusal(scope) if scope["type"] in {"http", "websocket"} else None
        if refusal is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _VIOLATION, "reason": refusal[1]})
        else:
            await PlainTextResponse(refusal[1], refusal[0])(scope, receive, _with_headers(send))

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Why a request is refused, as a status and a sentence; None if it is not."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _name(hosts[0]) not in self._hosts:
            return 403, "This is not a name of this server; TIEOUT_UI_HOSTS lists those that it may have.\n"
        is_own = _is_own(headers, hosts[0])
        if scope["type"] == "websocket":
            return None if is_own and "origin" in headers else (403, "Only pages of this server may listen.\n")
        if scope["method"] == "POST" and scope["path"] in self._forms:
            return _refusal_of_post(headers, _FORM, is_own=is_own and "origin" in headers)
        if scope["method"] == "POST":
            return _refusal_of_post(headers, _JSON, is_own=is_own)
        return _refusal_of_get(scope, headers, is_own=is_own)


def _refusal_of_get(scope: Scope, headers: Headers, *, is_own: bool) -> tuple[int, str] | None:
    """Of everything that is not POST. A link on another page may lead here, as long as it only opens a page."""
    if scope["method"] not in {"GET", "HEAD"}:
        return 405, "This server answers GET and POST.\n"
    if scope["path"].rstrip("/") == "/graphql" and scope["query_string"]:
        return 405, "GraphQL is asked by POST here.\n"
    if not is_own and headers.get("sec-fetch-mode") != "navigate":
        return 403, "Only pages of this server may read from it.\n"
    return None


def _refusal_of_post(headers: Headers, kind: str, *, is_own: bool) -> tuple[int, str] | None:
    if not is_own:
        return 403, "Only pages of this server may change something.\n"
    kinds = headers.getlist("content-type")
    if len(kinds) != 1 or kinds[0].partition(";")[0].strip().lower() != kind:
        return 415, "This server takes JSON, and forms where its own pages have one.\n"
    return None


def _is_own(headers: Headers, host: str) -> bool:
    """Whether a request comes from a page of this server, or from no page at all: a browser always says where from."""
    origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
    of_this = {f"http://{host}".lower(), f"https://{host}".lower()}
    return all(origin.lower() in of_this for origin in origins) and set(sites) <= {"same-origin", "none"}


def _name(host: str) -> str:
    """The name in a `Host` header, without its port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")  # a page in a sandbox cannot have it
            headers.append("Content-Security-Policy", _CONTENT_POLICY)
        await send(message)

    return sent
