"""A command that follows its starter ends with it, however that ends, and takes what it has started along."""

import os
import signal
import subprocess
import sys
import time

from tests.installed import is_there
from tests.reconciling import CHECKOUT

STARTER = """
import subprocess, sys
hurry = "import sys; from pipelines import child_process as c; c._PATIENCE_S = 0.5; sys.exit(c.main(sys.argv[1:]))"
command = [sys.executable, "-c", hurry, sys.executable, "-c", sys.argv[1]]
part = subprocess.Popen(command, start_new_session=True, stdin=subprocess.PIPE)
sys.exit(part.wait())
"""
STAYS = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(600)
"""
PATIENCE = 120


def started(code: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", STARTER, code]
    return subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)


def test_a_killed_starter_takes_along_even_what_does_not_listen() -> None:
    with started(STAYS) as process:
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split()]
        assert all(map(is_there, pids))
        os.kill(process.pid, signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while any(map(is_there, pids)):
            assert time.monotonic() < until, "it goes on alone"
            time.sleep(0.1)


def test_a_command_that_ends_by_itself_gives_its_exit_code() -> None:
    with started("raise SystemExit(7)") as process:
        assert process.wait(PATIENCE) == 7
