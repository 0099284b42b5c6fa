"""Customers whose every value can be told from anything else, secrets likewise, and where they were found."""

import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from shutil import copyfile
from typing import Any
from unittest.mock import patch

import dagster as dg
import pytest

from tests.pipelines.api_world import NAME
from tests.pipelines.notifications.test_each import tick
from tests.reconciling import CHECKOUT

EMAIL = "jabberwocky@zubrowka.example"
PERSON: Mapping[str, Any] = {
    "email": EMAIL,
    "name": "Quillfeather Flibberty",
    "phone": "+49 791 8446055 1",
    "description": "Snollygoster",
    "address": {"line1": "Kwyjibostrasse 17", "city": "Xanaduville", "country": "DE", "postal_code": "99987"},
    "metadata": {"vip": "Vorpalmeta"},
}
COMPANY = "Tumtumtree GmbH"
COMMENTS = "Grumblewort"
DATA = (
    *("jabberwocky", "zubrowka", "quillfeather", "flibberty", "8446055", "snollygoster", "kwyjibo", "xanaduville"),
    *("vorpalmeta", "tumtumtree", "grumblewort"),
)
"""A piece of each value of theirs, as its key has it too: no id, no hash, and no sentence of ours."""

STRIPE_KEY = "sk_test_whiffling4Qz"
WRONG_KEY = "sk_test_burbling4Qz"
WEBHOOK_TOKEN = "galumphing4Qz"
MAIL_PASSWORD = "outgrabe4Qz"
SECRETS = (STRIPE_KEY, WRONG_KEY, WEBHOOK_TOKEN, MAIL_PASSWORD, "consumer-secret", "token-secret")

OURS = ("frames", "plans", "inputs")
"""The folders of a home in which customers' data is kept, beside the ledger."""

_MAY_HOLD_DATA = {
    "ledger_journal": {"old_value", "new_value", "found", "error"},
    "ledger_decision": {"why"},
}


def found_in(text: str, words: tuple[str, ...] = (*DATA, *SECRETS)) -> list[str]:
    """The canaries in a text, in any case."""
    lower = text.lower()
    return [word for word in words if word.lower() in lower]


def files_with(folder: Path, words: tuple[str, ...]) -> dict[str, list[str]]:
    """Each file below a folder that holds canaries, by its path there, with what it holds."""
    found = {path: found_in(path.read_bytes().decode("latin-1"), words) for path in folder.rglob("*") if path.is_file()}
    return {str(path.relative_to(folder)): held for path, held in found.items() if held}


def history(home: Path) -> dict[str, list[str]]:
    """The files of a home with canaries that are not among those in which customers' data belongs."""
    found = files_with(home, (*DATA, *SECRETS))
    return {name: held for name, held in found.items() if name.split("/")[0].removesuffix("-wal") not in BELONGS}


BELONGS = {*OURS, "ledger.db", "errors"}


def columns_with(ledger: Path, words: tuple[str, ...]) -> set[str]:
    """The columns of a ledger that hold canaries, as `table.column`, where they may not."""
    with closing(sqlite3.connect(ledger)) as opened:
        tables = [name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [(name, opened.execute(f"SELECT * FROM {name}")) for name in tables]  # noqa: S608 (its own names)
        return {
            f"{table}.{column[0]}"
            for table, cells in rows
            for row in cells
            for column, cell in zip(cells.description, row, strict=True)
            if column[0] not in _MAY_HOLD_DATA.get(table, ()) and found_in(str(cell), words)
        }


@dataclass
class Watch:
    """An installation under watch: how the runs of each job ended, and what was said anywhere meanwhile."""

    folder: Path
    instance: dg.DagsterInstance
    ended: dict[str, set[bool]] = field(default_factory=dict)
    said: StringIO = field(default_factory=StringIO)
    ticks: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def run(self, defs: dg.Definitions, job: str, op: str = "", **config: object) -> dg.ExecuteInProcessResult:
        """Run a job of the declaration as the UI does, its outputs kept on disk, and let its alerts be told."""
        asked = {"ops": {f"{NAME}__{op}": {"config": config}}} if op else None
        outputs = {"io_manager": dg.FilesystemIOManager(base_dir=self.instance.storage_directory())}
        result = defs.resolve_job_def(f"{NAME}_{job}").execute_in_process(
            instance=self.instance, raise_on_error=False, run_config=asked, resources=outputs
        )
        self.ended.setdefault(f"{NAME}_{job}", set()).add(result.success)
        self.ticks.append(tick(defs, self.instance, result))
        return result

    def look(self, defs: dg.Definitions) -> None:
        """Let each sensor and schedule that looks by itself do so; what it says is kept."""
        repository = defs.get_repository_def()
        for sensor in repository.sensor_defs:
            if not isinstance(sensor, dg.RunStatusSensorDefinition):
                context = dg.build_sensor_context(instance=self.instance, definitions=defs)
                self.ticks.append(str(sensor.evaluate_tick(context)))
        for schedule in repository.schedule_defs:
            self.ticks.append(str(schedule.evaluate_tick(dg.build_schedule_context(self.instance))))


@contextmanager
def watched(folder: Path) -> Iterator[Watch]:
    """Dagster as it is on one machine, with its temporary files in a folder of their own; what is said is kept."""
    for name in ("home", "tmp"):
        (folder / name).mkdir(mode=0o700)
    copyfile(CHECKOUT / "deploy" / "dagster.yaml", folder / "home" / "dagster.yaml")
    with ExitStack() as stack:
        given = stack.enter_context(pytest.MonkeyPatch.context())
        given.setenv("DAGSTER_HOME", str(folder / "home"))
        stack.enter_context(patch("tempfile.tempdir", str(folder / "tmp")))
        instance = stack.enter_context(dg.DagsterInstance.from_config(str(folder / "home")))
        watch = Watch(folder, instance)
        handler = logging.StreamHandler(watch.said)
        logging.getLogger().addHandler(handler)
        stack.callback(logging.getLogger().removeHandler, handler)
        stack.enter_context(redirect_stdout(watch.said))
        stack.enter_context(redirect_stderr(watch.said))
        yield watch


def open_to_others(folder: Path) -> Mapping[str, str]:
    """Everything below a folder, itself included, that somebody else may read, write or enter, with its mode."""
    modes = {path: path.lstat().st_mode for path in (folder, *folder.rglob("*")) if not path.is_symlink()}
    return {str(path): oct(mode & 0o777) for path, mode in modes.items() if mode & 0o077}
