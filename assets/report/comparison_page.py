"""The page that shows who would be linked otherwise by another declaration (`assets.replay.compare`); pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from assets.report.page import environment, own

ROWS_SHOWN: Final = 500
"""Customers of one kind that the page shows at most; all are in the CSV beside it."""


@dataclass(frozen=True)
class Compared:
    """What is compared, in words.

    Attributes:
        name: the declaration's.
        plan: hash of the plan on whose inputs both were tried.
        made_at: when that plan was made.
        before: the one declaration.
        after: the other.
        customers: how many there are.
    """

    name: str
    plan: str
    made_at: str
    before: str
    after: str
    customers: int


def render_comparison(
    compared: Compared, rows: pl.DataFrame, counts: Mapping[str, int], words: Mapping[str, str]
) -> str:
    """Return one HTML page that needs no network; `counts` and `words` are by the kinds of `rows`' column `change`."""
    shown = {change: rows.filter(pl.col("change") == change).head(ROWS_SHOWN).rows(named=True) for change in counts}
    return (
        environment()
        .get_template("comparison.html.jinja")
        .render(
            compared=compared,
            counts=counts,
            words=words,
            shown=shown,
            same=compared.customers - sum(counts.values()),
            style=own("report.css"),
        )
    )
