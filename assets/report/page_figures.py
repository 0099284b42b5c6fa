"""What the page shows of the frames: all that is counted and chosen from them, and nothing of the run itself."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Annotated

import polars as pl
from pydantic import PlainSerializer, PlainValidator

from assets.report import excerpts, figures
from assets.report.inputs import ReportInputs
from assets.report.to_stripe import OutcomeToStripe, to_stripe_figures
from assets.report.workbench import Workbench, workbench


def _written(frame: pl.DataFrame) -> str:
    content = BytesIO()
    frame.write_ipc(content)
    return base64.b64encode(content.getvalue()).decode()


def _read(value: object) -> pl.DataFrame:
    return pl.read_ipc(base64.b64decode(str(value)))


ShortFrame = Annotated[pl.DataFrame, PlainValidator(_read), PlainSerializer(_written)]
"""A frame that can stand in JSON."""


@dataclass(frozen=True)
class PageFigures:
    """What `figures`, `excerpts`, `to_stripe` and `workbench` say, by the names that the page's template has for it."""

    headline: figures.Headline
    by_outcome: Sequence[figures.OutcomeCount]
    waiting: Sequence[figures.ReasonGroup]
    gone: int
    months: ShortFrame
    to_stripe: Sequence[OutcomeToStripe]
    plan: Sequence[figures.PlanSize]
    guessed_customers: int
    coverage: Sequence[figures.Coverage]
    work: Workbench
    match_rows: excerpts.Excerpt
    plan_rows: excerpts.Excerpt


def page_figures(inputs: ReportInputs) -> PageFigures:
    """Count and choose."""
    standings = figures.standings(inputs)
    return PageFigures(
        headline=figures.headline(standings),
        by_outcome=figures.by_outcome(standings),
        waiting=figures.waiting(inputs.review),
        gone=figures.gone(inputs.review),
        months=figures.months(standings),
        to_stripe=to_stripe_figures(inputs.to_stripe),
        plan=figures.plan_size(inputs.plan, inputs.guesses),
        guessed_customers=inputs.guesses.height,
        coverage=figures.coverage(inputs),
        work=workbench(inputs),
        match_rows=excerpts.match_rows(inputs),
        plan_rows=excerpts.plan_rows(inputs),
    )
