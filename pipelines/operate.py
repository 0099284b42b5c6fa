"""`make plans | apply | undo | decide`: what a person does with plans, from a shell.

Each of the last three runs the job of that name in this process, so that Dagster shows it as any other run. It ends
with 0 when all stands as asked, and with 1 and a sentence when it does not.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import dagster as dg
from rich.console import Console
from rich.markup import escape

from assets.next_step.next_step import next_step
from assets.next_step.standing import standings
from assets.plan_history import plans_made
from assets.reconciliation import Reconciliation
from pipelines.decide_file import decide_from_file
from pipelines.exclusive_run import end_run, run_alone
from pipelines.interrupts import COMMANDS, INTERRUPTED, give_way, tidy_up
from pipelines.kept_plans import opened_with
from pipelines.operate_shown import SHORT_HASH, is_done, show_next_step, show_outcomes, show_plans
from pipelines.run import at_terminal, execute, reason, was_interrupted
from resources.readers import to_set
from resources.storage.folders import Folders
from schemas.errors import UserError

_OPERATIONS: Final = {"apply": "netsuite_links", "undo": "undo_plan", "decide": "decide"}
"""Of each command, the operation that its job asks for its configuration."""

_JOBS: Final = {"apply": "apply", "undo": "undo", "decide": "override"}
_LISTS: Final = ("fields", "months", "ids")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when all stands as asked, 1 when something does not, 130 when it was stopped."""
    options = _parser().parse_args(arguments)
    console, folders = Console(highlight=False), Folders.from_environment()
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        return at_terminal(errors, folders, lambda: _act(options, folders, console))
    except KeyboardInterrupt:
        give_way()
        errors.print(f"[red]✗[/] {COMMANDS['pipelines.operate']}")
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command, what in _COMMANDS.items():
        added = commands.add_parser(command, help=what, description=what)
        added.add_argument("name", help="the declaration")
        for option, meaning in _OPTIONS[command].items():
            added.add_argument(f"--{option.replace('_', '-')}", default="", help=meaning)
    return parser


_COMMANDS: Final = {
    "plans": "list the last plans of a declaration, and what became of them",
    "apply": "approve a plan and write it",
    "undo": "take back what was applied of a plan",
    "decide": "decide about one customer, or about those of a file",
}
_PART: Final = {
    "plan": "the hash of the plan",
    "who": "your name, which is kept",
    "at_most": "so many changes, whole pairs as far as they go",
    "system": "netsuite or stripe",
    "fields": "fields, with commas between them",
    "months": "months in which customers were created, as 2024-03, with commas between them",
    "ids": "Stripe ids, or internal ids, with commas between them",
}
_OPTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "plans": {},
    "apply": _PART,
    "undo": _PART,
    "decide": {
        "customer": "the Stripe customer's id",
        "record": "the record's internal id, or never, or create for a new one, or withdraw",
        "who": "your name, which is kept",
        "why": "why; it is shown in the review and the report",
        "file": "instead of one customer: review.csv or review.xlsx with its column decision filled in",
        "encoding": "the encoding of a file that is not UTF-8",
    },
}
_NEEDED: Final = {"apply": ("plan", "who"), "undo": ("plan", "who"), "decide": ("customer", "record", "who", "why")}


def _act(options: argparse.Namespace, folders: Folders, console: Console) -> int:
    command, name = str(options.command), str(options.name)
    from_file = command == "decide" and bool(options.file)
    config: Mapping[str, object] = {} if command == "plans" or from_file else _config(command, options)
    sync, loaded = opened_with(name, folders)
    if "plan" in config:
        config = {**config, "plan": _whole_hash(sync, str(config["plan"]))}
    if command in {"apply", "undo"} and not sync.declaration.can_write:
        folder = sync.folders.results(name)
        raise UserError(
            f"{name} reads an export file, so that no job writes for it: import its files by hand, as {folder}/"
            f"import_notes.txt says, or set Stripe's metadata by make apply-stripe NAME={name} "
            f"FILE={folder}/stripe_updates.csv."
        )
    with dg.DagsterInstance.get() as instance:
        if command == "plans":
            found = list(standings(sync, instance))
            if not found:
                _check_that_accounts_are_known(name, loaded.declared.named(name).unset)
            show_plans(name, found, console, is_by_hand=not sync.declaration.can_write)
            show_next_step(next_step(sync, instance), console)
            return 0
        job_of = loaded.definitions.resolve_job_def
        if from_file:

            def run(job: str, operation: str, config: Mapping[str, object]) -> None:
                _run_job(command, sync, instance, console, job_of(job), operation, config)

            return decide_from_file(sync, options, run, console)
        return _run(command, sync, instance, job_of, config, console)


def _whole_hash(sync: Reconciliation, start: str) -> str:
    """The hash of the plan that a person means by its beginning; what is no beginning of one is refused by the job.

    Raises:
        UserError: several begin so.
    """
    found = sorted(sync.plans.named(start.lower())) if len(start) >= SHORT_HASH else []
    if len(found) > 1:
        raise UserError(f"{len(found):,} plans have a hash that begins with {start!r}: give more of it.")
    return found[0] if found else start


def _check_that_accounts_are_known(name: str, unset: Mapping[str, str]) -> None:
    keys = sorted(key for key in unset if key.startswith(("stripe.", "netsuite.")))
    if keys:
        raise UserError(
            f"Plans are kept by their two accounts, which {name} does not name here: {to_set(keys, unset)}."
        )


def _config(command: str, options: argparse.Namespace) -> dict[str, object]:
    """The configuration of a job, as far as a person has given it.

    Raises:
        UserError: something is missing, or is no number.
    """
    given = {name: str(getattr(options, name)).strip() for name in _OPTIONS[command]}
    if missing := [name for name in _NEEDED[command] if not given[name]]:
        variables = " ".join(f"{name.upper()}={given[name] or '…'}" for name in _NEEDED[command])
        more = f"; make plans NAME={options.name} lists the plans" if "plan" in missing else ""
        raise UserError(f"Say {' and '.join(missing)}: make {command} NAME={options.name} {variables}{more}.")
    config: dict[str, object] = {name: value for name, value in given.items() if value}
    config |= {name: [part.strip() for part in given[name].split(",")] for name in _LISTS if given.get(name)}
    if given.get("at_most"):
        if not given["at_most"].isdecimal():
            raise UserError(f"at_most must be a whole number, not {given['at_most'][:20]!r}.")
        config["at_most"] = int(given["at_most"])
    return config


def _run(
    command: str,
    sync: Reconciliation,
    instance: dg.DagsterInstance,
    job_of: Callable[[str], dg.JobDefinition],
    config: Mapping[str, object],
    console: Console,
) -> int:
    operation, job = f"{sync.name}__{_OPERATIONS[command]}", job_of(f"{sync.name}_{_JOBS[command]}")
    result = _run_job(command, sync, instance, console, job, operation, config)
    if command == "decide":
        decided = escape(f"{config['customer']}, {config['record']}")
        console.print(f"Kept: {decided}. It counts from the next run on: make run NAME={sync.name}.", soft_wrap=True)
        return 0
    counts = {str(name).partition("/")[2]: int(count) for name, count in result.output_for_node(operation).items()}
    show_outcomes(command, sync, counts, console)
    made = next((each for each in plans_made(instance, sync) if each.plan == config["plan"]), None)
    show_next_step(next_step(sync, instance, made), console)
    return 0 if is_done(counts) else 1


def _run_job(
    command: str,
    sync: Reconciliation,
    instance: dg.DagsterInstance,
    console: Console,
    job: dg.JobDefinition,
    operation: str,
    config: Mapping[str, object],
) -> dg.ExecuteInProcessResult:
    """Run a job to its good end, or raise why it has none."""
    with (
        run_alone(sync.name, sync.folders, instance, f"make {command}") as run_id,
        tidy_up(partial(end_run, instance, run_id)),
    ):
        result = execute(job, run_id, instance, console, {operation: {"config": config}}, f"make {command}")
    if was_interrupted(result):
        raise KeyboardInterrupt
    if not result.success:
        raise reason(result)
    return result


if __name__ == "__main__":
    sys.exit(main())
