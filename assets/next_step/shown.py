"""The next step in three forms: Markdown for the UI, lines for a terminal, a section of the page, which can be renewed.

The section stands between two comments, so that a later run can put another one in its place without making the whole
page again, of which it has no customers at hand.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

import dagster as dg
from jinja2 import Environment
from markupsafe import Markup

from assets.next_step.forms import plan_page
from assets.next_step.next_step import NextStep
from assets.templates import templates

_TEMPLATE: Final = "next_step.html.jinja"
_SECTION: Final = re.compile(r"<!-- next step -->.*?<!-- end of next step -->", re.DOTALL)
_STOPPED: Final = re.compile(r"<!-- stopped -->.*?<!-- end of stopped -->", re.DOTALL)


def metadata(step: NextStep) -> dict[str, dg.MetadataValue[str]]:
    """For an asset in the UI: what comes next, its whole hash, and the form that writes the plan, or the first."""
    shown: dict[str, dg.MetadataValue[str]] = {
        "next_step": dg.MetadataValue.md(markdown(step)),
        "plan_hash": dg.MetadataValue.text(step.plan),
    }
    return shown | ({"form": dg.MetadataValue.url(step.form)} if step.form else {})


def markdown(step: NextStep) -> str:
    """For the metadata of the plan: its links stay in the UI, wherever that is."""
    lines = [" ".join(step.sentences()), ""]
    for action in step.actions():
        form = f" ([the form]({action.form}))" if action.form else ""
        lines.append(f"- **{action.what}**{form}" + (f":\n\n      {action.command}\n" if action.command else ""))
    return "\n".join([*lines, "", f"Plan `{step.plan}`; `sha256sum {step.results}/plan_exact.csv` gives the same."])


def terminal(step: NextStep) -> list[str]:
    """For a terminal, plain text."""
    lines = ["Next step", *(f"  {sentence}" for sentence in step.sentences())]
    for action in step.actions():
        lines.append(f"  {action.what}{':' * bool(action.command)}")
        if action.command:
            lines.append(f"    {action.command}")
    if any(action.form for action in step.actions()):
        lines.append(f"  The same as forms, while make ui runs: {step.ui}{plan_page(step.declaration)}")
    return lines


def section(step: NextStep) -> Markup:
    """For the page."""
    text = _environment().get_template(_TEMPLATE).render(step=step)
    return Markup(text)  # noqa: S704 - escaped by the template


def renewed(page: str, step: NextStep) -> str:
    """The page with this next step; that its run was stopped is history, once a person has asked for something."""
    return _STOPPED.sub("", _SECTION.sub(lambda _: str(section(step)), page))


@cache
def _environment() -> Environment:
    return templates(Path(__file__).parent)
