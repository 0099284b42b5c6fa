"""Puts the page together: figures, excerpts, charts and words into `page.html.jinja`, whose sections are a file each.

Pure: frames and a few words in, a page out. The sections see the macros and the values of the page.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assets.report import charts, excerpts, figures, wording
from assets.report.inputs import ReportInputs
from assets.report.to_stripe import to_stripe_figures
from assets.report.workbench import workbench
from schemas.words import OUTCOMES

_HERE = Path(__file__).parent

SCRIPTS: Final = (
    *("text", "difference", "rows", "decisions"),  # pure
    *("elements", "tables", "pairing", "card", "book", "work"),
)
"""The files of the one script of the page, in their order."""


def render_report(inputs: ReportInputs) -> str:
    """Return the report as one HTML page that needs no network and stays small however many customers there are."""
    standings = figures.standings(inputs)
    months = figures.months(standings)
    script = Markup("\n").join(own(f"script/{name}.js") for name in SCRIPTS)
    return (
        environment()
        .get_template("page.html.jinja")
        .render(
            header=inputs.header,
            checks=sorted(inputs.checks, key=lambda check: (check.passed, check.severity == "WARN", check.name)),
            outcomes=OUTCOMES,
            headline=figures.headline(standings),
            by_outcome=figures.by_outcome(standings),
            waiting=figures.waiting(inputs.review),
            gone=figures.gone(inputs.review),
            months=months,
            chart=charts.months_chart(months),
            to_stripe=to_stripe_figures(inputs.to_stripe),
            plan=figures.plan_size(inputs.plan, inputs.guesses),
            guessed_customers=inputs.guesses.height,
            preflight=inputs.preflight,
            coverage=figures.coverage(inputs),
            work=workbench(inputs),
            match_rows=excerpts.match_rows(inputs),
            plan_rows=excerpts.plan_rows(inputs),
            style=own("report.css") + own("work.css"),
            script=script,
            script_hash=_hash(script),
        )
    )


@cache
def environment() -> Environment:
    """Return a Jinja environment that escapes everything: names and e-mails are foreign text."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= wording.FILTERS
    environment.globals["words"] = wording
    return environment


def own(name: str) -> Markup:
    """Return a file of this package, to stand in the page as it is."""
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704 - our own file


def _hash(script: str) -> str:
    """Return what the page's security policy allows to run: our own script, and nothing that a name smuggles in."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
