"""How a totals row calls itself, in the languages of the systems that write one under a list."""

import re
from typing import Final

_TOTAL: Final = re.compile(
    r"(?:(?:overall|grand|sub|report)[ -]?)?totals?\b.*|sum|count|average|summe|(?:zwischen|gesamt)(?:summe|ergebnis)?"
    r"|insgesamt|somme|totale.*|totaal|suma|soma|razem"
    r"|итого|всего|合計|総計|小計|合计|总计|總計|합계|총계",
    re.IGNORECASE,
)


def is_total(text: str) -> bool:
    """Whether a cell is the name of a totals row."""
    return _TOTAL.fullmatch(text.strip(" :\ufeff")) is not None
