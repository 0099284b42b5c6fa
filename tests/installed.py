"""A copy of the product in a folder of a test, with declarations of its own, and its commands run as a person does."""

import atexit
import compileall
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, TypedDict

from tests.reconciling import CHECKOUT


def install(folder: Path, files: Mapping[str, str]) -> None:
    """Copy the product without its example, and write these files: exports, `pipelines/defs/<name>/defs.yaml`."""
    shutil.copytree(_compiled(), folder, dirs_exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def otherwise(file: str, said: str, instead: str) -> dict[str, str]:
    """A file of the product that says one thing otherwise, by its name, for `install`."""
    text = (CHECKOUT / file).read_text("utf-8")
    assert text.count(said) == 1, f"{file} does not say {said} once"
    return {file: text.replace(said, instead)}


@cache
def _compiled() -> Path:
    """A copy of the product with its bytecode: else every process that is started in a copy would compile it anew."""
    folder = Path(tempfile.mkdtemp(prefix="tieout-product-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("pipelines", "assets", "resources", "schemas", "deploy"):
        ignored = shutil.ignore_patterns("__pycache__", "example")
        shutil.copytree(CHECKOUT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "tests/bad_input_driver.py"):
        shutil.copyfile(CHECKOUT / name, folder / Path(name).name)
    compileall.compile_dir(folder, quiet=1)
    folder.chmod(0o755)
    return folder


def run_python(
    folder: Path, *arguments: str, given: str = "", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, with state and results of its own."""
    with start_python(folder, *arguments, environment=environment) as process:
        output, errors = process.communicate(given)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


class Driven(TypedDict):
    """What one run of the driver came to; `results` are digests by file."""

    code: int
    output: str
    errors: str
    results: dict[str, str]


def drive(
    folder: Path, cases: Mapping[str, Mapping[str, str | None]], environment: Mapping[str, str] | None = None
) -> tuple[dict[str, Driven], str]:
    """Run each case, files by name, in one process in the copy; give what each came to, and all that was printed."""
    ended = run_python(folder, "bad_input_driver.py", given=json.dumps(cases), environment=environment)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout), ended.stdout + ended.stderr


def is_there(pid: int) -> bool:
    """Whether a process still runs, with one of its threads; it holds its locks until the last of them has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return any(_runs(thread / "stat") for thread in Path(f"/proc/{pid}/task").iterdir())
    return False


def _runs(thread: Path) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return thread.read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    return False


def start_python(
    folder: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    output: IO[str] | int = subprocess.PIPE,
) -> subprocess.Popen[str]:
    """Start Python in the copy, with state and results of its own; what it says can be read, or goes into a file."""
    own = {"DAGSTER_HOME": str(folder / "home"), "TIEOUT_OUT": str(folder / "out"), "PYTHONPATH": str(folder)}
    shown = {"COLUMNS": "80", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **own, **shown, **(environment or {})},
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=output,
        text=True,
        encoding="utf-8",
    )
