"""What people open in a browser: a customer's page with the buttons of user events, and the Suitelet without a login.

The page is no form of NetSuite's: it shows values, and a button for each that the shipped user event adds. Pressing
one runs the client module in the engine, as the person who looks at the page.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from html import escape
from typing import Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.netsuite_standin import engine
from sandbox.netsuite_standin.cabinet import BUTTON, SUITELET, Script
from sandbox.netsuite_standin.caller import Caller
from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.filters import Json
from sandbox.netsuite_standin.options import Options
from sandbox.netsuite_standin.outside_calls import SCRIPTLET_PATH
from sandbox.netsuite_standin.portal_setup import PORTAL, ScriptKind
from sandbox.netsuite_standin.script import Host
from sandbox.netsuite_standin.world import World

RECORD_PATH: Final = "/app/common/entity/custjob.nl"
_SHOWN: Final = "<!doctype html><title>{title}</title><h1>{title}</h1>{alert}<dl>{values}</dl>{buttons}"
_BUTTON: Final = (
    '<form method="post"><input type="hidden" name="press" value="{function}"><button id="{id}">{label}</button></form>'
)


class Visitors:
    """The pages of one account. What its scripts logged is in `logged`: level and text."""

    def __init__(
        self, world: World, options: Options, address: str, pool: Callable[[], AbstractContextManager[bool]]
    ) -> None:
        self._world, self._options, self._address, self._pool = world, options, address, pool
        self.suitelet = Script.shipped(SUITELET)
        self.button = Script.shipped(BUTTON)
        self.logged: list[tuple[str, str]] = []
        self.routes = [
            Route(SCRIPTLET_PATH, self._visit, methods=["GET", "POST"]),
            Route(RECORD_PATH, self._look, methods=["GET"]),
            Route(RECORD_PATH, self._press, methods=["POST"]),
        ]

    # ---- the Suitelet ------------------------------------------------------------------------------------------------

    async def _visit(self, request: Request) -> Response:
        setup, query = self._world.portal, request.query_params
        asked = (query.get("script"), query.get("deploy"))
        if asked != PORTAL or not setup.online or query.get("ns-at") != setup.stamp:
            return HTMLResponse("That Suitelet is invalid, disabled, or no longer exists.", 404)
        with self._pool() as has_room:
            if not has_room:
                return HTMLResponse("SSS_REQUEST_LIMIT_EXCEEDED", 429)
            return await run_in_threadpool(self._opened, request)

    def _opened(self, request: Request) -> Response:
        host = self.suitelet_host()
        given: Json = {"method": request.method, "parameters": dict(request.query_params)}
        try:
            answered = engine.run(self.suitelet, "onRequest", given, host)
        except ScriptError as error:
            return HTMLResponse(escape(error.message), 500)
        finally:
            self.logged += host.logged
        left = answered if isinstance(answered, dict) else {}
        if "redirect" in left:
            return RedirectResponse(str(left["redirect"]), 302)
        headers = left.get("headers")
        named = {name: str(value) for name, value in headers.items()} if isinstance(headers, dict) else {}
        return HTMLResponse(str(left.get("body", "")), headers=named)

    def suitelet_host(self) -> Host:
        """The host of one visit: the Suitelet runs as its own role, whoever comes."""
        permissions = self._world.portal.permissions
        caller = Caller(permissions=permissions, kind="suitelet", context="SUITELET", address=self._address)
        return Host(self._world, self._options, {}, caller)

    # ---- the page of a customer --------------------------------------------------------------------------------------

    async def _look(self, request: Request) -> Response:
        return await run_in_threadpool(self.page, request.query_params["id"])

    async def _press(self, request: Request) -> Response:
        function = dict(parse_qsl((await request.body()).decode()))["press"]
        left = await run_in_threadpool(self.press, request.query_params["id"], function)
        if left.get("reload"):
            return RedirectResponse(str(request.url), 303)
        return await run_in_threadpool(self.page, request.query_params["id"], str(left.get("alert", "")))

    def page(self, internal_id: str, alert: str = "") -> Response:
        """Show a customer, with what the user event puts beside it."""
        values = self._world.customers[int(internal_id)].values
        listed = "".join(
            f'<dt>{escape(name)}</dt><dd id="{escape(name)}">{escape(str(value))}</dd>'
            for name, value in values.items()
            if value is not None
        )
        buttons = "".join(
            _BUTTON.format(function=escape(b["functionName"]), id=escape(b["id"]), label=escape(b["label"]))
            for b in self.buttons(internal_id)
        )
        shown = f'<p role="alert">{escape(alert)}</p>' if alert else ""
        title = f"Customer {internal_id}"
        return HTMLResponse(_SHOWN.format(title=title, alert=shown, values=listed, buttons=buttons))

    def buttons(self, internal_id: str, kind: str = "view", context: str = "USERINTERFACE") -> list[dict[str, str]]:
        """The buttons that the user event adds when a record is loaded so."""
        host = Host(self._world, self._options, {}, self._person("user_event", context))
        given: Json = {"type": kind, "id": internal_id}
        answered = engine.run(self.button, "beforeLoad", given, host)
        found = answered.get("buttons") if isinstance(answered, dict) else None
        listed = found if isinstance(found, list) else []
        module = str(answered["module"]) if isinstance(answered, dict) else ""
        return [
            {name: str(value) for name, value in {**button, "module": module}.items()}
            for button in listed
            if isinstance(button, dict)
        ]

    def press(self, internal_id: str, function: str) -> dict[str, Json]:
        """Call the function of a button in the client module, as the person who looks at the record."""
        [module] = {button["module"] for button in self.buttons(internal_id) if button["functionName"] == function}
        host = Host(self._world, self._options, {}, self._person("client", "USERINTERFACE", internal_id))
        answered = engine.run(self.button.beside(module), function, {}, host)
        return answered if isinstance(answered, dict) else {}

    def _person(self, kind: ScriptKind, context: str, record: str = "") -> Caller:
        permissions = self._world.portal.user_permissions
        return Caller(permissions=permissions, kind=kind, context=context, address=self._address, record=record)
