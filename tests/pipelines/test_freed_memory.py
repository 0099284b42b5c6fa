"""What polars has freed goes back to the machine, as its allocator says of itself."""

import os
import subprocess
import sys

import pytest

_LOAD = """
import os, pipelines
os.environ["_RJEM_MALLOC_CONF"] += ",stats_print:true"
import polars
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="polars has this allocator on Linux")
@pytest.mark.parametrize(("own", "kept"), [({}, "0"), ({"_RJEM_MALLOC_CONF": "muzzy_decay_ms:700"}, "700")])
def test_what_is_freed_goes_back_unless_somebody_has_set_it_otherwise(own: dict[str, str], kept: str) -> None:
    others = {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
    command = [sys.executable, "-c", _LOAD]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**others, **own})
    assert f"opt.muzzy_decay_ms: {kept} " in done.stderr
