"""A value of a declaration that may be one text or a list of them."""

from typing import Annotated

from pydantic import BeforeValidator

from schemas.declaration.problems import wrong


def _as_list(value: object) -> object:
    if value == []:
        raise wrong("expected one text at least, found an empty list")
    return [value] if isinstance(value, str) else value


OneOrSeveral = Annotated[list[str], BeforeValidator(_as_list)]
"""A list in any case; one text stands for a list of itself. A union would report a mistake once for each part."""

NoneOneOrSeveral = Annotated[list[str] | None, BeforeValidator(_as_list)]
"""The same, or nothing."""
