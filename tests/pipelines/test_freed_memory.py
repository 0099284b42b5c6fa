"""What polars has freed goes back to the machine, as its allocator says of itself; soon, where memory is bounded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_LOAD = """
import os, sys
from pathlib import Path
from pipelines import freed_memory
if "_RJEM_MALLOC_CONF" in sys.argv:
    del os.environ["_RJEM_MALLOC_CONF"]  # what importing has set
freed_memory.give_back(Path(sys.argv[1]))
os.environ["_RJEM_MALLOC_CONF"] += ",stats_print:true"
import polars
"""
_LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="polars has this allocator on Linux")


def _settings(declarations: Path, own: dict[str, str]) -> str:
    others = {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
    command = [sys.executable, "-c", _LOAD, str(declarations), *([] if own else ["_RJEM_MALLOC_CONF"])]
    return subprocess.run(command, check=True, capture_output=True, text=True, env={**others, **own}).stderr


@_LINUX
@pytest.mark.parametrize(("own", "kept"), [({}, "0"), ({"_RJEM_MALLOC_CONF": "muzzy_decay_ms:700"}, "700")])
def test_what_is_freed_goes_back_unless_somebody_has_set_it_otherwise(
    tmp_path: Path, own: dict[str, str], kept: str
) -> None:
    assert f"opt.muzzy_decay_ms: {kept} " in _settings(tmp_path, own)


@_LINUX
@pytest.mark.parametrize(
    ("declared", "kept"),
    [
        ("  name: acme\n", "10000"),
        ("  memory: 4GB\n", "500"),
        ("  'memory' : 4GB\n", "500"),
        ("  # memory: 4GB\n", "10000"),
    ],
)
def test_where_a_declaration_bounds_memory_it_goes_back_soon(tmp_path: Path, declared: str, kept: str) -> None:
    for name, text in (("acme", declared), ("other", "  name: other\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "defs.yaml").write_text(f"type: x\nattributes:\n{text}")
    assert f"opt.dirty_decay_ms: {kept} " in _settings(tmp_path, {})


@_LINUX
@pytest.mark.parametrize("declared", ["  name: acme\n", "  memory: 4GB\n"])
def test_what_is_freed_is_kept_in_an_arena_for_two_cores(tmp_path: Path, declared: str) -> None:
    (tmp_path / "defs.yaml").write_text(f"type: x\nattributes:\n{declared}")
    settings = _settings(tmp_path, {})
    assert f"opt.narenas: {max((os.cpu_count() or 1) // 2, 1)}\n" in settings
    assert "opt.tcache_max: 4096\n" in settings
