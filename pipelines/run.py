"""`make run`: one reconciliation in this process, with progress, ending in a table of outcomes and where the files are.

The run goes into the same Dagster instance that `make ui` shows.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Final

import dagster as dg
import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.report import wording
from pipelines.declarations import read_declarations
from pipelines.home import prepare_home
from pipelines.progress import stage_progress
from resources.failures import KIND
from resources.places import Places
from schemas.errors import BugError, MistakeError, TieoutError, WeatherError
from schemas.words import OUTCOMES


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when it succeeded, 1 when it ended in a sentence on why it could not."""
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
    except TieoutError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]✗[/] {escape(sentence(error))}")
        return 1


def sentence(error: TieoutError) -> str:
    """What to tell the person at the terminal: an error of ours must not pass for one of theirs."""
    if isinstance(error, BugError):
        return f"This is an error in Tieout itself, not in your files or settings: {error}"
    return str(error)


def _check(name: str, places: Places, console: Console) -> int:
    from pipelines.customer_sync import reconciliation  # noqa: PLC0415 (late, like the definitions)

    declared = {d.declaration.name: d for d in read_declarations(places.root / "pipelines" / "defs")}
    if name not in declared:
        raise MistakeError(f"There is no declaration {name!r}; there are: {', '.join(sorted(declared))}.")
    sync = reconciliation(declared[name].declaration, places, declared[name].unset)
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
        raise reason(result)
    _show(name, places, console, time.monotonic() - started)
    for doubt in doubts(result):
        console.print(f"[yellow]![/] {escape(doubt)}")
    return 0


def _job(definitions: dg.Definitions, name: str) -> dg.JobDefinition:
    jobs = {job.name: job for job in definitions.resolve_all_job_defs()}
    if f"{name}_reconcile" not in jobs:
        known = ", ".join(sorted(job.removesuffix("_reconcile") for job in jobs if job.endswith("_reconcile")))
        raise MistakeError(f"There is no declaration {name!r}; there are: {known}.")
    return jobs[f"{name}_reconcile"]


def reason(result: dg.ExecuteInProcessResult) -> TieoutError:
    """Why a run failed, as an error of the class that says who has to act."""
    return next(_reasons(result), BugError(f"the run {result.run_id} failed without a reason; see it in the UI."))


def _reasons(result: dg.ExecuteInProcessResult) -> Iterator[TieoutError]:
    """A check that stopped the run, a stage's own sentence, else the name of what nobody foresaw."""
    for found in result.get_asset_check_evaluations():
        if not found.passed and found.blocking and found.severity is dg.AssetCheckSeverity.ERROR:
            what = f": {found.description}" if found.description else ""
            yield MistakeError(
                f"The check {found.check_name} of {found.asset_key.path[-1]} failed{what}; nothing after it was done."
            )
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            told = failure.user_failure_data
            if told and told.description:
                class_name = told.metadata[KIND].value if KIND in told.metadata else None
                yield _NO_MISTAKES.get(class_name, MistakeError)(told.description)
            elif failure.error:
                # Its message may quote a customer's data, so the trace is left where Dagster keeps it.
                kind = (failure.error.cause or failure.error).cls_name
                yield BugError(f"{event.step_key} ended in {kind}; `make ui` shows its trace in run {result.run_id}.")


_NO_MISTAKES: Final[Mapping[object, type[TieoutError]]] = {c.__name__: c for c in (WeatherError, BugError)}


def doubts(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    """What a person should look at before trusting a run that succeeded."""
    for found in result.get_asset_check_evaluations():
        if found.check_name in _DOUBTS and not found.passed:
            yield f"{found.asset_key.path[-1]}: {found.description}"


_DOUBTS: Final = frozenset({"complete", "not_shrunk"})


def _show(name: str, places: Places, console: Console, seconds: float) -> None:
    folder = places.results(name)
    counts = dict(pl.read_csv(folder / "matches.csv", columns=["outcome"]).group_by("outcome").len().rows())
    table = Table(title=f"{name}: {sum(counts.values()):,} Stripe customers", title_justify="left", box=None)
    table.add_column("outcome", style="bold")
    table.add_column("customers", justify="right")
    table.add_column("which means", style="dim")
    for outcome in OUTCOMES:
        table.add_row(outcome, f"{counts.get(outcome, 0):,}", wording.OUTCOMES[outcome])
    console.print(table)
    console.print(f"\nResults in {folder} ({seconds:.1f} s):")
    files = [file for file in folder.iterdir() if not file.name.startswith(".")]
    for file in sorted(files, key=lambda f: (f.name != "report.html", f.name)):
        console.print(f"  {file.name}")


if __name__ == "__main__":
    sys.exit(main())
