"""Which Tieout this is, as every result says."""

from importlib.metadata import PackageNotFoundError, version
from typing import Final


def _installed() -> str:
    try:
        return version("tieout")
    except PackageNotFoundError:  # a copy that nobody has installed
        return "unknown"


VERSION: Final = _installed()
