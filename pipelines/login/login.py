"""A login in front of the web server: who asks stands in the scope of each request, or the request goes no further.

It is behind the guard, which knows pages of others, and before `Permitted`, which knows what each may do.
"""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.login.corner import in_the_corner
from pipelines.login.doors import Door, Entered, back_to_login
from pipelines.login.pages import LOGIN, page, path_of
from pipelines.login.permitted import GRAPHQL
from pipelines.login.sessions import PERSON, Session, Sessions

FORMS: Final = frozenset({LOGIN, f"{LOGIN}/out"})
"""The paths to which forms are posted."""
_REFUSED: Final = 1008
_LONGEST_HINT: Final = 3_800
"""A browser keeps no cookie of more than 4,096 bytes."""


class Login:
    """An ASGI application that lets people in who have signed in, and hands on what they ask."""

    def __init__(self, app: ASGIApp, door: Door, sessions: Sessions, *, is_encrypted: bool) -> None:
        """Put a login before an application.

        Args:
            app: what is behind it.
            door: how people sign in.
            sessions: who has.
            is_encrypted: whether browsers come by TLS, so that the cookie is never sent without.
        """
        self._app, self._door, self._sessions, self._is_encrypted = app, door, sessions, is_encrypted
        self._cookie = "__Host-tieout" if is_encrypted else "tieout"
        self._hint = "__Secure-tieout-hint" if is_encrypted else "tieout-hint"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        session = self._session(scope)
        if scope["type"] == "websocket":
            await self._listen(session, scope, receive, send)
        elif f"{scope['path']}/".startswith(f"{LOGIN}/"):
            answer = await self._answer(Request(scope, receive), session)
            await answer(scope, receive, send)
        elif session is None:
            await self._turned_away(scope)(scope, receive, send)
        elif scope["method"] == "POST" and "origin" not in Headers(scope=scope):
            await PlainTextResponse("A page of this server says where it comes from.\n", 403)(scope, receive, send)
        else:
            sent = in_the_corner(session.person, self._renewing(session, send))
            await self._app({**scope, PERSON: session.person}, receive, sent)

    def _session(self, scope: Scope) -> Session | None:
        token = HTTPConnection(scope).cookies.get(self._cookie)
        return self._sessions.of(token) if token else None

    async def _answer(self, request: Request, session: Session | None) -> Response:
        path = request.url.path.rstrip("/")
        if path == f"{LOGIN}/out" and request.method == "POST":
            return await self._left(request, session)
        if session and path == LOGIN and request.method != "POST":
            return page(person=session.person)
        found = await self._door.answer(request)
        if not isinstance(found, Entered):
            return found
        if session:
            self._sessions.end(session)
        inside = RedirectResponse(found.following, 303, {"Cache-Control": "no-store"})
        self._keep(inside, self._sessions.begin(found.person, found.mark))
        if found.used:
            inside.delete_cookie(found.used, secure=self._is_encrypted, httponly=True, samesite="lax")
        if 0 < len(found.hint) <= _LONGEST_HINT:
            inside.set_cookie(
                self._hint, found.hint, path=LOGIN, secure=self._is_encrypted, httponly=True, samesite="lax"
            )
        return inside

    async def _left(self, request: Request, session: Session | None) -> Response:
        """The answer to who signs out: what their browser has kept goes."""
        gone: Response = RedirectResponse(LOGIN, 303, {"Cache-Control": "no-store"})
        if session:
            self._sessions.end(session)
            gone = await self._door.goodbye(request.cookies.get(self._hint, ""))
        gone.delete_cookie(self._cookie, secure=self._is_encrypted, httponly=True, samesite="lax")
        gone.delete_cookie(self._hint, path=LOGIN, secure=self._is_encrypted, httponly=True, samesite="lax")
        return gone

    def _turned_away(self, scope: Scope) -> Response:
        headers, query = Headers(scope=scope), scope["query_string"].decode("latin-1")
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
        if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            return back_to_login(path_of(path + (f"?{query}" if query else "")))
        if scope["path"] == GRAPHQL:
            said = {"message": f"You are not signed in any more: load the page again, or go to {LOGIN}."}
            return JSONResponse({"data": None, "errors": [said]}, 401, {"Cache-Control": "no-store"})
        return PlainTextResponse(f"Sign in first, at {LOGIN}.\n", 401, {"Cache-Control": "no-store"})

    def _keep(self, answer: Response, token: str) -> None:
        answer.set_cookie(self._cookie, token, secure=self._is_encrypted, httponly=True, samesite="lax")

    def _renewing(self, session: Session, send: Send) -> Send:
        """Gives the browser a younger cookie with the answer."""
        token = self._sessions.renewed(session)
        if token is None:
            return send

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                keeping = Response()
                self._keep(keeping, token)
                MutableHeaders(scope=message).append("set-cookie", keeping.headers["set-cookie"])
            await send(message)

        return sent

    async def _listen(self, session: Session | None, scope: Scope, receive: Receive, send: Send) -> None:
        """A websocket is closed without a session, and when its session ends."""
        if session is None:
            await receive()
            await send({"type": "websocket.close", "code": _REFUSED, "reason": "Sign in first."})
            return
        is_closed = False

        async def sent(message: Message) -> None:
            nonlocal is_closed
            if is_closed:
                return
            if message["type"] == "websocket.send" and not self._sessions.stands(session):
                is_closed = True
                message = {"type": "websocket.close", "code": _REFUSED, "reason": "Sign in again."}
            await send(message)

        await self._app({**scope, PERSON: session.person}, receive, sent)
