"""Stand-ins in a process of their own, so that what they take is not counted for the reader, nor waited for by it.

A process ends with who asked for it, whatever happens on either side: no error leaves the other one waiting.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Final

SPAWN: Final = multiprocessing.get_context("spawn")


@contextmanager
def served(serve: Callable[..., None], *given: object) -> Iterator[tuple[Any, Connection]]:
    """Run `serve(pipe, *given)` in another process; give what it sends first, and the pipe to it."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=serve, args=(theirs, *given), daemon=True)
    process.start()
    theirs.close()  # or the end of that process would not be heard
    try:
        yield ours.recv(), ours
    finally:
        process.kill()
        process.join()
        ours.close()


def answer_of(work: Callable[..., None], *given: object) -> Any:  # noqa: ANN401 (whatever it sends)
    """Run `work(pipe, *given)` in another process; give what it sends."""
    with served(work, *given) as (answer, _):
        return answer
