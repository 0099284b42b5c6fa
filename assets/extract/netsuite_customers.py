"""First stage: NetSuite customers of the saved search. The reader does the reading."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import dagster as dg
import polars as pl

from assets.check_results import (
    COMPLETE_CHECK,
    SCHEMA_CHECK,
    WORDS_CHECK,
    blocking_checks,
    complete_result,
    report_checks,
    schema_of_rows,
    words_result,
)
from assets.extract.visible_links import LINKS_SEEN_CHECK, links_seen_result, no_link_field, shows_links
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, extract_metadata, failures_for_people
from assets.sources import NETSUITE, source_key
from assets.steps import Step, key_of_reading
from assets.table_columns import table_columns
from schemas.customers import NetsuiteCustomers

_NAME = "netsuite_customers"
_CHECKS = {
    "schema": SCHEMA_CHECK,
    "complete": COMPLETE_CHECK,
    "known_words": WORDS_CHECK,
    "links_seen": LINKS_SEEN_CHECK,
}


def build_netsuite_customers(sync: Reconciliation) -> dg.AssetsDefinition:
    """The asset `netsuite_customers` of one declaration."""
    unseen = () if shows_links(sync.declaration) else (no_link_field(),)

    @dg.asset(
        key=sync.key(_NAME),
        group_name=sync.name,
        kinds={"netsuite", "polars"},
        io_manager_key=IO_MANAGER_KEY,
        dagster_type=FRAME,
        metadata=table_columns(NetsuiteCustomers, sync.declaration.netsuite_fields),
        deps=[source_key(sync, NETSUITE)],
        check_specs=blocking_checks(sync.key(_NAME), _CHECKS),
    )
    def netsuite_customers(context: dg.AssetExecutionContext) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """The rows of the NetSuite saved search, one per internal id, under the names that the declaration maps.

        Leads and prospects are there too, but `is_customer` is false for them and nothing is ever linked to them.
        Rows are unique by internal id; identical duplicates were dropped.
        """
        with failures_for_people(), ExitStack() as on_exit:
            if damage := sync.damage(_NAME):
                context.log.info(damage)
            said = context.log.info
            step = Step(sync, _NAME, context.run.run_id, partial(key_of_reading, sync, _NAME, sync.netsuite), _NAME)
            if before := step.before():
                yield from before.again(context)
                return
            disk = on_exit.enter_context(sync.disk())
            with sync.exclusive("netsuite", context.run.run_id, said) as make_sure:
                extract = sync.netsuite.customers(sync.frames.known(_NAME), said, disk)
                make_sure()
            rows = extract.rows
            customers, inactive = rows.lazy().select(pl.col("is_customer", "inactive").sum()).collect().row(0)
            context.log.info("%d NetSuite rows, %d of them customers", rows.height, customers)
            checks = [
                schema_of_rows(NetsuiteCustomers, rows, "internal_id"),
                complete_result(extract),
                words_result(extract, sync.declaration.netsuite_fields),
                links_seen_result(unseen, is_wanted=sync.declaration.links_visible),
            ]
            yield from report_checks(_NAME, checks)
            metadata = {
                "customers": customers,
                "leads_and_prospects": rows.height - customers,
                "inactive": inactive,
                **extract_metadata(extract),
            }
            yield dg.MaterializeResult(value=step.made(rows, checks, metadata), metadata=metadata)

    return netsuite_customers
