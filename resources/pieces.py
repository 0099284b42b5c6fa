"""What is too much for one question, in pieces."""

from collections.abc import Sequence
from typing import TypeVar

_Item = TypeVar("_Item")


def pieces(items: Sequence[_Item], size: int) -> list[list[_Item]]:
    """The items in their order, so many a piece; the last has what is left.

    >>> pieces([1, 2, 3], 2), pieces([], 2)
    ([[1, 2], [3]], [])
    """
    return [list(items[start : start + size]) for start in range(0, len(items), size)]
