"""Which rules decide who is linked to whom, and what is planned for it, as a number of ours."""

from typing import Final

RULES_VERSION: Final = 2
"""Raised with every change by which the same extracts, decisions and declaration give other matches or another plan."""
