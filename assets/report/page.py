"""Puts the page together: figures, excerpts, charts and words into `page.html.jinja`, whose sections are a file each.

Pure: frames and a few words in, a page out. The sections see the macros and the values of the page.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment
from markupsafe import Markup

from assets.next_step.forms import decision_form
from assets.report import charts, wording
from assets.report.inputs import Check, Header, ReportInputs
from assets.report.page_figures import PageFigures, page_figures
from assets.templates import templates
from schemas.version import VERSION
from schemas.words import OUTCOMES

_HERE = Path(__file__).parent

SCRIPTS: Final = (
    *("text", "difference", "rows", "decisions"),  # pure
    *("elements", "tables", "pairing", "card", "book", "work"),
)
"""The files of the one script of the page, in their order."""


def render_report(inputs: ReportInputs) -> str:
    """Return the report as one HTML page that needs no network and stays small however many customers there are."""
    return render_page(page_figures(inputs), inputs.header, inputs.checks, inputs.preflight)


def render_page(
    figures: PageFigures,
    header: Header,
    checks: Iterable[Check],
    preflight: Mapping[str, tuple[tuple[str, str, str], ...]],
) -> str:
    """Return the same of figures, which may have been counted before."""
    script = Markup("\n").join(own(f"script/{name}.js") for name in SCRIPTS)
    return (
        environment()
        .get_template("page.html.jinja")
        .render(
            {field.name: getattr(figures, field.name) for field in fields(figures)},
            header=header,
            checks=sorted(checks, key=lambda check: (check.passed, check.severity == "WARN", check.name)),
            outcomes=OUTCOMES,
            chart=charts.months_chart(figures.months),
            preflight=preflight,
            style=own("report.css") + own("work.css"),
            decision_form=decision_form(header.ui, header.declaration),
            script=script,
            script_hash=_hash(script),
        )
    )


@cache
def environment() -> Environment:
    """Return a Jinja environment of the report's templates."""
    environment = templates(_HERE)
    environment.filters |= wording.FILTERS
    environment.globals |= {"words": wording, "version": VERSION}
    return environment


def own(name: str) -> Markup:
    """Return a file of this package, to stand in the page as it is."""
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704 - our own file


def _hash(script: str) -> str:
    """Return what the page's security policy allows to run: our own script, and nothing that a name smuggles in."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
