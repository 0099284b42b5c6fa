"""The files of `out/<name>` under `/results/<name>/`, in front of Dagster's web server and behind the guard.

A report is a page with its own script, and it shows what others have typed into two systems: so it gets an origin that
is nobody's, from which nothing of Dagster can be asked. Only files that a run has put there are served.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Final

from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assets.next_step.links import RESULTS

_PATH: Final = re.compile(RESULTS + r"/([a-z][a-z0-9_]{0,39})/([a-z][a-z0-9_-]{0,80}\.(?:html|csv|xlsx|txt|json))")
_KINDS: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
}
_FOR_A_SPREADSHEET: Final = frozenset({".csv", ".xlsx"})
_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox",
    "Cross-Origin-Opener-Policy": "unsafe-none",  # a browser shows no page that is in a sandbox and asks for more
}


class ResultPages:
    """An ASGI application that answers for the results, and hands everything else on."""

    def __init__(self, app: ASGIApp, out: Path) -> None:
        """`out` is the folder with a folder for each declaration."""
        self._app = app
        self._out = out

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(f"{RESULTS}/"):
            await self._app(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await PlainTextResponse("Results can be read only.\n", 405)(scope, receive, send)
        else:
            await self._answer(scope["path"])(scope, receive, send)

    def _answer(self, path: str) -> Response:
        asked = _PATH.fullmatch(path)
        found = self._file(asked[1], asked[2]) if asked else None
        if found is None:
            return PlainTextResponse("There is no such file among the results of the last run.\n", 404)
        kind = _KINDS[found.suffix]
        shown = "attachment" if found.suffix in _FOR_A_SPREADSHEET else "inline"
        return FileResponse(
            found, headers=_HEADERS, media_type=kind, filename=found.name, content_disposition_type=shown
        )

    def _file(self, name: str, file: str) -> Path | None:
        """The file of one generation; None where it is no plain file, or leads out of the folder of results."""
        folder = (self._out / name).resolve()
        path = folder / file
        is_inside = folder == self._out / name or folder.parent == self._out / ".runs" / name
        try:
            return path if is_inside and S_ISREG(os.lstat(path).st_mode) else None
        except OSError:
            return None
