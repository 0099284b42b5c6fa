"""What `make plans | apply | undo` show: the last plans and what became of them, the outcomes of a run."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.next_step.next_step import DONE, MEANINGS, NextStep
from assets.next_step.shown import terminal
from assets.next_step.standing import Standing
from assets.reconciliation import Reconciliation
from assets.write_back.outcomes import OUTCOMES
from schemas.words import many


def is_done(counts: Mapping[str, int]) -> bool:
    """Whether all that was asked for stands."""
    return not any(count for status, count in counts.items() if status not in DONE)


def show_outcomes(command: str, sync: Reconciliation, counts: Mapping[str, int], console: Console) -> None:
    """Show what a run did."""
    if not counts:
        what = "to be written" if command == "apply" else "that stands as ours, so that it could be taken back"
        console.print(f"{sync.name}: {command}, there was nothing {what}.")
        return
    table = Table(
        title=f"{sync.name}: {command}, {many(sum(counts.values()), 'change')}", title_justify="left", box=None
    )
    table.add_column("outcome", style="bold")
    table.add_column("changes", justify="right")
    table.add_column("which means", style="dim")
    for status, means in MEANINGS.items():
        if counts.get(status):
            table.add_row(status, f"{counts[status]:,}", means)
    console.print(table)
    console.print(f"\nThe outcome of each change is in {sync.results.address(OUTCOMES)}.", soft_wrap=True)


def show_next_step(step: NextStep | None, console: Console) -> None:
    """Show what comes next."""
    if step is not None:
        console.print()
        for line in terminal(step):
            console.print(escape(line), soft_wrap=True)


def show_plans(name: str, plans: Sequence[Standing], console: Console, *, is_by_hand: bool) -> None:
    """Show the last plans of a declaration, the newest first, each with its whole hash.

    Args:
        name: the declaration.
        plans: how each stands.
        console: where they are shown.
        is_by_hand: whether a person imports them, so that nobody approves them here.
    """
    if not plans:
        console.print(f"{name} has no plan yet: make run NAME={name} makes one.")
    for standing in plans:
        made = standing.made
        size = many(made.numbers.changes, "change")
        console.print(
            f"[bold]{made.made_at:%Y-%m-%d %H:%M} UTC[/]  {size}  {escape(_became(standing, is_by_hand=is_by_hand))}",
            soft_wrap=True,
        )
        console.print(f"  {made.plan}", soft_wrap=True)


def _became(standing: Standing, *, is_by_hand: bool) -> str:
    """What became of a plan, in a few words."""
    if not standing.made.numbers.changes:
        return "nothing to write"
    parts = [f"{count:,} {status}" for status, count in standing.counts.items() if count]
    newer = standing.replaced_by
    if standing.untried and (parts or newer):
        parts.append(f"{standing.untried:,} not begun")
    elif standing.untried:
        parts.append("to be imported" if is_by_hand else "to be approved")
    asked = standing.last
    if asked is not None and asked.at is not None:
        parts[-1] += f" ({asked.direction} by {asked.who or 'somebody'}, {asked.at:%Y-%m-%d %H:%M} UTC)"
    return ", ".join(parts) + (f"; replaced by {newer.plan[:SHORT_HASH]}…" if newer and standing.open else "")


SHORT_HASH: Final = 8
"""So many letters of a hash are enough to find it in the list."""
