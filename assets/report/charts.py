"""The chart of the months, drawn by Vega into SVG when the page is made: no script and no font is loaded to see it.

Colours are the page's own CSS variables, so the chart follows light and dark. It is drawn twice, wide by month and
narrow by quarter, because scaled text cannot be read on a phone; the style sheet shows the one that fits.
"""

import io
from dataclasses import dataclass
from typing import Final

import altair as alt
import polars as pl
from markupsafe import Markup

from assets.report.figures import outcome_rank
from schemas.words import OUTCOMES

FONT: Final = "system-ui, sans-serif"
COUNTS_HEIGHT: Final = 190
WAITING_HEIGHT: Final = 56


@dataclass(frozen=True)
class _Format:
    """How one rendition divides time: a period's name, how the first of a year ends, how Vega writes a year."""

    width: int
    period: pl.Expr
    first: str
    year: str


_MONTH: Final = pl.col("month").dt
WIDE: Final = _Format(920, _MONTH.strftime("%Y-%m"), "-01", "slice(datum.value, 0, 4)")
NARROW: Final = _Format(
    270, pl.format("{}-Q{}", _MONTH.year(), _MONTH.quarter()), "-Q1", "'\u2019' + slice(datum.value, 2, 4)"
)


@dataclass(frozen=True)
class MonthsChart:
    """The same chart in two widths, as SVG."""

    wide: Markup
    narrow: Markup


def months_chart(months: pl.DataFrame) -> MonthsChart | None:
    """Draw customers by month of creation (see `figures.months`), stacked by outcome, and the share that waits.

    Returns None where there is no month to draw.
    """
    if months.is_empty():
        return None
    return MonthsChart(_draw(months, WIDE), _draw(months, NARROW))


def _draw(months: pl.DataFrame, form: _Format) -> Markup:
    periods = _periods(months, form)
    chart = alt.vconcat(_counts(periods, form), _share_waiting(periods, form), spacing=14)
    file = io.StringIO()
    _styled(chart).save(file, format="svg")
    # Every text in it is a period, a number or a word of ours; nothing of a customer reaches the drawing.
    return Markup(file.getvalue())  # noqa: S704


def _counts(periods: pl.DataFrame, form: _Format) -> alt.Chart:
    long = periods.unpivot(OUTCOMES, index="period", variable_name="outcome", value_name="customers")
    ranked = long.with_columns(rank=outcome_rank())
    colours = alt.Scale(domain=list(OUTCOMES), range=[f"var(--{outcome})" for outcome in OUTCOMES])
    return (
        _bars(ranked.filter(pl.col("customers") > 0), form.width, COUNTS_HEIGHT)
        .encode(
            x=_period_axis(periods, form, labels=False),
            y=alt.Y("customers:Q", title=None, axis=alt.Axis(tickCount=4, format=",d", tickMinStep=1)),
            color=alt.Color("outcome:N", scale=colours, legend=None),
            order="rank:Q",
        )
        .properties(title="Customers")
    )


def _share_waiting(periods: pl.DataFrame, form: _Format) -> alt.Chart:
    shares = periods.filter(pl.col("waiting") > 0).select("period", share=pl.col("waiting") / pl.col("total"))
    top = max(shares["share"].to_list(), default=1.0)
    return (
        _bars(shares, form.width, WAITING_HEIGHT)
        .encode(
            x=_period_axis(periods, form, labels=True),
            y=alt.Y("share:Q", title=None, axis=alt.Axis(tickCount=2, format="~%"), scale=alt.Scale(domain=[0, top])),
            color=alt.value("var(--waiting)"),
        )
        .properties(title="Share that waits for a person")
    )


def _bars(rows: pl.DataFrame, width: int, height: int) -> alt.Chart:
    data = alt.InlineData(values=rows.to_dicts())
    chart = alt.Chart(data, width=width, height=height)
    bars: alt.Chart = chart.mark_bar(aria=False, stroke="var(--card)", strokeWidth=0.5)
    return bars


def _period_axis(periods: pl.DataFrame, form: _Format, *, labels: bool) -> alt.X:
    names = periods["period"].to_list()
    years = [name for name in names if name.endswith(form.first)] or names[:1]
    axis = alt.Axis(
        title=None, values=years, labels=labels, labelExpr=form.year, labelAngle=0, labelFlush=False, ticks=labels
    )
    # Without outer padding, Vega loses the tick of the first period to rounding.
    return alt.X("period:O", axis=axis, scale=alt.Scale(domain=names, paddingInner=0.12, paddingOuter=0.1))


def _periods(months: pl.DataFrame, form: _Format) -> pl.DataFrame:
    """Sum the months into the periods of the form."""
    return months.group_by(period=form.period, maintain_order=True).agg(pl.col(*OUTCOMES, "total", "waiting").sum())


def _styled(chart: alt.VConcatChart) -> alt.VConcatChart:
    styled: alt.VConcatChart = (
        chart.configure(font=FONT, background="transparent", padding={"left": 2, "right": 10, "top": 2, "bottom": 2})
        .configure_view(stroke=None)
        .configure_title(color="var(--ink)", fontSize=13, fontWeight=600, anchor="start", frame="group", offset=8)
        .configure_axis(
            aria=False,
            labelColor="var(--muted)",
            labelFontSize=12,
            domainColor="var(--line)",
            tickColor="var(--line)",
            gridColor="var(--line)",
        )
        .configure_axisX(grid=False)
        .configure_axisY(domain=False, ticks=False, minExtent=36, maxExtent=36)
    )
    return styled
