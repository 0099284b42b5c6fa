"""A real Redis for tests, reached by a socket; where there is none, and this is not CI, tests are skipped."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.proofs.installation import until


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Serve, keeping nothing on disk; gives the URL."""
    found = shutil.which("redis-server")
    if found is None and not os.environ.get("CI"):
        pytest.skip("there is no redis-server on this machine; install it to try workers")
    assert found is not None
    socket = folder / "redis.sock"
    said = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
    with subprocess.Popen([found, *said], stdout=subprocess.DEVNULL) as process:
        try:
            until(socket.exists, "Redis does not start")
            yield f"redis+socket://{socket}"
        finally:
            process.kill()
