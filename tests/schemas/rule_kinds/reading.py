"""What a kind makes of one value."""

import polars as pl

from schemas.rule_kinds import RULE_KINDS


def read(kind: str, text: str | None, country: str | None = None) -> str | None:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    value: str | None = frame.select(RULE_KINDS[kind].read(pl.col("text"), country)).item()
    return value
