"""Links to the forms of the UI, filled in as far as anybody can but the person who signs."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

UI_URL: Final = "TIEOUT_UI_URL"
"""Variable of the environment with the address of the UI, for links from pages and terminals; default: this machine."""

LOCATION: Final = "tieout"
"""The name of the code location in the UI."""

_PART: Final = (
    "# and for a part of the plan, without the first #:",
    "# at_most: 20            # begin with so many changes, whole pairs as far as they go",
    "# system: netsuite       # or stripe",
    "# fields: [stripe_id]    # some of the fields of the plan",
    "# months: [2026-03]      # in which the customers were created",
    "# ids: [cus_abc, 1042]   # Stripe ids, or internal ids of records",
)


UI_PORT: Final = "ui.port"
"""File of the state with the port of this machine at which the UI is served, while it is."""

USUAL_PORT: Final = "3000"
USUAL_UI: Final = f"http://127.0.0.1:{USUAL_PORT}"
"""Where it is served by default."""


def ui(home: Path) -> str:
    """The address of the UI.

    Args:
        home: the state, which tells at which port it is served, if it is.
    """
    if said := os.environ.get(UI_URL):
        return said.rstrip("/")
    served = home / UI_PORT
    port = os.environ.get("PORT", "").strip() or (served.read_text("utf-8").strip() if served.is_file() else "")
    return f"http://127.0.0.1:{port}" if port else USUAL_UI


def plan_page(name: str) -> str:
    """The path of the page of a declaration's plan."""
    return f"/assets/{name}/write_plan"


def apply_form(name: str, plan: str) -> str:
    """The path of the form that approves a plan."""
    lines = (f"plan: {plan}", "# your name, which is kept with the approval:", "who: ", *_PART)
    return _form(f"{name}_apply", f"{name}__netsuite_links", "Approves this plan and writes it.", lines)


def undo_form(name: str, plan: str) -> str:
    """The path of the form that takes a plan back."""
    lines = (f"plan: {plan}", "# your name, which is kept:", "who: ", *_PART)
    return _form(f"{name}_undo", f"{name}__undo_plan", "Takes back what was applied of this plan.", lines)


def decide_form(name: str, customer: str = "", record: str = "", why: str = "") -> str:
    """The path of the form that keeps a decision about one customer; what is given is in it, and has to be YAML."""
    lines = (
        "# the Stripe id, as review.csv has it:",
        f"customer: {customer}",
        "# the record's internal id, in quotes; never; or withdraw (a decision):",
        f"record: {record}",
        "# your name, which is kept:",
        "who: ",
        "# why; it is shown in the review and the report:",
        f"why: {why}",
    )
    return _form(f"{name}_override", f"{name}__decide", "Decides about one customer; then reconcile.", lines)


def decision_form(ui: str, name: str) -> str:
    """The same for a page, whose script puts its decision where `{customer}`, `{record}` and `{why}` are."""
    return ui + decide_form(name, "{customer}", "{record}", "{why}")


def decide_file_form(name: str) -> str:
    """The path of the form that keeps the decisions of a file."""
    lines = (
        "# the file that the page saved, or the review with its column decision filled in; where Dagster runs:",
        "file: ",
        "# your name, which is kept:",
        "who: ",
        "# why, for the rows without a why of their own:",
        'why: ""',
    )
    return _form(f"{name}_override_file", f"{name}__decide_file", "Keeps all decisions of a file, or none.", lines)


def _form(job: str, operation: str, what: str, lines: Sequence[str]) -> str:
    config = "\n".join([f"# {what}", "ops:", f"  {operation}:", "    config:", *(f"      {line}" for line in lines)])
    return f"/locations/{LOCATION}/jobs/{job}/playground/setup?config={quote(config + chr(10))}"
