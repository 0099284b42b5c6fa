"""`make run`: one reconciliation in this process, with progress, ending in a table of outcomes and where the files are.

The run goes into the same Dagster instance that `make ui` shows.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

import dagster as dg
from rich.console import Console
from rich.markup import escape

from assets.check_results import SAID_FIRST
from assets.next_step.next_step import next_step
from pipelines.code_location import located
from pipelines.declarations import Located
from pipelines.echoes import without_echoes
from pipelines.exclusive_run import end_run, run_alone
from pipelines.home import prepare_home
from pipelines.interrupts import COMMANDS, INTERRUPTED, give_way, tidy_up
from pipelines.loading import Loaded
from pipelines.notifications.events import COMMAND_TAG
from pipelines.operate_shown import show_next_step
from pipelines.portal_check import portal_is_checked
from pipelines.progress import stage_progress
from pipelines.run_shown import show_results
from resources.exports.parameters import ParametersExportReader
from resources.exports.readers import NetsuiteExportReader, StripeExportReader
from resources.failures import KIND
from resources.storage.disk import disk_in_words
from resources.storage.folders import Folders
from resources.traces import keep, keep_traces
from schemas.errors import InternalError, TieoutError, TransientError, UserError
from schemas.secrets import masked


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when it succeeded, 1 when a sentence says why it could not, 130 when it was stopped."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("name", nargs="?", default="example", help="the declaration")
    parser.add_argument("--check", action="store_true", help="ask both sides whether they can be read, and stop")
    parser.add_argument(
        "--validate", action="store_true", help="load every declaration and the labels of its files, and stop"
    )
    options = parser.parse_args(arguments)
    console, folders = Console(highlight=False), Folders.from_environment()
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        return at_terminal(errors, folders, lambda: _act(options, folders, console, errors))
    except KeyboardInterrupt:
        give_way()
        errors.print(f"[red]✗[/] {COMMANDS['pipelines.run']}")
        return INTERRUPTED


def at_terminal(errors: Console, folders: Folders, act: Callable[[], int]) -> int:
    """Do something, and say in its sentence why it could not be done: what it returns, or 1.

    What nobody foresaw is told without its words, which may quote a customer: they go into a file of `errors/`.
    """
    keep_traces(folders.home)
    try:
        with disk_in_words(folders.home), without_echoes():
            return act()
    except TieoutError as error:
        give_way()
        errors.print(f"[red]✗[/] {escape(sentence(error))}")
        return 1
    except Exception as error:
        if (path := keep(error)) is None:
            raise
        give_way()
        told = f"{type(error).__name__}; its words and its trace, which may quote a customer, are in {path}."
        errors.print(f"[red]✗[/] {escape(sentence(InternalError(told)))}")
        return 1


def _act(options: argparse.Namespace, folders: Folders, console: Console, errors: Console) -> int:
    prepare_home(folders)
    loaded = _loaded(folders, None if options.validate else options.name)
    if options.validate:
        return _validate(loaded, folders, console, errors)
    located = loaded.declared.named(options.name)
    for broken in loaded.declared.broken:
        errors.print(f"[yellow]![/] Left out, as it is broken: {escape(broken.sentences[0])}")
    if options.check:
        return _check(located, folders, console)
    return _reconcile(located, loaded.definitions, folders, console)


def sentence(error: TieoutError) -> str:
    """What to tell the person at the terminal: an error of ours must not pass for one of theirs."""
    if isinstance(error, InternalError):
        return f"This is an error in Tieout itself, not in your files or settings: {error}"
    return str(error)


def _validate(loaded: Loaded, folders: Folders, console: Console, errors: Console) -> int:
    """Say every mistake of every declaration, and of the labels of its export files."""
    found = [said for broken in loaded.declared.broken for said in broken.sentences]
    of_files = {each.declaration.name: list(_problems_of_files(each, folders)) for each in loaded.declared.good}
    found += [f"{name}: {said}" for name, problems in of_files.items() for said in problems]
    for said in found:
        errors.print(f"[red]✗[/] {escape(masked(said))}")
    if found:
        good = ", ".join(name for name, problems in of_files.items() if not problems)
        console.print(f"The others are good: {good}." if good else "No declaration is good.")
        return 1
    console.print("Every declaration is good.")
    return 0


def _problems_of_files(located: Located, folders: Folders) -> Iterator[str]:
    from pipelines.customer_sync import reconciliation  # noqa: PLC0415 (late, like the definitions)

    sync = reconciliation(located.declaration, folders, located.unset)
    for reader in (sync.stripe, sync.netsuite, sync.parameters):
        if isinstance(reader, (StripeExportReader, NetsuiteExportReader, ParametersExportReader)):
            yield from reader.problems()


def _check(located: Located, folders: Folders, console: Console) -> int:
    from pipelines.creating_check import creating_is_checked  # noqa: PLC0415 (late, as it asks NetSuite)
    from pipelines.customer_sync import reconciliation  # noqa: PLC0415 (late, like the definitions)

    sync = reconciliation(located.declaration, folders, located.unset)
    further = () if sync.parameters is None else (sync.parameters,)
    for reader in (sync.stripe, sync.netsuite, *further):
        console.print(f"[green]✓[/] {escape(masked(reader.test(), sync.declaration.account_ids))}", soft_wrap=True)
    return max(portal_is_checked(sync, console), creating_is_checked(sync, console))


def _loaded(folders: Folders, only: str | None) -> Loaded:
    """Load late: it takes longest, and looks for what `prepare_home` has made."""
    from pipelines.installed import load_installed  # noqa: PLC0415

    return load_installed(folders, only)


def _reconcile(located: Located, definitions: dg.Definitions, folders: Folders, console: Console) -> int:
    from pipelines.customer_sync import reconciliation  # noqa: PLC0415 (late, like the definitions)

    name, started = located.declaration.name, time.monotonic()
    job = definitions.resolve_job_def(f"{name}_reconcile")
    with dg.DagsterInstance.get() as instance:
        with run_alone(name, folders, instance) as run_id, tidy_up(partial(end_run, instance, run_id)):
            result = execute(job, run_id, instance, console)
        if was_interrupted(result):
            raise KeyboardInterrupt
        if not result.success:
            raise reason(result)
        show_results(name, folders, console, time.monotonic() - started)
        for doubt in doubts(result):
            console.print(f"[yellow]![/] {escape(doubt)}")
        show_next_step(next_step(reconciliation(located.declaration, folders, located.unset), instance), console)
    return 0


def execute(
    job: dg.JobDefinition,
    run_id: str,
    instance: dg.DagsterInstance,
    console: Console,
    ops: Mapping[str, object] | None = None,
    command: str = "make run",
) -> dg.ExecuteInProcessResult:
    """Run a job in this process, with its progress shown; it may fail."""
    with stage_progress(console, job) as loggers:
        config = {"loggers": loggers, "ops": ops or {}}
        with located(instance, job.name):
            return job.execute_in_process(
                instance=instance, raise_on_error=False, run_config=config, run_id=run_id, tags={COMMAND_TAG: command}
            )


def was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Whether a person, or the machine, asked the run to stop."""
    ends = [event.job_failure_data for event in result.all_events if event.is_run_failure]
    return any(end.failure_reason and end.failure_reason.value == "UNEXPECTED_TERMINATION" for end in ends)


def reason(result: dg.ExecuteInProcessResult) -> TieoutError:
    """Why a run failed, as an error of the class that says who has to act."""
    return next(_reasons(result), InternalError(f"the run {result.run_id} failed without a reason; see it in the UI."))


def _reasons(result: dg.ExecuteInProcessResult) -> Iterator[TieoutError]:
    """A check that stopped the run, a stage's own sentence, else the name of what nobody foresaw."""
    for found in result.get_asset_check_evaluations():
        if not found.passed and found.blocking and found.severity is dg.AssetCheckSeverity.ERROR:
            what = f": {found.description}" if found.description else ""
            yield UserError(
                f"The check {found.check_name} of {found.asset_key.path[-1]} failed{what}; nothing after it was done."
            )
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            told = failure.user_failure_data
            if told and told.description:
                class_name = told.metadata[KIND].value if KIND in told.metadata else None
                yield _NO_MISTAKES.get(class_name, UserError)(told.description)
            elif failure.error:
                # Its message may quote a customer's data, so the trace is left where Dagster keeps it.
                kind = (failure.error.cause or failure.error).cls_name
                yield InternalError(
                    f"{event.step_key} ended in {kind}; `make ui` shows its trace in run {result.run_id}."
                )


_NO_MISTAKES: Final[Mapping[object, type[TieoutError]]] = {c.__name__: c for c in (TransientError, InternalError)}


def doubts(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    """What a person should look at before trusting a run that succeeded."""
    for found in result.get_asset_check_evaluations():
        if found.check_name in SAID_FIRST and not found.passed:
            yield masked(f"{found.asset_key.path[-1]}: {found.description}")


if __name__ == "__main__":
    sys.exit(main())
