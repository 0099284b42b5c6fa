"""`make ui`: Dagster's UI, behind a guard, with its daemon and the code location of every declaration, on loopback.

`dagster dev` does the same without the guard. Its parts are started here one by one, each in a session of its own, so
that Ctrl-C is ours alone to answer: it ends all of them, the runs that they have started too. Killed, it cannot, and
they end by themselves.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import dagster as dg
import uvicorn
import yaml
from rich.console import Console
from rich.markup import escape

from assets.next_step.forms import UI_PORT, USUAL_PORT
from pipelines.code_location import LOCATION
from pipelines.declarations import read_folder
from pipelines.exclusive_run import end_killed
from pipelines.home import prepare_home
from pipelines.login.shared import shared_ui
from pipelines.webserver import hosts, listening, serve
from resources.storage.atomic import replaced
from resources.storage.folders import Folders
from schemas.errors import TieoutError, TransientError

_ADDRESS: Final = "127.0.0.1"
_PATIENCE_S: Final = 10.0


def main() -> int:
    """Serve until Ctrl-C or a signal. PORT says where to listen; default 3000."""
    console, errors = Console(highlight=False), Console(stderr=True, highlight=False, soft_wrap=True)
    folders, port = Folders.from_environment(), os.environ.get("PORT", USUAL_PORT)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        hosts()
        shared = shared_ui()
        with listening(_ADDRESS, port) as listener:
            prepare_home(folders)
            for broken in read_folder(folders.root / "pipelines" / "defs").broken:
                errors.print(f"[yellow]![/] Left out, as it is broken: {escape(broken.sentences[0])}")
            with dg.DagsterInstance.get() as instance, TemporaryDirectory(prefix="tieout-") as folder:
                end_killed(folders, instance)
                with told_at(folders, port), _parts(folders, Path(folder)) as (workspace, parts):

                    def started(server: uvicorn.Server) -> None:
                        console.print(f"Dagster's UI is on http://{_ADDRESS}:{port}; Ctrl-C ends it.")
                        _watch(parts, server)

                    serve(instance, workspace, listener, shared=shared, results=folders, started=started)
                    log = _log(folders)
                    raise TransientError(
                        f"Dagster's daemon or code server has ended by itself; what it said is in {log}."
                    )
    except TieoutError as error:
        errors.print(f"[red]✗[/] {escape(str(error))}")
        return 1
    except KeyboardInterrupt:
        errors.print("Stopped.")
    return 0


@contextmanager
def told_at(folders: Folders, port: str) -> Iterator[None]:
    """Tell the commands and pages of this machine the port while the body runs, so that their links lead to it."""
    told = folders.home / UI_PORT
    with replaced(told) as fresh:
        fresh.write_text(port, "utf-8")
    try:
        yield
    finally:
        told.unlink(missing_ok=True)


@contextmanager
def _parts(folders: Folders, folder: Path) -> Iterator[tuple[Path, list[subprocess.Popen[bytes]]]]:
    """The code location and the daemon while the body runs; gives the workspace that names the location, and them."""
    sock, workspace = folder / "code.sock", folder / "workspace.yaml"
    where = {"grpc_server": {"socket": str(sock), "location_name": LOCATION}}
    workspace.write_text(yaml.safe_dump({"load_from": [where]}))
    module = ("--module-name", "pipelines.definitions", "--working-directory", str(folders.root))
    location = ("code-server", "start", *module, "--location-name", LOCATION, "--socket", str(sock))
    _log(folders).unlink(missing_ok=True)
    parts = [_start(folders, "dagster", *location, "--log-level", "warning")]
    try:
        _wait_for(sock, parts[0], _log(folders))
        parts.append(_start(folders, "dagster._daemon", "run", "--workspace", str(workspace), "--log-level", "warning"))
        yield workspace, parts
    finally:
        _end(parts)


def _start(folders: Folders, *command: str) -> subprocess.Popen[bytes]:
    """Start a part that ends by itself when this process does not come to end it.

    What it says goes into a file: every run of the UI tells a hundred lines, which the UI shows better.
    """
    following = (sys.executable, "-m", "pipelines.child_process")
    with os.fdopen(os.open(_log(folders), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb") as log:
        return subprocess.Popen(  # noqa: S603 (our own interpreter, fixed arguments)
            [*following, sys.executable, "-m", *command],
            cwd=folders.root,
            start_new_session=True,
            stdin=subprocess.PIPE,  # which we only hold: it closes when we are gone
            stdout=log,
            stderr=log,
        )


def _log(folders: Folders) -> Path:
    """Where the parts say what they have to say, from one start to the next."""
    return folders.home / "ui.log"


def _wait_for(sock: Path, location: subprocess.Popen[bytes], log: Path) -> None:
    """Until the code location listens; it loads the declarations afterwards, and says itself what is wrong."""
    while not sock.exists():
        if location.poll() is not None:
            raise TransientError(f"Dagster's code server ended while it was starting; what it said is in {log}.")
        time.sleep(0.1)


def _watch(parts: Sequence[subprocess.Popen[bytes]], server: uvicorn.Server) -> None:
    """Let the server end when one of the others has ended by itself."""

    def until_one_ends() -> None:
        while all(part.poll() is None for part in parts):
            time.sleep(1)
        server.should_exit = True

    threading.Thread(target=until_one_ends, daemon=True).start()


def _end(parts: Sequence[subprocess.Popen[bytes]]) -> None:
    """End them and all that they have started: asked at first, so that a run can say that it was stopped."""
    with _undisturbed():
        for number, patience in ((signal.SIGINT, _PATIENCE_S), (signal.SIGKILL, _PATIENCE_S)):
            for part in parts:
                _signal(part, number)
            until = time.monotonic() + patience
            while time.monotonic() < until and any(_is_alive(part) for part in parts):
                time.sleep(0.05)


def _signal(part: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(part.pid, number)
    except ProcessLookupError:
        return


def _is_alive(part: subprocess.Popen[bytes]) -> bool:
    """Whether anything is left of a part or of what it has started."""
    part.poll()
    try:
        os.killpg(part.pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C must not leave anything running."""
    kept = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
