"""`make replay` and `make prune`, as a person starts them, after a run of their own files."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.in_process import command, lay_out
from tests.test_bad_input import EXPORTS


def sh(folder: Path, module: str, *arguments: str) -> tuple[int, str, str]:
    ended = command(folder, module, *arguments)
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.rule("X12")
def test_a_run_is_replayed_identical_until_an_input_is_altered(tmp_path: Path) -> None:
    lay_out(tmp_path, EXPORTS)
    code, _, errors = sh(tmp_path, "run", "acme")
    assert code == 0, errors
    [plan] = (tmp_path / "home/plans/acme").glob("*/*.csv")
    code, said, errors = sh(tmp_path, "replay", "acme", plan.stem[:8])
    assert (code, errors) == (0, "")
    assert said.startswith(f"✓ identical: plan {plan.stem} of ")

    [frame] = [path for path in (tmp_path / "home/inputs").rglob("objects/*") if path.samefile(netsuite(tmp_path))]
    content = frame.read_bytes()
    frame.unlink()
    frame.write_bytes(content[:-9] + b"?" + content[-8:])
    code, said, errors = sh(tmp_path, "replay", "acme")
    assert (code, said) == (1, "")
    assert "netsuite_customers was altered: its hash is" in errors

    code, said, errors = sh(tmp_path, "prune", "acme")
    assert (code, said, errors) == (0, "Nothing was old enough.\n", "")
    keep = "  keep: {frames_days: 1}\n"
    [declared] = (tmp_path / "pipelines/defs").rglob("defs.yaml")
    declared.write_text(declared.read_text() + keep)
    os.utime(netsuite(tmp_path), (0, 0))
    would, gone = (sh(tmp_path, "prune", "acme", *given)[1].splitlines() for given in (["--dry-run"], []))
    assert re.match(r"1 frame of acme \(\d.*\) is older than 1 day and would be removed", would[0])
    assert would[1] == "Nothing was removed: this was a dry run."
    assert gone == ["1 frame of acme was older than 1 day and was removed; the next run reads anew."]

    shutil.rmtree(tmp_path / "home/inputs")
    code, said, errors = sh(tmp_path, "replay", "acme")
    assert (code, said) == (1, "")
    assert errors.startswith("✗ Nothing is kept of what any plan of acme was made from")


def test_a_dry_run_needs_no_variable_that_names_the_home(tmp_path: Path) -> None:
    lay_out(tmp_path, EXPORTS)
    ended = command(tmp_path, "prune", "acme", "--dry-run", environment={"DAGSTER_HOME": ""})
    assert (ended.returncode, ended.stdout) == (0, "Nothing was old enough.\n"), ended.stderr


def netsuite(folder: Path) -> Path:
    return folder / "home/frames/acme/netsuite_customers.parquet"
