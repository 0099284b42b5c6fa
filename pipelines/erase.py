"""`make erase`: remove what is kept of a person, the customer of one Stripe id, and name what must stay.

A person is not only in the row of that id: the NetSuite records that were compared hold the same name and address, and
which ones they are is what matching found out. So all frames, all kept inputs and all result files of the declaration
go, those of comparisons too, and the words of errors; the next run makes them anew, of what both services still have.
Plans and ledger stay: without them nothing that was written can be undone. That it was done, for which id, when and by
whom, is kept in Dagster's history.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import dagster as dg
import polars as pl
from rich.console import Console
from rich.markup import escape

from assets.reconciliation import Reconciliation
from pipelines.exclusive_run import run_alone
from pipelines.kept_plans import opened, terminal
from pipelines.run import at_terminal
from resources.ledger import Decisions, Journal
from resources.storage.folders import COPIES, Folders, Kind
from resources.storage.generations import ResultStore
from resources.storage.plans import PlanStore, read_plan
from resources.storage.protocol import Storage
from resources.traces import FOLDER as ERRORS
from resources.traces import remove_traces
from schemas.errors import UserError
from schemas.words import many, many_do, shortened

_CUSTOMER: Final = re.compile(r"[A-Za-z0-9_-]{1,255}")
_LONGEST_NAME: Final = 200
_PARQUET: Final = b"PAR1"
_IDS: Final = ("id", "stripe_customer_id")


@dataclass(frozen=True)
class Erased:
    """How many files went."""

    frames: int
    inputs: int
    results: int
    errors: int


@dataclass(frozen=True)
class Stays:
    """What must stay of a customer.

    Attributes:
        plans: kept plans with a row about it, by hash, and whether one holds a new record with name and address.
        attempts: rows of the journal, with ids and with the values that were written.
        decisions: whether a person decided about it, with the reason in that person's words.
    """

    plans: dict[str, bool]
    attempts: int
    decisions: bool


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when it is done, 1 when a sentence says why not."""
    parser = argparse.ArgumentParser(prog="make erase", description=__doc__)
    parser.add_argument("name", help="the declaration")
    parser.add_argument("--customer", default="", help="the Stripe id")
    parser.add_argument("--who", default="", help="your name, which is kept")
    options = parser.parse_args(arguments)
    folders, (console, errors) = Folders.from_environment(), terminal()
    return at_terminal(errors, folders, lambda: _act(options, folders, console))


def _act(options: argparse.Namespace, folders: Folders, console: Console) -> int:
    customer, who = options.customer.strip(), options.who.strip()
    if not _CUSTOMER.fullmatch(customer):
        raise UserError("CUSTOMER must be the Stripe id of one customer, such as CUSTOMER=cus_123.")
    if not who or len(who) > _LONGEST_NAME:
        raise UserError("WHO must be your name, which is kept with what was done: WHO=Ada.")
    sync = opened(options.name, folders)
    with dg.DagsterInstance.get() as instance, run_alone(sync.name, folders, instance, "make erase"):
        if not is_kept(sync, customer):
            raise UserError(
                f"Nothing was removed: no frame, input or result of {sync.name} names {customer}; check the id."
            )
        erased = erase(sync)
        _remember(sync, instance, customer, who)
    for sentence in said(sync, customer, erased, stays(sync, customer)):
        console.print(escape(sentence))
    return 0


def erase(sync: Reconciliation) -> Erased:
    """Remove frames, kept inputs and result files of a declaration, whatever accounts they are of."""
    folders, name = sync.folders, sync.name
    return Erased(
        frames=sum(map(_emptied, folders.every("frames", name))),
        inputs=sum(map(_emptied, folders.every("inputs", name))),
        results=sum(results.erase() for results in _results(sync)),
        errors=remove_traces(folders.home),
    )


def is_kept(sync: Reconciliation, customer: str) -> bool:
    """Whether something that would be removed names a customer; a file that cannot be read may do so."""
    return any(_may_name(path, customer) for path in _files(sync))


def _files(sync: Reconciliation) -> Iterator[Path]:
    """All files that would be removed."""
    kinds: tuple[Kind, ...] = ("frames", "inputs")
    for kind in kinds:
        for storage in sync.folders.every(kind, sync.name):
            yield from storage.fetched(storage.names()).values()
    for results in _results(sync):
        for generation in results.generations():
            yield from generation.fetched(generation.names).values()
    yield from (path for path in (sync.folders.home / ERRORS).rglob("*") if path.is_file())


def _may_name(path: Path, customer: str) -> bool:
    with path.open("rb") as file:
        head = file.read(len(_PARQUET))
        if head != _PARQUET:
            return customer.encode() in head + file.read()
    try:
        rows = pl.scan_parquet(path, glob=False)
        ids = [pl.col(column) for column in _IDS if column in rows.collect_schema()]
        return bool(ids) and any(rows.select((each == customer).any() for each in ids).collect().row(0))
    except pl.exceptions.PolarsError:
        return True


def stays(sync: Reconciliation, customer: str) -> Stays:
    """What names a customer and cannot go."""
    with sync.ledger() as ledger:
        attempts = Journal(ledger, sync.declared_accounts).rows_about(customer)
        decided = customer in Decisions(ledger, sync.name).last()
    return Stays(dict(_plans_about(sync, customer)), attempts, decided)


def said(sync: Reconciliation, customer: str, erased: Erased, left: Stays) -> Iterator[str]:
    """What was done and what stays, in sentences."""
    yield (
        f"Removed of {sync.name}: {many(erased.frames, 'frame')}, {many(erased.inputs, 'file')} of kept inputs, "
        f"{many(erased.results, 'result file')}, of all customers. The next run makes frames and results anew; older "
        "plans cannot be replayed."
    )
    if erased.errors:
        yield f"Removed of all declarations: {many(erased.errors, 'file')} with the words of errors."
    if left.plans:
        named = ", ".join(shortened(digest) for digest in left.plans)
        whole = " with name and address of a new record" * any(left.plans.values())
        yield f"Kept, as they have rows about {customer}{whole}: {many(len(left.plans), 'plan')}, {named}."
    if left.attempts:
        yield (
            f"{many_do(left.attempts, 'row', 'stays', 'stay')} in the ledger: ids, and values that were written, so "
            "that they can be undone."
        )
    if left.decisions:
        yield f"A person's decision about {customer} stays in the ledger, with its reason."
    yield (
        f"Not removed: {customer} in Stripe, its NetSuite record, export files, backups, copies of the ledger "
        "that an upgrade has left beside it, archives of make audit, and "
        f"{_beside(sync)}. While Stripe or NetSuite have it, the next "
        "run reads it again."
    )


def _beside(sync: Reconciliation) -> str:
    """What this machine cannot remove."""
    if sync.folders.objects:
        return (
            f"older versions that the bucket of {sync.folders.objects} may keep by a rule of its own, and copies in "
            f"{COPIES}/ of the state of other machines, which go when the declaration next runs there"
        )
    return f"what you put into {sync.results.place} yourself"


def _emptied(storage: Storage) -> int:
    names = storage.names()
    storage.remove(names)
    storage.tidy(timedelta(0))
    return len(names)


def _results(sync: Reconciliation) -> tuple[ResultStore, ResultStore]:
    return sync.results, sync.folders.published_comparison(sync.name)


def _plans_about(sync: Reconciliation, customer: str) -> Iterator[tuple[str, bool]]:
    """Every kept plan with a row about a customer, and whether a row has a whole record."""
    every = [PlanStore(storage) for storage in sync.folders.every("plans", sync.name)]
    stores = {plan: kept for kept in every for plan in kept.named("")}
    for plan, store in sorted(stores.items()):
        rows = read_plan(store.path(plan)).filter(pl.col("stripe_customer_id") == customer)
        if rows.height:
            yield plan, "values" in rows.columns and bool(rows.get_column("values").is_not_null().any())


def _remember(sync: Reconciliation, instance: dg.DagsterInstance, customer: str, who: str) -> None:
    told = {"erased": customer, "who": who}
    made = dg.AssetObservation(sync.key("stripe_customers"), description="A person's data was erased.", metadata=told)
    instance.report_runless_asset_event(made)


if __name__ == "__main__":
    sys.exit(main())
