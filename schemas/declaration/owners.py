"""Who answers for a reconciliation, as Dagster shows it: a person's e-mail address, or a team."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator

from schemas.declaration.problems import wrong

_OWNER: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}|team:[A-Za-z0-9_ .-]{1,60}")


def _checked(value: str) -> str:
    if not _OWNER.fullmatch(value):
        raise wrong(f"expected an e-mail address, or a team as in team:finance, found {value!r}")
    return value


Owner = Annotated[str, AfterValidator(_checked)]
"""One of them."""
