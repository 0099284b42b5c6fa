"""`make run`: one reconciliation in this process, with progress, ending in a table of outcomes and where the files are.

The run goes into the same Dagster instance that `make ui` shows.
"""

import argparse
import sys
import time
from collections.abc import Iterator

import dagster as dg
import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.declarations import read_declarations
from pipelines.home import prepare_home
from pipelines.progress import stage_progress
from resources.places import Places
from schemas.errors import MistakeError
from schemas.words import OUTCOMES

_MEANING = {
    "linked": "the link exists already",
    "matched": "a rule found one record",
    "ambiguous": "a rule found several records",
    "unmatched": "nothing found",
    "conflict": "traces name different records",
    "broken": "the link names a record that is not there",
    "held": "held back by metadata or a person",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when the run succeeded, 1 when a person must do something first."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("name", nargs="?", default="example", help="the declaration")
    parser.add_argument("--check", action="store_true", help="ask both sides whether they can be read, and stop")
    parser.add_argument("--validate", action="store_true", help="load every declaration and stop")
    options = parser.parse_args(arguments)
    console, places = Console(highlight=False), Places.from_environment()
    try:
        prepare_home(places)
        definitions = _definitions()
        if options.validate:
            console.print("Every declaration is good.")
            return 0
        if options.check:
            return _check(options.name, places, console)
        return _reconcile(options.name, definitions, places, console)
    except MistakeError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]✗[/] {escape(str(error))}")
        return 1


def _check(name: str, places: Places, console: Console) -> int:
    from pipelines.customer_sync import reconciliation  # noqa: PLC0415 (late, like the definitions)

    declared = {d.declaration.name: d.declaration for d in read_declarations(places.root / "pipelines" / "defs")}
    if name not in declared:
        raise MistakeError(f"There is no declaration {name!r}; there are: {', '.join(sorted(declared))}.")
    sync = reconciliation(declared[name], places)
    for door in (sync.stripe, sync.netsuite):
        console.print(f"[green]✓[/] {escape(door.test())}")
    return 0


def _definitions() -> dg.Definitions:
    """Load late: a wrong declaration is refused while this module is imported."""
    from pipelines.definitions import defs  # noqa: PLC0415

    return defs


def _reconcile(name: str, definitions: dg.Definitions, places: Places, console: Console) -> int:
    job = _job(definitions, name)
    started = time.monotonic()
    with dg.DagsterInstance.get() as instance, stage_progress(console, job) as loggers:
        result = job.execute_in_process(instance=instance, raise_on_error=False, run_config={"loggers": loggers})
    if not result.success:
        raise MistakeError(next(_sentences(result), f"the run {result.run_id} failed; see it in the UI"))
    _show(name, places, console, time.monotonic() - started)
    return 0


def _job(definitions: dg.Definitions, name: str) -> dg.JobDefinition:
    jobs = {job.name: job for job in definitions.resolve_all_job_defs()}
    if f"{name}_reconcile" not in jobs:
        known = ", ".join(sorted(job.removesuffix("_reconcile") for job in jobs if job.endswith("_reconcile")))
        raise MistakeError(f"There is no declaration {name!r}; there are: {known}.")
    return jobs[f"{name}_reconcile"]


def _sentences(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    """What went wrong, in words: a stage's own sentence, a check that stopped the run, else an error's first line."""
    for found in result.get_asset_check_evaluations():
        if not found.passed and found.blocking and found.severity is dg.AssetCheckSeverity.ERROR:
            what = f": {found.description}" if found.description else ""
            yield f"The check {found.check_name} of {found.asset_key.path[-1]} failed{what}; nothing after it was done."
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            if failure.user_failure_data and failure.user_failure_data.description:
                yield failure.user_failure_data.description
            elif failure.error:
                yield f"{event.step_key}: {failure.error.message.strip().splitlines()[0]} (run {result.run_id})"


def _show(name: str, places: Places, console: Console, seconds: float) -> None:
    folder = places.results(name)
    counts = dict(pl.read_csv(folder / "matches.csv", columns=["outcome"]).group_by("outcome").len().rows())
    table = Table(title=f"{name}: {sum(counts.values()):,} Stripe customers", title_justify="left", box=None)
    table.add_column("outcome", style="bold")
    table.add_column("customers", justify="right")
    table.add_column("which means", style="dim")
    for outcome in OUTCOMES:
        table.add_row(outcome, f"{counts.get(outcome, 0):,}", _MEANING[outcome])
    console.print(table)
    console.print(f"\nResults in {folder} ({seconds:.1f} s):")
    files = [file for file in folder.iterdir() if not file.name.startswith(".")]
    for file in sorted(files, key=lambda f: (f.name != "report.html", f.name)):
        console.print(f"  {file.name}")


if __name__ == "__main__":
    sys.exit(main())
