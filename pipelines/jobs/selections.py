"""What the jobs of a declaration select, and the tags that make one run cover every month."""

import dagster as dg

from assets.extract.stripe_transactions import TRANSACTIONS
from assets.reconciliation import Reconciliation
from assets.write_back.assets import NEW_CUSTOMERS
from schemas.link_fields import by_asset, fields_of

ASSETS = (
    "stripe_customers",
    "netsuite_customers",
    "customer_matches",
    "review_queue",
    "write_plan",
    "reconciliation_report",
)
WRITES = tuple(by_asset((*fields_of("netsuite"), *fields_of("stripe"))))


def read_and_report(sync: Reconciliation) -> dg.AssetSelection:
    """All that reads, matches, plans and reports, with its checks."""
    asked = (TRANSACTIONS,) if sync.declaration.asks_who_transacted else ()
    keys = [sync.key(name) for name in (*ASSETS, *asked)]
    return dg.AssetSelection.assets(*keys) | dg.AssetSelection.checks_for_assets(*keys)


def writes(sync: Reconciliation) -> dg.AssetSelection:
    """The assets that write into a service."""
    new = (NEW_CUSTOMERS,) if sync.declaration.makes_customers else ()
    return dg.AssetSelection.assets(*(sync.key(name) for name in (*new, *WRITES)))


def every_month(sync: Reconciliation) -> dict[str, str]:
    """Run tags under which one run covers all months there are by now."""
    months = sync.month_keys()
    return {"dagster/asset_partition_range_start": months[0], "dagster/asset_partition_range_end": months[-1]}
