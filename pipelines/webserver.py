"""Dagster's web server behind the guard: part of `make ui`, and by itself on a machine of its own.

    python -m pipelines.webserver --workspace workspace.yaml --host 127.0.0.1 --port 3000

It is put together here as `dagster-webserver` does it, which offers no place for a guard.
"""

import argparse
import logging
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import dagster as dg
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__
from starlette.types import ASGIApp

from pipelines.filled_forms import FilledForms, newest_plan
from pipelines.guard import Guard
from pipelines.hiding import hide_secrets
from pipelines.home import check_storage
from pipelines.login.login import FORMS
from pipelines.login.shared import Shared, shared_ui
from pipelines.login.workspace import PeoplesContext
from pipelines.month_turn import follow_months
from pipelines.result_pages import ResultPages
from resources.storage.folders import Folders
from schemas.addresses import is_loopback
from schemas.errors import TieoutError, UserError

HOSTS: Final = "TIEOUT_UI_HOSTS"
_STATEMENT_TIMEOUT_MS, _POOL_RECYCLE_S, _POOL_OVERFLOW = 15_000, 3_600, 20  # Dagster's own
_POLL_MS: Final = 2_000
_LAST_ANSWERS_S: Final = 1
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal; 1 when a sentence says why not."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.webserver", description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True, help="where the code locations are")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", default="3000", help="port to listen on")
    options = parser.parse_args(arguments)
    hide_secrets()
    try:
        folders = Folders.from_environment()
        check_storage(folders.home)
        bucket = folders.bucket()  # without one, results lie on the machine of the code location alone
        shared = shared_ui()
        _see_that_nobody_overhears(options.host, shared)
        with listening(options.host, options.port) as listener, dg.DagsterInstance.get() as instance:
            serve(instance, options.workspace, listener, shared=shared, results=folders if bucket else None)
    except TieoutError as error:
        sys.stderr.write(f"✗ {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
    return 0


def _see_that_nobody_overhears(host: str, shared: Shared | None) -> None:
    """Raises UserError where passwords would come to other machines' ports over an open line."""
    if shared and shared.door and not shared.settings.is_encrypted and not is_loopback(host):
        raise UserError(
            f"People would sign in at {host} over an open line: listen on 127.0.0.1 behind a proxy with TLS, or say "
            "url: https://… in the settings of the UI if one is in front."
        )


def listening(host: str, port: str) -> socket.socket:
    """A socket that listens: a port that is taken is found before anything starts.

    Raises:
        UserError: the port is no port, is taken, or is not ours to use.
    """
    if not (port.isdecimal() and port.isascii() and 0 < int(port[:6]) <= _LAST_PORT):
        raise UserError(f"PORT is {port[:20]!r}; expected a number from 1 to {_LAST_PORT}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
        listener.listen()
    except OSError as error:
        listener.close()
        raise UserError(
            f"Port {port} on {host} cannot be used ({error.strerror}); another `make ui` may be running. Stop it, or "
            "choose another port: make ui PORT=3001."
        ) from None
    return listener


def hosts() -> list[str]:
    """The names of this server that the environment lists, beside those of loopback.

    Raises:
        UserError: one of them is no name of a host.
    """
    names = [name.strip() for name in os.environ.get(HOSTS, "").split(",") if name.strip()]
    for name in names:
        if not _HOST.fullmatch(name):
            raise UserError(
                f"{HOSTS} holds {name[:60]!r}; expected names of hosts without a port, with commas between them."
            )
    return names


def serve(
    instance: dg.DagsterInstance,
    workspace: Path,
    listener: socket.socket,
    *,
    shared: Shared | None = None,
    results: Folders | None = None,
    started: Callable[[uvicorn.Server], None] = lambda _: None,
) -> None:
    """Serve until a signal, which arrives as KeyboardInterrupt.

    Args:
        instance: Dagster's memory.
        workspace: a file that says where the code locations are.
        listener: a socket that listens.
        shared: how several people share the UI; by default it is for one.
        results: where the results of each declaration are; none of them is shown by default.
        started: called with the server before it serves.
    """
    names = [*hosts(), *(shared.hosts if shared else [])]
    proxies = shared.settings.proxies if shared else []
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    instance.optimize_for_webserver(_STATEMENT_TIMEOUT_MS, _POOL_RECYCLE_S, _POOL_OVERFLOW)
    workspace_context = PeoplesContext if shared else WorkspaceProcessContext
    with workspace_context(
        instance,
        version=__version__,
        read_only=False,
        workspace_load_target=WorkspaceFileTarget([str(workspace)]),
        code_server_log_level="WARNING",
    ) as context:
        app: ASGIApp = create_app_from_workspace_process_context(context, "", _POLL_MS)
        app = FilledForms(app, partial(newest_plan, instance))
        if results is not None:
            app = ResultPages(app, results)
        app = app if shared is None else shared.before(app, context)
        server = uvicorn.Server(served(Guard(app, names, FORMS if shared else ()), proxies))
        ended = threading.Event()
        follow_months(context, ended)
        started(server)
        try:
            server.run(sockets=[listener])
        finally:
            ended.set()


def served(app: ASGIApp, proxies: Sequence[str]) -> uvicorn.Config:
    """How an application is served; who asked, only these proxies may say for others."""
    return uvicorn.Config(
        app,
        log_level=logging.WARNING,
        timeout_graceful_shutdown=_LAST_ANSWERS_S,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
    )


_LAST_PORT: Final = 65_535


if __name__ == "__main__":
    sys.exit(main())
