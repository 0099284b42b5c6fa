"""Last stage: the files for a person, all of one run or none: matches, plan, review queue, import files, the report."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import dagster as dg
import polars as pl

from assets.matching import link_table
from assets.matching.directions import both_ways
from assets.matching.stripe_matches import STRIPE_MATCHES
from assets.next_step.next_step import next_step
from assets.next_step.shown import metadata, section
from assets.no_values import placeholders_of
from assets.planning.brakes import why_stopped, writes_unseen
from assets.planning.guesses import guesses, with_guesses
from assets.planning.parts import changes_of
from assets.planning.review_queue import decisions_in_words, still_waiting
from assets.reconciliation import Reconciliation, failures_for_people, moment_of
from assets.report.brakes_shown import brake_checks, brakes_of, would_stop
from assets.report.checks_shown import alerts, preflight_of, results_of_checks
from assets.report.clear_files import ClearFiles
from assets.report.creation_currencies import CURRENCIES_FILE, netsuite_create_currencies
from assets.report.creation_files import (
    STRIPE_CREATIONS_FILE,
    new_customers,
    new_stripe_customers,
)
from assets.report.creation_import import CREATE_FILE, CreationNotes, creation_notes, netsuite_create
from assets.report.decision_columns import add_review
from assets.report.import_files import (
    COMMENTS_FILE,
    NOTES_FILE,
    RECORDS_FILE,
    STRIPE_FILE,
    SUBSIDIARY,
    ImportNotes,
    comments_import,
    netsuite_import,
    notes_text,
    stripe_updates,
)
from assets.report.inputs import Header, ReportInputs
from assets.report.links import links as open_links
from assets.report.page import render_report
from assets.report.people_files import UNMATCHED_FILE, matches_for_people, unmatched_records
from assets.report.previous_plan import follow_previous_plan
from assets.report.to_stripe import NETSUITE_MATCHES_FILE, netsuite_matches
from assets.report.traces import without_traces
from assets.report.workbench import workplace_of
from resources.ledger import PAIR, Guesses
from resources.storage.frames import PLAN_HASH
from resources.storage.result_files import ResultFiles
from resources.storage.results import MadeBy
from schemas.declaration import Declaration
from schemas.declaration.creation import NAMES
from schemas.link_fields import fields_of
from schemas.plan import CREATIONS_FILE

_INPUTS = ("stripe_customers", "netsuite_customers", "customer_matches", "review_queue", "write_plan")
_REPORT = "report.html"
EXACT_FILE: Final = "plan_exact.csv"
"""The plan to the byte: the SHA-256 of this file is its hash."""


def build_reconciliation_report(sync: Reconciliation, checks: Sequence[dg.AssetCheckSpec]) -> dg.AssetsDefinition:
    """The asset `reconciliation_report` of one declaration, which shows the latest results of these checks."""
    to_stripe = (STRIPE_MATCHES,) if sync.declaration.to_stripe else ()

    @dg.asset(
        key=sync.key("reconciliation_report"),
        group_name=sync.name,
        kinds={"html", "csv"},
        freshness_policy=_fresh_by(sync),
        ins=sync.inputs(*_INPUTS, *to_stripe),
    )
    def reconciliation_report(
        context: dg.AssetExecutionContext,
        stripe_customers: pl.LazyFrame,
        netsuite_customers: pl.LazyFrame,
        customer_matches: pl.LazyFrame,
        review_queue: pl.LazyFrame,
        write_plan: pl.LazyFrame,
        **further: pl.LazyFrame,
    ) -> dg.MaterializeResult:
        """The files of this run, in the folder of results.

        `report.html` is for reading, `matches.csv`, `netsuite_unmatched.csv`, `plan.csv`, `review.csv` (which
        is `review.xlsx`, too) and `creations.csv` for a spreadsheet (no cell is a formula), `netsuite_import.csv`,
        `netsuite_import_comments.csv`, `netsuite_create.csv`, `netsuite_create_currencies.csv`, `netsuite_clear.csv`,
        `netsuite_clear_comments.csv` and `stripe_updates.csv` for importing by hand, with `import_notes.txt` on how,
        and on how old the picture is that they were made from;
        `plan_exact.csv` is for an auditor, who wants the plan's hash.
        All are replaced in one step, when every one of them is written; a run that fails leaves the last good ones.
        `run.json` names the run that made each file.
        """
        with failures_for_people():
            matches, review = customer_matches.collect(), review_queue.collect()
            plan, plan_hash = _kept(sync, write_plan)
            found = further[STRIPE_MATCHES].collect() if to_stripe else None
            if found is not None:
                matches = both_ways(matches.lazy(), found.lazy()).collect()
            stripe, netsuite = stripe_customers.collect(), netsuite_customers.collect()
            links = link_table(stripe.lazy(), netsuite.lazy(), placeholders_of(sync.declaration)).collect()
            files = ResultFiles(sync.folders.results(sync.name))
            unmatched = unmatched_records(netsuite.lazy(), matches.lazy())
            files.for_people("matches.csv", matches_for_people(matches.lazy(), stripe.lazy(), netsuite.lazy()))
            files.for_people(UNMATCHED_FILE, unmatched)
            guesses_found = _guesses(sync, customer_matches)
            files.for_people("plan.csv", with_guesses(plan, guesses_found))
            add_review(files, review)
            _add_new_customers(files, plan)
            if found is not None:
                files.for_people(NETSUITE_MATCHES_FILE, netsuite_matches(found, netsuite))
            labels = sync.declaration.netsuite_fields
            now = sync.clock()
            comments = comments_import(changes_of(plan, fields_of("netsuite", "words")), netsuite.lazy(), labels)
            clear = ClearFiles.of(plan, netsuite.lazy(), labels)
            notes = ImportNotes(
                made_at=now,
                picture_of=moment_of(context.instance, sync.key("netsuite_customers")),
                hours=sync.declaration.writes.import_comments_hours,
                has_subsidiary=SUBSIDIARY in labels,
                comments=comments.height,
                creation=_creation(sync.declaration, plan, stripe),
                cleared=clear.values.height,
                cleared_comments=clear.comments.height,
            )
            clear.add_to(files, with_comments=notes.comments_can_be_imported)
            fields = changes_of(plan, fields_of("netsuite", "value"))
            files.for_import(RECORDS_FILE, netsuite_import(fields, netsuite.lazy(), labels))
            if notes.comments_can_be_imported:
                files.for_import(COMMENTS_FILE, comments)
            if notes.creation is not None:
                files.for_import(CREATE_FILE, netsuite_create(plan, _new_labels(sync.declaration)))
                if notes.creation.currencies:
                    files.for_import(CURRENCIES_FILE, netsuite_create_currencies(plan, notes.creation.currencies))
            files.for_import(STRIPE_FILE, stripe_updates(changes_of(plan, fields_of("stripe"))))
            files.page(NOTES_FILE, notes_text(notes, files.names))
            files.copy(EXACT_FILE, sync.plans.path(plan_hash), plan_hash)
            previous_plan, progress = follow_previous_plan(
                context.instance, sync, stripe.lazy(), netsuite.lazy(), links.lazy(), context.log.info
            )
            brakes = brakes_of(sync, context.instance)
            stops = writes_unseen(sync, context.job_name)
            step = next_step(sync, context.instance)
            header = Header(
                declaration=sync.name,
                when=now,
                stripe_source=sync.stripe.source,
                netsuite_source=sync.netsuite.source,
                plan_hash=plan_hash,
                run_id=context.run.run_id,
                missing_months=tuple(sync.months_missing()),
                months_elsewhere=sync.months_elsewhere(),
                files=files.names,
                previous_plan=previous_plan,
                progress=progress,
                decisions=decisions_in_words(review),
                stopped=why_stopped(brakes) if stops else "",
                next_step=section(step) if step else None,
                alerts=(*alerts(context.instance, checks), *would_stop(sync.declaration, brakes, stops=stops)),
                traces=without_traces(netsuite, links, matches, plan),
                import_notes=tuple(notes.sentences()),
                netsuite_unmatched=unmatched.height,
                workplace=workplace_of(sync.declaration),
            )
            results = (*results_of_checks(context.instance, checks), *brake_checks(brakes, stops=stops))
            guessed = guesses_found.join(plan, on=list(PAIR), how="semi")
            inputs = ReportInputs(
                stripe,
                netsuite,
                links,
                matches,
                plan,
                still_waiting(review),
                results,
                header,
                to_stripe=found,
                guesses=guessed,
                preflight=preflight_of(context.instance, checks),
            )
            files.page(_REPORT, render_report(inputs))
            del inputs, stripe, netsuite, links, matches, found  # writing takes memory, too
            kept = files.put_in_place(MadeBy.now(context.run.run_id, header.plan_hash))
        return dg.MaterializeResult(
            metadata={
                **(metadata(step) if step else {}),
                **open_links(sync.name, _REPORT, files.names),
                "report": dg.MetadataValue.path(files.folder / _REPORT),
                "plan_hash": header.plan_hash,
                "folder": dg.MetadataValue.path(files.folder),
                "files_of_this_run": dg.MetadataValue.path(kept),
                "files": len(files.names),
                "netsuite_unmatched": unmatched.height,
            }
        )

    return reconciliation_report


def _fresh_by(sync: Reconciliation) -> dg.FreshnessPolicy | None:
    """Fresh is a report since the last daily run was due; without a daily run there is no time for one."""
    if not sync.declaration.can_write:
        return None
    daily = sync.declaration.daily
    return dg.FreshnessPolicy.cron(daily.deadline_cron, timedelta(hours=daily.within_hours), daily.time_zone)


def _add_new_customers(files: ResultFiles, plan: pl.DataFrame) -> None:
    new = {CREATIONS_FILE: new_customers(plan), STRIPE_CREATIONS_FILE: new_stripe_customers(plan)}
    for name, creations in new.items():
        if creations.height:
            files.for_people(name, creations)


def _kept(sync: Reconciliation, planned: pl.LazyFrame) -> tuple[pl.DataFrame, str]:
    """The plan and the hash under which it is kept, as its frame says, or else as it is kept now.

    Writing a plan out once more only to learn its hash would cost as much as making it.
    """
    before = sync.frames.mark("write_plan", PLAN_HASH)
    plan = planned.collect()
    digest = sync.frames.mark("write_plan", PLAN_HASH)
    is_known = digest is not None and digest == before and sync.plans.holds(digest)
    return plan, digest if is_known and digest else sync.plans.keep(plan)


def _guesses(sync: Reconciliation, matches: pl.LazyFrame) -> pl.DataFrame:
    with sync.ledger() as ledger:
        return guesses(matches, Guesses(ledger, sync.declared_accounts).known().lazy()).collect()


def _creation(declaration: Declaration, plan: pl.DataFrame, stripe: pl.DataFrame) -> CreationNotes | None:
    """What is to be said of new customers that a person imports; null where none are imported."""
    create = declaration.creation
    if not declaration.is_by_hand or new_customers(plan).is_empty():
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
