"""`make decide NAME= FILE= WHO=`: the decisions of a file, shown and then kept by the job, all or none (X16)."""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.planning.decision_file import Decided, DecisionFile, decisions_in
from assets.reconciliation import Reconciliation
from resources.ledger import NewDecision
from schemas.errors import UserError
from schemas.words import many_do

_ROWS_SHOWN: Final = 50


def decide_from_file(
    sync: Reconciliation,
    options: argparse.Namespace,
    run: Callable[[str, str, Mapping[str, object]], None],
    console: Console,
) -> int:
    """Show what a file decides, and keep it if somebody says who decides.

    Args:
        sync: the declaration.
        options: `file`, `who`, `why` and `encoding` of the command line, and those of a single decision.
        run: runs a job, of which it takes the name, the operation and its configuration, to its good end.
        console: where it is shown.

    Raises:
        UserError: a single decision was given, too, or the file cannot be meant.
    """
    if options.customer or options.record:
        raise UserError("Say FILE, or CUSTOMER and RECORD; not both.")
    given = {name: str(getattr(options, name)).strip() for name in ("who", "why", "encoding")}
    config = DecisionFile(file=str(Path(options.file).expanduser().absolute()), **given)
    decided = decisions_in(sync, config)
    _show(decided, console)
    if not decided.new:
        console.print("Nothing is to be recorded.")
        return 0
    if not config.who:
        command = f"make decide NAME={sync.name} FILE={options.file} WHO=…"
        console.print(f"Nothing was recorded yet; to record it, say who decides: {escape(command)}", soft_wrap=True)
        return 1
    run(f"{sync.name}_override_file", f"{sync.name}__decide_file", config.model_dump())
    console.print(
        f"Kept: {_summary(decided)}. They count from the next run on: make run NAME={sync.name}.", soft_wrap=True
    )
    return 0


def _show(decided: Decided, console: Console) -> None:
    console.print(_summary(decided), style="italic", soft_wrap=True)
    if decided.new:
        table = Table(box=None)
        for column in ("customer", "decision", "why"):
            table.add_column(column, overflow="fold")
        for new in decided.new[:_ROWS_SHOWN]:
            table.add_row(escape(new.customer), _in_words(new), escape(new.why))
        console.print(table)
    if decided.silent:
        rows = many_do(decided.silent, "row", "says", "say")
        shown = ", ".join(decided.undecided) + (", …" if decided.silent > len(decided.undecided) else "")
        console.print(
            f"[yellow]![/] {rows} why and decides nothing, so that nothing is recorded of it: {escape(shown)}.",
            soft_wrap=True,
        )
    if len(decided.new) > _ROWS_SHOWN:
        console.print(f"and {len(decided.new) - _ROWS_SHOWN:,} more")


def _summary(decided: Decided) -> str:
    kinds = Counter(_KINDS[new.kind] for new in decided.new)
    counts = [*kinds.items(), ("as it stands already", decided.already), ("later", decided.later)]
    return ", ".join(f"{count:,} {what}" for what, count in counts if count) or "no decisions"


_KINDS: Final = {
    "link": "to link",
    "never": "never to link",
    "create": "to make a new record",
    "withdrawn": "to take back",
}


def _in_words(new: NewDecision) -> str:
    return f"link to {new.record}" if new.record is not None else _KINDS[new.kind]
