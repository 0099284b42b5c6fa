"""Last stage: the files for a person, all of one run or none: matches, plan, review queue, import files, the report."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from typing import Final

import dagster as dg
import polars as pl

from assets.matching.kept_links import customers_of, links_of
from assets.matching.stripe_matches import STRIPE_MATCHES
from assets.next_step.forms import ui
from assets.next_step.links import links as open_links
from assets.next_step.next_step import next_step
from assets.next_step.shown import metadata, section
from assets.planning.brakes import why_stopped, writes_unseen
from assets.planning.guesses import guesses
from assets.reconciliation import Reconciliation, failures_for_people, moment_of
from assets.report.brakes_shown import brake_checks, brakes_of, would_stop
from assets.report.checks_shown import alerts, preflight_of, results_of_checks
from assets.report.contents import Frames, contents_before, keep_contents, make_contents
from assets.report.import_files import NOTES_FILE, SUBSIDIARY, ImportNotes, is_young, notes_text
from assets.report.inputs import Header
from assets.report.page import render_page
from assets.report.previous_plan import follow_previous_plan
from assets.report.workbench import workplace_of
from assets.rules_version import MADE_BY
from assets.steps import AS_IN_RUN, Step, key_of, of_frames, of_table
from resources.ledger import Guesses
from resources.memory import Memory
from resources.storage.frames import PLAN_HASH
from resources.storage.generations import MadeBy
from resources.storage.held_frames import size_of
from resources.storage.result_files import ResultFiles
from schemas.paired_plan import PairedPlan

_NAME: Final = "reconciliation_report"
_SEEN: Final = ("stripe_customers", "netsuite_customers", "customer_matches", "review_queue")
_INPUTS: Final = (*_SEEN, "write_plan")
_REPORT = "report.html"
_PART: Final = 4
"""A quarter of what a stage may take is for the names of customers, and half of that is for the plan."""
EXACT_FILE: Final = "plan_exact.csv"
"""The plan to the byte: the SHA-256 of this file is its hash."""


def build_reconciliation_report(sync: Reconciliation, checks: Sequence[dg.AssetCheckSpec]) -> dg.AssetsDefinition:
    """The asset `reconciliation_report` of one declaration, which shows the latest results of these checks."""
    to_stripe = (STRIPE_MATCHES,) if sync.declaration.to_stripe else ()

    @dg.asset(
        key=sync.key(_NAME),
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
        **further: pl.LazyFrame,
    ) -> dg.MaterializeResult:
        """The files of this run, in the folder of results.

        `report.html` is for reading, `matches.csv`, `netsuite_unmatched.csv`, `plan.csv`, `guesses.csv`, `review.csv`
        (which is `review.xlsx`, too) and `creations.csv` for a spreadsheet (no cell is a formula),
        `netsuite_import.csv`, `netsuite_import_comments.csv`, `netsuite_create.csv`, `netsuite_create_currencies.csv`,
        `netsuite_clear.csv`, `netsuite_clear_comments.csv` and `stripe_updates.csv` for importing by hand, with
        `import_notes.txt` on how, and on how old the picture is that they were made from;
        `plan_exact.csv` is for an auditor, who wants the plan's hash.
        All are replaced in one step, when every one of them is written; a run that fails leaves the last good ones.
        `run.json` names the run that made each file.
        """
        with failures_for_people():
            now, files = sync.clock(), ResultFiles(sync.results)
            picture_of = moment_of(context.instance, sync.key("netsuite_customers"))
            with_comments = is_young(now, picture_of, sync.declaration.writes.import_comments_hours)
            guesses_found = _guesses(sync, customer_matches)
            seen = [of_table(guesses_found), str(with_comments)]

            def look() -> str | None:
                planned = sync.frames.mark("write_plan", PLAN_HASH)
                if planned is None or not sync.plans.holds(planned):
                    return None
                return key_of(sync, _NAME, of_frames(sync, *_SEEN, *to_stripe), *seen, planned)

            step = Step(sync, _NAME, context.run.run_id, look)
            header = Header(
                declaration=sync.name,
                when=now,
                stripe_source=sync.stripe.source,
                netsuite_source=sync.netsuite.source,
                plan_hash=sync.frames.mark("write_plan", PLAN_HASH) or "",
                run_id=context.run.run_id,
                workplace=workplace_of(sync.declaration),
                ui=ui(sync.folders.home),
            )
            before = contents_before(step, files)
            if before is not None:
                contents, _ = before
            else:
                plan, plan_hash = _kept(sync)
                header = replace(header, plan_hash=plan_hash)
                found = further[STRIPE_MATCHES].collect() if to_stripe else None
                sides = (stripe_customers, netsuite_customers, links_of(sync))
                kept = (plan, sync.plans.path(plan_hash))
                frames = (*sides, customer_matches, review_queue.collect(), *kept, found)
                made_of = Frames(
                    sync.declaration,
                    *frames,
                    guesses_found,
                    customers=partial(customers_of, sync),
                    room=sync.memory.of_a_stage // _PART,
                    plan_again=None if _may_be_held(plan, sync.memory) else partial(_plan_of, sync),
                )
                contents = make_contents(files, made_of, header, with_comments=with_comments)
                del made_of, frames, kept, plan, found  # writing takes memory, too
            of_frames_alone = files.names
            step_after = next_step(sync, context.instance)
            notes = ImportNotes(
                made_at=now,
                picture_of=picture_of,
                hours=sync.declaration.writes.import_comments_hours,
                has_subsidiary=SUBSIDIARY in sync.declaration.netsuite_fields,
                records=contents.records,
                comments=contents.comments,
                creation=contents.creation,
                cleared=contents.cleared,
                cleared_comments=contents.cleared_comments,
                decide_first=step_after.decide_first("import") if step_after else "",
            )
            files.page(NOTES_FILE, notes_text(notes, files.names))
            files.same(EXACT_FILE, sync.plans.path(header.plan_hash), header.plan_hash)
            links = partial(links_of, sync)
            previous_plan, progress = follow_previous_plan(context, sync, stripe_customers, netsuite_customers, links)
            brakes = brakes_of(sync, context.instance)
            stops = writes_unseen(sync, context.job_name)
            header = replace(
                header,
                missing_months=tuple(sync.months_missing()),
                months_elsewhere=sync.months_elsewhere(),
                files=files.names,
                previous_plan=previous_plan,
                progress=progress,
                decisions=contents.decisions,
                stopped=why_stopped(brakes) if stops else "",
                next_step=section(step_after) if step_after else None,
                alerts=(*alerts(context.instance, checks), *would_stop(sync.declaration, brakes, stops=stops)),
                traces=contents.traces,
                import_notes=tuple(notes.sentences()),
                netsuite_unmatched=contents.unmatched,
                unpaid=contents.unpaid,
            )
            results = (*results_of_checks(context.instance, checks), *brake_checks(brakes, stops=stops))
            preflight = preflight_of(context.instance, checks)
            files.page(_REPORT, render_page(contents.figures, header, results, preflight))
            made = files.put_in_place(MadeBy.now(context.run.run_id, header.plan_hash))
            keep_contents(step, contents, of_frames_alone, made)
            return dg.MaterializeResult(
                metadata={
                    **(metadata(step_after) if step_after else {}),
                    **open_links(sync.name, _REPORT, files.names),
                    "report": dg.MetadataValue.path(sync.results.address(_REPORT)),
                    **({AS_IN_RUN: before[1]} if before else {}),
                    "plan_hash": header.plan_hash,
                    **MADE_BY,
                    "folder": dg.MetadataValue.path(sync.results.place),
                    "files_of_this_run": dg.MetadataValue.path(made.place),
                    "files": len(files.names),
                    "netsuite_unmatched": contents.unmatched,
                }
            )

    return reconciliation_report


def _fresh_by(sync: Reconciliation) -> dg.FreshnessPolicy | None:
    """Fresh is a report since the last daily run was due; without a daily run there is no time for one."""
    if not sync.declaration.can_write:
        return None
    daily = sync.declaration.daily
    return _fresh_within(daily.deadline_cron, daily.within_hours, daily.time_zone)


@cache
def _fresh_within(cron: str, hours: int, time_zone: str) -> dg.FreshnessPolicy:
    """One for all declarations of the same: of each new one Dagster looks at a thousand days on which it is due."""
    return dg.FreshnessPolicy.cron(cron, timedelta(hours=hours), time_zone)


def _kept(sync: Reconciliation) -> tuple[PairedPlan, str]:
    """The plan and the hash under which it is kept, as its frame says, or else as it is kept now.

    Writing a plan out once more only to learn its hash would cost as much as making it.
    """
    before = sync.frames.mark("write_plan", PLAN_HASH)
    plan = _plan_of(sync)
    digest = sync.frames.mark("write_plan", PLAN_HASH)
    is_known = digest is not None and digest == before and sync.plans.holds(digest)
    return plan, digest if is_known and digest else sync.plans.keep(plan)


def _plan_of(sync: Reconciliation) -> PairedPlan:
    plan = sync.frames.read_plan("write_plan")
    return plan if plan.pairs is None else replace(plan, pairs=plan.pairs.drop("created", strict=False))


def _may_be_held(plan: PairedPlan, memory: Memory) -> bool:
    """Whether a plan is small beside what there is for the other files."""
    rows = (plan.pairs, plan.first, plan.last)
    return sum(size_of(each) for each in rows if each is not None) <= memory.of_a_stage // _PART // 2


def _guesses(sync: Reconciliation, matches: pl.LazyFrame) -> pl.DataFrame:
    with sync.ledger() as ledger:
        return guesses(matches, Guesses(ledger, sync.declared_accounts).known().lazy()).collect()
