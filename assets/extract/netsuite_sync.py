"""First stage of the way to Stripe: NetSuite customers as parameters of Stripe's. The reader does the reading."""

from collections.abc import Iterator
from typing import Final

import dagster as dg

from assets.check_results import (
    COMPLETE_CHECK,
    SCHEMA_CHECK,
    blocking_checks,
    complete_result,
    report_checks,
    schema_result,
)
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, extract_metadata, failures_for_people
from assets.sources import PARAMETERS, source_key
from assets.table_columns import table_columns
from resources.readers import ParametersReader
from schemas.errors import InternalError
from schemas.stripe_matches import NetsuiteParameters
from schemas.validation import violations

SYNC: Final = "netsuite_sync"
"""The name of the asset, where a declaration has it."""


def build_netsuite_sync(sync: Reconciliation) -> dg.AssetsDefinition:
    """The asset `netsuite_sync` of one declaration."""
    checks = {"schema": SCHEMA_CHECK, "complete": COMPLETE_CHECK}

    @dg.asset(
        key=sync.key(SYNC),
        group_name=sync.name,
        kinds={"netsuite", "polars"},
        io_manager_key=IO_MANAGER_KEY,
        dagster_type=FRAME,
        deps=[source_key(sync, PARAMETERS)],
        metadata=table_columns(NetsuiteParameters),
        check_specs=blocking_checks(sync.key(SYNC), checks),
    )
    def netsuite_sync(context: dg.AssetExecutionContext) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """The NetSuite customers that go to Stripe, with a column for each parameter of a Stripe customer.

        What the labels of the search, or of the export, say: `email`, `address.line1`, `metadata.tier`. Labels that
        mean no parameter are listed, and their columns not read. Rows are unique by internal id.
        """
        with failures_for_people():
            said = context.log.info
            with sync.exclusive("netsuite", context.run.run_id, said) as make_sure:
                extract = _reader(sync).rows(said)
                make_sure()
            found = [
                schema_result(violations(NetsuiteParameters, extract.frame, "internal_id")),
                complete_result(extract),
            ]
            yield from report_checks(SYNC, found)
            parameters = ", ".join(name for name in extract.frame.columns if name != "internal_id")
            yield dg.MaterializeResult(
                value=extract.frame,
                metadata={"customers": extract.frame.height, "parameters": parameters, **extract_metadata(extract)},
            )

    return netsuite_sync


def _reader(sync: Reconciliation) -> ParametersReader:
    if sync.parameters is None:
        raise InternalError("Parameters of Stripe were to be read of a declaration that names no search for them.")
    return sync.parameters
