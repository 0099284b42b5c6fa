"""The page that shows which fields to compare (`assets.advice`); pure."""

from collections.abc import Sequence
from typing import Final

from assets.advice.advice import Advice
from assets.report.page import environment, own

_ROWS_SHOWN: Final = 500
LABELS: Final = ("Rule", "Stripe", "NetSuite", "Links", "Only it", "Ambiguous", "As known", "Against")
"""What the columns of the table are called for people."""


NONE_FIT: Final = (
    "No pair of fields is recommended: each finds too few records, several as often as one, one for many customers, or "
    "others than are known (Against); docs/advise.md has the limits."
)
NOT_COMPARED: Final = (
    "Not counted above are the rules of the declaration that are no plain pair of fields; keep those that you need:"
)


def render_advice(name: str, advice: Advice, not_compared: Sequence[str] = ()) -> str:
    """Return one HTML page that needs no network.

    Args:
        name: the declaration.
        advice: what was found.
        not_compared: the rules of the declaration that are no plain pair, as texts.
    """
    return (
        environment()
        .get_template("advice.html.jinja")
        .render(
            name=name,
            advice=advice,
            none_fit=NONE_FIT,
            apart=f"{NOT_COMPARED} {'; '.join(not_compared)}." if not_compared else "",
            labels=LABELS,
            rows=advice.table.head(_ROWS_SHOWN).rows(),
            total=advice.table.height,
            style=own("report.css"),
        )
    )
