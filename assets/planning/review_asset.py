"""The asset `review_queue`: what a person must look at, with near misses and what NetSuite names that is nobody's."""

from collections.abc import Iterator
from typing import Final

import dagster as dg
import polars as pl

from assets.check_results import SCHEMA_CHECK, blocking_checks, report_checks, schema_result
from assets.matching.customer_matches import match_settings
from assets.planning.gone_customers import gone_customers
from assets.planning.guesses import unconfirmed, with_unconfirmed
from assets.planning.own_traces import own_traces
from assets.planning.review_queue import add_gone, queue_for_review, still_waiting
from assets.planning.settings import PlanSettings
from assets.planning.suggestions import proposals, with_suggestions
from assets.planning.traces_in_review import tell_traces
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, failures_for_people
from assets.steps import Step, key_of, of_frames, of_table
from assets.table_columns import table_columns
from resources.ledger import Guesses
from schemas.review import ReviewQueue, where_decided
from schemas.validation import violations

_NAME: Final = "review_queue"
_INPUTS: Final = ("stripe_customers", "netsuite_customers", "customer_matches")


def build_review_queue(sync: Reconciliation) -> dg.AssetsDefinition:
    """The asset `review_queue` of one declaration."""
    plan = PlanSettings.of(sync.declaration)
    settings = match_settings(sync.declaration)

    @dg.asset(
        key=sync.key(_NAME),
        group_name=sync.name,
        kinds={"polars"},
        io_manager_key=IO_MANAGER_KEY,
        dagster_type=FRAME,
        metadata=table_columns(ReviewQueue),
        ins=sync.inputs(*_INPUTS),
        check_specs=blocking_checks(sync.key(_NAME), {"schema": SCHEMA_CHECK}),
    )
    def review_queue(
        context: dg.AssetExecutionContext,
        stripe_customers: pl.LazyFrame,
        netsuite_customers: pl.LazyFrame,
        customer_matches: pl.LazyFrame,
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """The customers that a person must look at: conflicts, broken links, several candidates, doubts, full comments.

        Each row says why it is here, what to do, who the candidates are, and for a broken link what the other evidence
        proposes. Then come customers that matched nothing, with records whose values are nearly equal, and the ids that
        NetSuite names and that are no customer's. It does not depend on the order in which customers were read.
        """
        with failures_for_people():
            sides = (stripe_customers, netsuite_customers)
            decisions = sync.overrides()
            with sync.ledger() as ledger:
                known = Guesses(ledger, sync.declared_accounts).known().lazy()
            guessed = unconfirmed(customer_matches, known).collect()
            traces = own_traces(sync, context.instance, *sides, customer_matches)
            tables = [of_table(each) for each in (decisions, guessed, *traces)]
            step = Step(
                sync, _NAME, context.run.run_id, lambda: key_of(sync, _NAME, of_frames(sync, *_INPUTS), *tables), _NAME
            )
            before = step.before()
            if before is not None:
                yield from before.again(context)
                return
            held = sync.frames.held("netsuite_customers")
            where = where_decided(sync.name)
            waits = queue_for_review(
                *sides,
                with_unconfirmed(customer_matches, guessed.lazy()),
                proposals(*sides, customer_matches, settings, held),
                plan=plan,
                where=where,
                decisions=decisions.lazy(),
            )
            if held:  # nobody looks again
                held.beside.clear()
            waits = tell_traces(waits, *traces).collect().lazy()  # it is asked several times
            if sync.declaration.near_misses:
                waits = with_suggestions(
                    waits, *sides, customer_matches, settings, where, makes_records=plan.makes_each
                )
            if not sync.months_missing():  # what was not read is not gone
                gone = gone_customers(*sides, where)
                waits = add_gone(waits, gone, netsuite_customers, decisions.lazy())
            queue = waits.collect()
            waiting = still_waiting(queue)
            by_outcome = waiting.group_by("outcome").len().sort("outcome").rows()
            counts = {f"waiting/{outcome}": count for outcome, count in by_outcome}
            checks = [schema_result(violations(ReviewQueue, queue, "stripe_customer_id"))]
            metadata = {"waiting": waiting.height, "decided": queue.get_column("decided").count(), **counts}
            yield from report_checks(_NAME, checks)
            yield dg.MaterializeResult(value=step.made(queue, checks, metadata), metadata=metadata)

    return review_queue
