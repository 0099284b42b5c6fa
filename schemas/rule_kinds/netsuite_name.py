"""NetSuite's own *Name* column: a number, and parents, before the name."""

from typing import Final

import polars as pl

from schemas.rule_kinds.entry import Kind
from schemas.rule_kinds.leaf import without_parents

NETSUITE_NAME: Final = "netsuite_name"
NUMBER_BEFORE: Final = r"#?\p{L}{0,10}[-_]?[0-9]+(?:\s+[-\x{2013}:]\s+|[-_:]?\s+)"
NUMBERED: Final = rf"(?:^|\s:\s)\s*{NUMBER_BEFORE}\S"
SOME: Final = 0.3
"""Of names, the share from which on the numbers before them are NetSuite's; below it they may be parts of names."""


def _read(column: pl.Expr, _: str | None) -> pl.Expr:
    """Return a name without its parents and without the number before it.

    >>> names = pl.Series(["CUST103 Foo Ltd", "7 Acme : CUST-12 Foo Ltd", "12 - Foo Ltd", "3M", "CUST103"])
    >>> pl.select(_read(pl.lit(names), None)).to_series().to_list()
    ['Foo Ltd', 'Foo Ltd', 'Foo Ltd', '3M', 'CUST103']
    """
    return without_parents(column).str.strip_chars().str.replace(rf"^{NUMBER_BEFORE}(\S)", "$1")


KIND: Final = Kind(
    name=NETSUITE_NAME,
    side="netsuite",
    says="the same without a number before it",
    read=_read,
    trait=NUMBERED,
)
