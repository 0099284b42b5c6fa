"""Which rules decide who is linked to whom, and what is planned for it, as a number of ours."""

from collections.abc import Mapping
from typing import Final

from schemas.version import VERSION

RULES_VERSION: Final = 19
"""Raised with every change by which the same extracts, decisions and declaration give other matches or another plan."""

MADE_BY: Final[Mapping[str, str | int]] = {"version": VERSION, "rules_version": RULES_VERSION}
"""Metadata of what people keep: which Tieout made it, by which rules."""
