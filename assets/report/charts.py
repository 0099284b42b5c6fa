"""The chart of the months: where each bar, line and word of it stands; `sections/chart.svg.jinja` draws it.

Colours are the page's own CSS variables, so the chart follows light and dark. It is drawn twice, wide by month and
narrow by quarter, because scaled text cannot be read on a phone; the style sheet shows the one that fits.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from schemas.words import OUTCOMES

COUNTS_HEIGHT: Final = 190
WAITING_HEIGHT: Final = 56
_LEFT, _RIGHT, _TITLE, _SPACING, _LABELS = 38, 10, 24, 14, 24
_GAP, _MARGIN = 0.12, 0.1
"""Between two bars, and before the first, as parts of the room that a bar has."""


@dataclass(frozen=True)
class _Format:
    """How one rendition divides time: a period's name, how the first of a year ends, how a year is written."""

    width: int
    period: pl.Expr
    first: str
    year: str


_MONTH: Final = pl.col("month").dt
WIDE: Final = _Format(920, _MONTH.strftime("%Y-%m"), "-01", "{0}")
NARROW: Final = _Format(270, pl.format("{}-Q{}", _MONTH.year(), _MONTH.quarter()), "-Q1", "\u2019{1}")


@dataclass(frozen=True)
class Bars:
    """All bars of one colour, as the data of an SVG path."""

    colour: str
    path: str


@dataclass(frozen=True)
class Mark:
    """A line of the grid, or a year: where it is, and what stands there."""

    at: float
    text: str


@dataclass(frozen=True)
class Panel:
    """One of the two charts that stand above each other.

    Attributes:
        top: where it begins, from the top of the drawing.
        height: of its bars, without title and years.
    """

    title: str
    top: int
    height: int
    bars: tuple[Bars, ...]
    grid: tuple[Mark, ...]


@dataclass(frozen=True)
class Drawing:
    """The chart in one width: the customers, and below them the share that waits, over the same years."""

    width: int
    panels: tuple[Panel, ...]
    years: tuple[Mark, ...]
    left: int = _LEFT

    @property
    def full_width(self) -> int:
        """With the numbers on the left."""
        return _LEFT + self.width + _RIGHT

    @property
    def full_height(self) -> int:
        """With titles and years."""
        return self.panels[-1].top + self.panels[-1].height + _LABELS


@dataclass(frozen=True)
class MonthsChart:
    """The same chart in two widths."""

    wide: Drawing
    narrow: Drawing


def months_chart(months: pl.DataFrame) -> MonthsChart | None:
    """Draw customers by month of creation (see `figures.months`), stacked by outcome, and the share that waits.

    Returns None where there is no month to draw.
    """
    if months.is_empty():
        return None
    return MonthsChart(_draw(months, WIDE), _draw(months, NARROW))


def _draw(months: pl.DataFrame, form: _Format) -> Drawing:
    periods = months.group_by(period=form.period, maintain_order=True).agg(pl.col(*OUTCOMES, "total", "waiting").sum())
    shares = periods.select(waiting=(pl.col("waiting") / pl.col("total")).fill_nan(0.0))
    counts = _panel("Customers", periods.select(OUTCOMES), form.width, _TITLE, COUNTS_HEIGHT)
    below = _TITLE + COUNTS_HEIGHT + _SPACING + _TITLE
    waiting = _panel("Share that waits for a person", shares, form.width, below, WAITING_HEIGHT)
    return Drawing(form.width, (counts, waiting), _years(periods["period"].to_list(), form))


def _panel(title: str, stacks: pl.DataFrame, width: int, top: int, height: int) -> Panel:
    """Stack the columns of a frame on each other, a bar a row, the first column at the bottom."""
    is_share = stacks.width == 1
    highest = float(stacks.sum_horizontal().max() or 1)  # type: ignore[arg-type] # the sums are numbers
    room, breadth = _room(width, stacks.height), _room(width, stacks.height) * (1 - _GAP)
    floor, bars = [0.0] * stacks.height, []
    for colour in stacks.columns:
        drawn = []
        for place, value in enumerate(stacks[colour].to_list()):
            if value:
                tall, floor[place] = value / highest * height, floor[place] + value / highest * height
                left, upper = (place + _MARGIN) * room, height - floor[place]
                drawn.append(f"M{left:.2f},{upper:.2f}h{breadth:.2f}v{tall:.2f}h-{breadth:.2f}Z")
        if drawn:
            bars.append(Bars(colour, "".join(drawn)))
    ticks = _ticks(highest, 2, least=0) if is_share else _ticks(highest, 4, least=1)
    words = [f"{tick * 100:.6g}%" if is_share else f"{tick:,.0f}" for tick in ticks]
    grid = (Mark(height - tick / highest * height, text) for tick, text in zip(ticks, words, strict=True))
    return Panel(title, top, height, tuple(bars), tuple(grid))


def _room(width: int, count: int) -> float:
    return width / (count - _GAP + 2 * _MARGIN)


def _ticks(highest: float, wanted: int, least: float) -> list[float]:
    """Round numbers from zero on, about as many steps as wanted, none smaller than `least`."""
    raw = highest / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    # The geometric means of neighbours part 1, 2, 5 and 10.
    factor = next((step for step, up_to in ((1, 2**0.5), (2, 10**0.5), (5, 50**0.5)) if raw / power < up_to), 10)
    step = max(factor * power, least)
    return [count * step for count in range(math.floor(highest / step + 1e-9) + 1)]


def _years(periods: Sequence[str], form: _Format) -> tuple[Mark, ...]:
    room = _room(form.width, len(periods))
    middle = _MARGIN + (1 - _GAP) / 2
    firsts = [place for place, period in enumerate(periods) if period.endswith(form.first)] or [0]
    return tuple(
        Mark((place + middle) * room, form.year.format(periods[place][:4], periods[place][2:4])) for place in firsts
    )
