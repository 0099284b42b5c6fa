"""The columns of link fields that a frame of a test does not mind, so that a further field breaks none."""

import polars as pl

from schemas.link_fields import fields_of

NO_LINKS = dict.fromkeys(field.name for field in fields_of("netsuite"))
"""The row of a record whose link fields are all empty."""


def with_link_columns(netsuite: pl.LazyFrame) -> pl.LazyFrame:
    """Add each link field of NetSuite that a frame lacks, empty."""
    there = netsuite.collect_schema().names()
    absent = [field.name for field in fields_of("netsuite") if field.name not in there]
    return netsuite.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
