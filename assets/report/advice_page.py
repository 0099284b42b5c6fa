"""The page that shows which fields to compare (`assets.advice`); pure."""

from typing import Final

from assets.advice.advice import Advice
from assets.report.page import environment, own

_ROWS_SHOWN: Final = 500
LABELS: Final = ("Rule", "Stripe", "NetSuite", "Links", "Only it", "Ambiguous", "As known", "Against")
"""What the columns of the table are called for people."""


def render_advice(name: str, advice: Advice) -> str:
    """Return one HTML page that needs no network."""
    return (
        environment()
        .get_template("advice.html.jinja")
        .render(
            name=name,
            advice=advice,
            labels=LABELS,
            rows=advice.table.head(_ROWS_SHOWN).rows(),
            total=advice.table.height,
            style=own("report.css"),
        )
    )
