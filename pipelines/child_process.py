"""Runs a command for as long as the process that started it lives: `python -m pipelines.child_process <command>`.

Whoever starts it holds the other end of its stdin, which the kernel closes when that process ends, however it ends.
Then the command, and whatever it has started in its session, is asked to end, and soon made to.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Final

_PATIENCE_S: Final = 10.0


def main(command: list[str]) -> int:
    """Run the command; its exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # it is the command that ends, and we with it
    leader = threading.Thread(target=_end_when_left, daemon=True)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:  # noqa: S603 (given by our own code)
        leader.start()
        code = process.wait()
    if _left.is_set():
        leader.join()
    return code


_left: Final = threading.Event()


def _end_when_left() -> None:
    """Wait for the end of stdin; then end our session, this process too."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    _left.set()
    os.killpg(0, signal.SIGINT)
    time.sleep(_PATIENCE_S)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
