"""A sub-customer without its parents, as NetSuite writes both: `Parent : Child`."""

from typing import Final

import polars as pl

from schemas.rule_kinds.entry import Kind


def without_parents(column: pl.Expr) -> pl.Expr:
    """Return what stands after the last ` : `.

    >>> pl.select(without_parents(pl.lit("Acme : Berlin: Mitte : Sales"))).item()
    'Sales'
    """
    return column.str.replace(r"^[\s\S]*\s:\s", "")


KIND: Final = Kind(
    name="leaf",
    side="netsuite",
    says="what stands after the last ` : ` in NetSuite",
    read=lambda column, _: without_parents(column),
    trait=r"\s:\s",
)
