"""The commands behind `make`, run in this process in a folder of a test: what they come to, without starting Python.

What only a process of its own can show, a signal, a kill, a limit, what is imported first, is for `installed`; so is a
command beside an open browser, whose event loop runs in this thread.
"""

import importlib
import logging
import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, chdir, contextmanager, redirect_stderr, redirect_stdout
from importlib.machinery import ModuleSpec, PathFinder
from io import StringIO
from pathlib import Path
from shutil import copyfile
from types import ModuleType
from unittest.mock import patch

from stamina import instrumentation

from resources.storage import folders
from tests.reconciling import CHECKOUT

_DECLARED = ("pipelines.definitions", "pipelines.defs")


def lay_out(folder: Path, files: Mapping[str, str]) -> None:
    """Make a folder in which commands can be run, with these files: exports, `pipelines/defs/<name>/defs.yaml`."""
    for name in ("pipelines/definitions.py", "pipelines/defs/__init__.py", "deploy/dagster.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copyfile(CHECKOUT / name, folder / name)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def command(
    folder: Path, module: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a command, such as `run`, as if the project lay in this folder; its state and results lie there too."""
    main = importlib.import_module(f"pipelines.{module}").main
    output, errors = StringIO(), StringIO()
    own = {"DAGSTER_HOME": str(folder / "home"), "TIEOUT_OUT": str(folder / "out")}
    shown = {"COLUMNS": "80", "NO_COLOR": "1"}
    with ExitStack() as stack:
        for kept in (_process_kept(), _declared_in(folder), chdir(folder), redirect_stdout(output)):
            stack.enter_context(kept)
        stack.enter_context(redirect_stderr(errors))
        os.environ.update({**own, **shown, **(environment or {})})
        code = main([*arguments]) if arguments else main()
    return subprocess.CompletedProcess([module, *arguments], code, output.getvalue(), errors.getvalue())


class _Declared:
    """Finds what loads the declarations in a folder; all other modules are those of the checkout."""

    def __init__(self, folder: Path) -> None:
        self._place = str(folder / "pipelines")

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:
        del path, target
        return PathFinder.find_spec(name, [self._place]) if name in _DECLARED else None


@contextmanager
def _declared_in(folder: Path) -> Iterator[None]:
    """Let what is declared in a folder be loaded anew, and its files be found there."""
    before = _forgotten()
    with (
        patch.object(sys, "meta_path", [_Declared(folder), *sys.meta_path]),
        patch.object(folders, "_CHECKOUT", folder),
    ):
        try:
            yield
        finally:
            _forgotten()
            sys.modules.update(before)


def _forgotten() -> dict[str, ModuleType]:
    return {name: sys.modules.pop(name) for name in [*sys.modules] if name.startswith(_DECLARED)}


@contextmanager
def _process_kept() -> Iterator[None]:
    """Put back what a command sets for its whole process; what it logs meets no handler of the tests."""
    root, factory, hooks = logging.getLogger(), logging.getLogRecordFactory(), instrumentation.get_on_retry_hooks()
    handlers, at_end, of_threads = root.handlers, sys.excepthook, threading.excepthook
    answered = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with patch.dict(os.environ), warnings.catch_warnings():
        root.handlers = []
        try:
            yield
        finally:
            root.handlers = handlers
            logging.setLogRecordFactory(factory)
            instrumentation.set_on_retry_hooks(hooks)
            sys.excepthook, threading.excepthook = at_end, of_threads
            for number, handler in answered.items():
                signal.signal(number, handler)
