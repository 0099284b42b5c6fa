"""The chart of the months: an SVG in the colours of the page, wide by month and narrow by quarter."""

import re
from datetime import date
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from assets.report import charts, figures
from assets.report.page import render_report
from schemas.words import OUTCOMES
from tests.assets.report.report_world import empty_world, review, world

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def chart() -> charts.MonthsChart:
    drawn = charts.months_chart(figures.months(figures.standings(world())))
    assert drawn is not None
    return drawn


@pytest.fixture(scope="module")
def drawings() -> list[ET.Element]:
    """Return the chart as it stands in the page: wide, then narrow."""
    page = render_report(world())
    return [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]  # noqa: S314 (our own drawing)


def _bars(drawing: charts.Drawing, colour: str) -> int:
    return sum(bars.path.count("M") for panel in drawing.panels for bars in panel.bars if bars.colour == colour)


def _years(drawing: charts.Drawing) -> list[str]:
    return [year.text for year in drawing.years]


def test_wide_chart_has_a_bar_per_month_and_outcome(chart: charts.MonthsChart) -> None:
    assert [_bars(chart.wide, name) for name in ("linked", "unmatched", "held", "waiting")] == [1, 1, 1, 2]


def test_narrow_chart_sums_quarters_and_fits_a_phone(chart: charts.MonthsChart) -> None:
    assert [_bars(chart.narrow, name) for name in ("linked", "unmatched", "held", "waiting")] == [1, 1, 1, 2]
    assert chart.narrow.full_width < 340


def test_bars_stand_on_each_other_and_the_tallest_pile_fills_the_height() -> None:
    numbers = {name: [0, 0] for name in OUTCOMES} | {
        "linked": [1, 2],
        "held": [1, 2],
        "total": [2, 4],
        "waiting": [0, 1],
    }
    months = pl.DataFrame(numbers).insert_column(0, pl.Series("month", [date(2024, 1, 1), date(2024, 2, 1)]))
    drawn = charts.months_chart(months)
    assert drawn is not None
    counts, waiting = drawn.wide.panels
    tops = [(bars.colour, re.findall(r"M[\d.]+,([\d.]+)h[\d.]+v([\d.]+)", bars.path)) for bars in counts.bars]
    assert tops == [
        ("linked", [("142.50", "47.50"), ("95.00", "95.00")]),
        ("held", [("95.00", "47.50"), ("0.00", "95.00")]),
    ]
    assert [(line.text, line.at) for line in counts.grid] == [(str(n), 190 - n / 4 * 190) for n in range(5)]
    assert [(line.text, line.at) for line in waiting.grid] == [
        ("0%", 56.0),
        ("10%", pytest.approx(33.6)),
        ("20%", pytest.approx(11.2)),
    ]


def test_the_page_has_both_with_their_words_and_colours(drawings: list[ET.Element]) -> None:
    wide, narrow = drawings
    texts = {text.text for text in wide.iter(f"{SVG}text")}
    assert {"2024", "2025", "Customers", "Share that waits for a person"} <= texts
    assert "\u201924" in {text.text for text in narrow.iter(f"{SVG}text")}
    fills = {path.get("fill") for path in wide.iter(f"{SVG}path")} - {None}
    assert {"var(--linked)", "var(--waiting)"} <= fills


def test_no_months_no_chart() -> None:
    assert charts.months_chart(figures.months(figures.standings(empty_world()))) is None


@pytest.mark.parametrize("month", [0, 1])
def test_a_single_month_is_drawn_above_its_year(month: int) -> None:
    drawn = charts.months_chart(figures.months(figures.standings(world())).slice(month, 1))
    assert drawn is not None
    assert _years(drawn.wide) == ["2024"]


def test_nobody_waiting_leaves_the_share_at_zero() -> None:
    nobody = world(review=review().clear())
    drawn = charts.months_chart(figures.months(figures.standings(nobody)))
    assert drawn is not None
    assert _bars(drawn.wide, "waiting") == 0
    assert [line.text for line in drawn.wide.panels[1].grid] == ["0%", "50%", "100%"]


@pytest.mark.parametrize("highest", [1, 7, 35, 412, 99_999])
def test_numbers_on_the_left_are_round_and_few(highest: int) -> None:
    ticks = charts._ticks(highest, 4, least=1)
    assert 2 <= len(ticks) <= 8
    assert ticks[0] == 0
    assert highest * 0.5 < ticks[-1] <= highest
    assert re.fullmatch("[125]0*", f"{ticks[1]:g}")
