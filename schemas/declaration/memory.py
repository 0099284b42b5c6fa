"""How much memory a run may take: a size as people write it, such as `4GB`."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator

from schemas.declaration.problems import wrong

LEAST: Final = 512 * 10**6
"""What a process with all that it imports takes, and room to work."""

_SIZE: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?) ?([MGT])(i?)B", re.IGNORECASE)
_POWERS: Final = {"M": 2, "G": 3, "T": 4}


def bytes_of(size: str) -> int:
    """Return how many bytes a size is.

    Raises:
        PydanticCustomError: it is none, or too little to run.

    >>> bytes_of("4GB"), bytes_of("1.5 GiB")
    (4000000000, 1610612736)
    """
    if (found := _SIZE.fullmatch(size.strip())) is None:
        raise wrong(f"expected a size with its unit, such as 4GB or 800MB, found {size!r}")
    number, unit, binary = found.groups()
    count = round(float(number) * pow(1024.0 if binary else 1000.0, _POWERS[unit.upper()]))
    if count < LEAST:
        raise wrong(f"expected {in_words(LEAST)} at least, found {size!r}: less holds no run")
    return count


def in_words(count: float) -> str:
    """Return a number of bytes as a size for a person.

    >>> in_words(4 * 10**9), in_words(23_500_000_000), in_words(512 * 10**6)
    ('4 GB', '23.5 GB', '512 MB')
    """
    return f"{count / 10**9:,.3g} GB" if count >= 10**9 else f"{count / 10**6:,.0f} MB"


def _sized(size: str | None) -> str | None:
    if size is not None:
        bytes_of(size)
    return size


NoneOrSize = Annotated[str | None, AfterValidator(_sized)]
"""A size, or none; what is no size is refused."""
