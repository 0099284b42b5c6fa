"""How a part of a declaration says what is wrong with it, so that the reader of declarations can name file and line."""

from collections.abc import Sequence

from pydantic_core import PydanticCustomError

Problem = tuple[tuple[str | int, ...], str]
"""The path of a node, from where it is said, and what is wrong with it."""


def wrong(message: str, *path: str | int, others: Sequence[Problem] = ()) -> PydanticCustomError:
    """A validation error that says which node of the declaration it means, where that is not the field itself.

    Args:
        message: what is wrong there.
        path: of that node, from the field.
        others: more that is wrong with the same field.
    """
    return PydanticCustomError("declaration", "{message}", {"message": message, "path": path, "others": others})
