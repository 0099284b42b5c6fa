"""The right to write, seen again deep within a client: before every try of a request that changes something.

A write that met a transient failure is tried again for minutes, in which its run may have lost the right. A client does
not know whose right it is; who writes says it for the thread in which it does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final


def _unguarded() -> None:
    """Where nobody has said so, there is no right that could be lost."""


_CHECK: Final[ContextVar[Callable[[], None]]] = ContextVar("right", default=_unguarded)


@contextmanager
def while_ours(check: Callable[[], None]) -> Iterator[None]:
    """Let `check`, which raises when the right is lost, be asked before every try of a write of this thread's."""
    before = _CHECK.set(check)
    try:
        yield
    finally:
        _CHECK.reset(before)


def see_that_it_is_ours() -> None:
    """Raise what the check raises, if the right to write is lost."""
    _CHECK.get()()
