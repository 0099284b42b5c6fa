"""The files of the last results under `/results/<name>/`, in front of Dagster's web server and behind the guard.

A report is a page with its own script, and it shows what others have typed into two systems: so it gets an origin that
is nobody's, from which nothing of Dagster can be asked. Only files that a run has put there are served.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assets.next_step.links import RESULTS
from resources.storage.folders import Folders
from schemas.errors import TieoutError

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

    def __init__(self, app: ASGIApp, folders: Folders) -> None:
        """`folders` says where the results of each declaration are."""
        self._app = app
        self._folders = folders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(f"{RESULTS}/"):
            await self._app(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await PlainTextResponse("Results can be read only.\n", 405)(scope, receive, send)
        else:
            answer = await run_in_threadpool(self._answer, scope["path"])
            await answer(scope, receive, send)

    def _answer(self, path: str) -> Response:
        asked = _PATH.fullmatch(path)
        try:
            found = self._file(asked[1], asked[2]) if asked else None
        except TieoutError as error:
            return PlainTextResponse(f"{error}\n", 503)
        if asked is None or found is None:
            return PlainTextResponse("There is no such file among the results of the last run.\n", 404)
        name = PurePosixPath(asked[2])
        shown = "attachment" if name.suffix in _FOR_A_SPREADSHEET else "inline"
        return FileResponse(
            found,
            headers=_HEADERS,
            media_type=_KINDS[name.suffix],
            filename=name.name,
            content_disposition_type=shown,
        )

    def _file(self, name: str, file: str) -> Path | None:
        """The file of one generation; None where it is no plain file, or leads out of the folder of results."""
        if self._folders.objects:
            newest = self._folders.published(name).newest()
            return newest.fetched([file]).get(file) if newest else None
        out = self._folders.out
        folder = (out / name).resolve()
        path = folder / file
        is_inside = folder == out / name or folder.parent == out / ".runs" / name
        try:
            return path if is_inside and S_ISREG(os.lstat(path).st_mode) else None
        except OSError:
            return None
