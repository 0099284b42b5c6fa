"""What of a run's results follows from its frames: every file but the page and the notes, and what these say of them.

Where the frames are as they were, so are these files, and they go along from the last results instead of being written
again; whatever somebody has changed in one of them since makes all of them anew.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Final

import polars as pl
from pydantic import TypeAdapter

from assets.matching.directions import both_ways
from assets.planning.guesses import planned
from assets.planning.review_queue import decisions_in_words, still_waiting
from assets.report.clear_files import ClearFiles
from assets.report.creation_currencies import CURRENCIES_FILE, netsuite_create_currencies
from assets.report.creation_files import STRIPE_CREATIONS_FILE, new_customers, new_stripe_customers
from assets.report.creation_import import CREATE_FILE, CreationNotes, creation_notes, netsuite_create
from assets.report.decision_columns import add_review, decidable_for_new
from assets.report.few_rows import column_of
from assets.report.import_files import COMMENTS_FILE, RECORDS_FILE, STRIPE_FILE
from assets.report.inputs import Header, ReportInputs
from assets.report.page_figures import PageFigures, page_figures
from assets.report.paired_imports import comments_of_plan, records_of_plan, updates_of_plan
from assets.report.people_files import UNMATCHED_FILE, matches_for_people, unmatched_records
from assets.report.plan_files import PlanFiles
from assets.report.to_stripe import NETSUITE_MATCHES_FILE, netsuite_matches
from assets.report.traces import without_traces
from assets.report.unpaid import unpaid
from assets.rows_of import rows_of
from assets.steps import Step
from resources.ledger import PAIR
from resources.storage.generations import Generation
from resources.storage.once import sha256_of
from resources.storage.result_files import ResultFiles
from schemas.declaration import Declaration
from schemas.declaration.creation import NAMES
from schemas.link_fields import fields_of
from schemas.paired_plan import PairedPlan
from schemas.plan import CREATIONS_FILE, GUESSES_FILE

_BYTES_OF_NAMES: Final = 250
"""What three texts of a match take while they are read, as long as most are."""

_OURS: Final = ("outcome", "evidence", "candidate_ids", "reason", "doubt")
"""Columns of matches whose texts begin with a word of ours, or are numbers."""


@dataclass(frozen=True)
class Frames:
    """What the files are made of.

    `links` is the `link_table`, `found` is what the way to Stripe found, and `guesses` are pairs that are guesses.
    `customers` gives the row of each match's customer in `stripe`, if somebody has looked. `room` is how many bytes the
    names of customers may take, if not as many as there are; the plan, which is kept as `plan_file`, is then read once
    more, by `plan_again`, for each file that is made of it, instead of being held.
    """

    declaration: Declaration
    stripe: pl.LazyFrame
    netsuite: pl.LazyFrame
    links: pl.LazyFrame
    customer_matches: pl.LazyFrame
    review: pl.DataFrame
    plan: PairedPlan
    plan_file: Path
    found: pl.DataFrame | None
    guesses: pl.DataFrame
    customers: Callable[[], pl.Series] | None = None
    room: int | None = None
    plan_again: Callable[[], PairedPlan] | None = None

    @cached_property
    def matches(self) -> pl.LazyFrame:
        """Those of both ways."""
        if self.found is None:
            return self.customer_matches
        return both_ways(self.customer_matches, self.found.lazy()).collect().lazy()


@dataclass(frozen=True)
class Contents:
    """What page and notes say of the files.

    Attributes:
        unmatched: NetSuite customers that no Stripe customer is tied to.
        records: records of which the plan changes a field that holds one value.
        comments: records whose comments the plan changes.
        creation: what is to be said of new customers that a person imports; null where none are.
        cleared: records of which a field that holds one value is cleared.
        cleared_comments: records from whose comments an id is taken.
        traces: a sentence on customers that leave no trace in NetSuite (W5), or empty.
        decisions: what persons decided, a line each.
        figures: what the page counts and shows.
        unpaid: customers that get no record before they have paid.
    """

    unmatched: int
    records: int
    comments: int
    creation: CreationNotes | None
    cleared: int
    cleared_comments: int
    traces: str
    decisions: tuple[str, ...]
    figures: PageFigures
    unpaid: int


@dataclass(frozen=True)
class _Kept:
    """Contents, and the files with their hashes, in their order."""

    contents: Contents
    files: dict[str, str]


_KEPT: Final = TypeAdapter(_Kept)


def contents_before(step: Step, files: ResultFiles) -> tuple[Contents, str] | None:
    """Add the files of the last results, if they were made of the same and nobody has changed one; and their run."""
    before = step.before()
    kept = _KEPT.validate_json(before.more) if before else None
    newest = files.results.newest() if kept else None
    if before is None or kept is None or newest is None:
        return None
    there = newest.fetched(kept.files)
    if not all(name in there and _is_whole(there[name], digest) for name, digest in kept.files.items()):
        return None
    for name, digest in kept.files.items():
        files.same(name, there[name], digest)
    return kept.contents, before.run


def keep_contents(step: Step, contents: Contents, names: Iterable[str], generation: Generation) -> None:
    """Keep what the results are, as they were put in place."""
    manifest, wanted = generation.files, [*names]
    if {*wanted} <= manifest.keys():
        kept = _Kept(contents, {name: manifest[name]["sha256"] for name in wanted})
        step.keep([], _KEPT.dump_json(kept).decode())


def _is_whole(path: Path, digest: str) -> bool:
    return not path.stat().st_mode & 0o077 and sha256_of(path) == digest


def make_contents(files: ResultFiles, frames: Frames, header: Header, *, with_comments: bool) -> Contents:
    """Add the files that are made of these frames.

    Args:
        files: where they are added.
        frames: what they are made of.
        header: what the page says of the run, as far as its figures depend on it.
        with_comments: whether the picture is young enough to replace whole comments from it.
    """
    declaration, matches = frames.declaration, frames.matches
    stripe, netsuite, links = frames.stripe, frames.netsuite, frames.links
    of_plan = PlanFiles.of(frames.plan, frames.plan_again, matches)
    plan = of_plan.plan
    others = plan.others
    traces = without_traces(netsuite, links, matches, plan, is_held=declaration.on_doubt == "refuse")
    customers = frames.customers() if frames.customers else None
    if customers is None:
        customers = rows_of(column_of(matches, "stripe_customer_id"), column_of(stripe, "id"))
    guessed = planned(plan, frames.guesses)
    shown = (stripe, netsuite, links, matches, plan, still_waiting(frames.review))
    figures = page_figures(ReportInputs(*shown, (), header, frames.found, guessed, customers=customers))
    unmatched = unmatched_records(netsuite, matches)
    at_once = max(frames.room // _BYTES_OF_NAMES, 1) if frames.room else None
    named = partial(matches_for_people, matches, stripe, netsuite, customers, at_once)
    files.for_people_in_parts("matches.csv", named, ours=_OURS)
    files.for_people(UNMATCHED_FILE, unmatched)
    of_plan.add_plan(files, "plan.csv", frames.plan_file, header.plan_hash)
    if guessed.height:
        files.for_people(GUESSES_FILE, guessed.sort(PAIR).rename({"why": "reason"}))
    add_review(files, frames.review, decidable_for_new(declaration))
    _add_new_customers(files, others, frames.review)
    if frames.found is not None:
        files.for_people(NETSUITE_MATCHES_FILE, netsuite_matches(frames.found, netsuite))
    labels = declaration.netsuite_fields
    clear = ClearFiles.of(others, netsuite, labels)
    clear.add_to(files, with_comments=with_comments)
    records = of_plan.add_import(files, RECORDS_FILE, partial(records_of_plan, netsuite=netsuite, labels=labels))
    texts = partial(comments_of_plan, netsuite=netsuite, labels=labels)
    comments = of_plan.add_import(files, COMMENTS_FILE, texts, is_added=with_comments)
    creation = _creation(declaration, others, stripe)
    if creation is not None:
        files.for_import(CREATE_FILE, netsuite_create(others, _new_labels(declaration)))
        if creation.currencies:
            files.for_import(CURRENCIES_FILE, netsuite_create_currencies(others, creation.currencies))
    of_plan.add_import(files, STRIPE_FILE, partial(updates_of_plan, matches=matches))
    return Contents(
        unmatched=unmatched.height,
        records=records,
        comments=comments,
        creation=creation,
        cleared=clear.values.height,
        cleared_comments=clear.comments.height,
        traces=traces,
        decisions=tuple(decisions_in_words(frames.review)),
        figures=figures,
        unpaid=unpaid(declaration, stripe, frames.customer_matches),
    )


def _add_new_customers(files: ResultFiles, plan: pl.DataFrame, review: pl.DataFrame) -> None:
    new: Mapping[str, pl.DataFrame] = {
        CREATIONS_FILE: new_customers(plan, review),
        STRIPE_CREATIONS_FILE: new_stripe_customers(plan),
    }
    for name, creations in new.items():
        if creations.height:
            files.for_people(name, creations)


def _creation(declaration: Declaration, plan: pl.DataFrame, stripe: pl.LazyFrame) -> CreationNotes | None:
    """What is to be said of new customers that a person imports; null where none are imported."""
    create = declaration.creation
    if (
        not declaration.is_by_hand
        or plan.filter((pl.col("action") == "create") & (pl.col("system") == "netsuite")).is_empty()
    ):
        return None
    is_each = declaration.on_none == "create"
    paths = [path for path in create.stripe_paths if is_each and (create.individual_when or path not in NAMES)]
    return creation_notes(plan, stripe, paths, _new_labels(declaration), create.currencies)


def _new_labels(declaration: Declaration) -> dict[str, str]:
    """Script id → label of the custom fields of new customers whose label is known."""
    of_customs = (
        field for field in fields_of("netsuite") if field.setting and field.name in declaration.netsuite_fields
    )
    return {field.field_id(declaration.netsuite): declaration.netsuite_fields[field.name] for field in of_customs}
