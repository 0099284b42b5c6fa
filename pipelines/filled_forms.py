"""The forms to which links lead, filled in with what only the web server knows when they are opened.

A link stands in a page or in an event for as long as that is kept; who opens it, and whether its plan is still the
last one, is known now. Dagster reads the form from the address, so that the browser is sent on to another one.
"""

import json
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, urlencode

import dagster as dg
from anyio.to_thread import run_sync
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.login.sessions import PERSON, Person
from resources.storage.frames import PLAN_HASH

_FORM: Final = re.compile(r"/locations/[a-z0-9_]+/jobs/([a-z][a-z0-9_]*)/playground/setup")
_WHO: Final = re.compile(r"(?m)^( *who:) *$")
_PLAN: Final = re.compile(r"(?m)^ *plan: *([0-9a-f]{64}) *$")
_APPLY: Final = "_apply"
_REPLACED: Final = "# REPLACED: a newer plan was made, "


class FilledForms:
    """An ASGI application that fills in a form as it is opened, and hands everything else on."""

    def __init__(self, app: ASGIApp, newest: Callable[[str], str | None]) -> None:
        """Put it before an application.

        Args:
            app: what is behind it.
            newest: gives the hash of the plan of a declaration that was made last; None where nobody knows.
        """
        self._app, self._newest = app, newest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a browser on to the form filled in, or hand the request on."""
        found = _FORM.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        asked = parse_qsl(scope["query_string"].decode("latin-1")) if found else []
        given = dict(asked).get("config")
        if found is None or given is None:
            await self._app(scope, receive, send)
            return
        person = scope.get(PERSON)
        filled = await run_sync(self._filled, found[1], given, person.name if isinstance(person, Person) else "")
        if filled == given:
            await self._app(scope, receive, send)
            return
        query = urlencode([(key, filled if key == "config" else value) for key, value in asked])
        await RedirectResponse(f"{scope['path']}?{query}", 303, {"Cache-Control": "no-store"})(scope, receive, send)

    def _filled(self, job: str, config: str, who: str) -> str:
        if who:
            said = f"{json.dumps(who, ensure_ascii=False)} # as you are signed in: no other name is kept"
            config = _WHO.sub(lambda found: f"{found[1]} {said}", config, count=1)
        plan = _PLAN.search(config)
        if plan is None or not job.endswith(_APPLY) or _REPLACED in config:
            return config
        newest = self._newest(job.removesuffix(_APPLY))
        return config if newest in {None, plan[1]} else f"{_REPLACED}{newest}\n{config}"


def newest_plan(instance: dg.DagsterInstance, name: str) -> str | None:
    """The hash of the plan of a declaration that was made last; None where there is none."""
    event = instance.get_latest_materialization_event(dg.AssetKey([name, "write_plan"]))
    made = event.asset_materialization if event else None
    found = made.metadata.get(PLAN_HASH) if made else None
    return str(found.value) if found else None
