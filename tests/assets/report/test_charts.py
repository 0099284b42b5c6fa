"""The chart of the months: an SVG in the colours of the page, wide by month and narrow by quarter."""

from xml.etree import ElementTree as ET

import pytest

from assets.report import charts, figures
from tests.assets.report.report_world import empty_world, review, world

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def chart() -> charts.MonthsChart:
    drawn = charts.months_chart(figures.months(figures.standings(world())))
    assert drawn is not None
    return drawn


def _parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def _bars(svg: str, colour: str) -> int:
    return sum(path.get("fill") == f"var(--{colour})" for path in _parsed(svg).iter(f"{SVG}path"))


def test_wide_chart_has_a_bar_per_month_and_outcome(chart: charts.MonthsChart) -> None:
    assert [_bars(chart.wide, name) for name in ("linked", "unmatched", "held", "waiting")] == [1, 1, 1, 2]


def test_narrow_chart_sums_quarters_and_fits_a_phone(chart: charts.MonthsChart) -> None:
    assert [_bars(chart.narrow, name) for name in ("linked", "unmatched", "held", "waiting")] == [1, 1, 1, 2]
    assert float(_parsed(chart.narrow).attrib["width"]) < 340


def test_years_are_written_below(chart: charts.MonthsChart) -> None:
    texts = [text.text for text in _parsed(chart.wide).iter(f"{SVG}text")]
    assert {"2024", "2025", "Customers", "Share that waits for a person"} <= set(texts)


def test_no_months_no_chart() -> None:
    assert charts.months_chart(figures.months(figures.standings(empty_world()))) is None


@pytest.mark.parametrize("month", [0, 1])
def test_a_single_month_is_drawn_above_its_year(month: int) -> None:
    drawn = charts.months_chart(figures.months(figures.standings(world())).slice(month, 1))
    assert drawn is not None
    assert "2024" in {text.text for text in _parsed(drawn.wide).iter(f"{SVG}text")}


def test_nobody_waiting_leaves_the_share_at_zero() -> None:
    nobody = world(review=review().clear())
    drawn = charts.months_chart(figures.months(figures.standings(nobody)))
    assert drawn is not None
    assert _bars(drawn.wide, "waiting") == 0
    assert "100%" in drawn.wide
