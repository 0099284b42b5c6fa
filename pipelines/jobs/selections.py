"""What the jobs of a declaration select, and the tags that make one run cover every month."""

import dagster as dg

from assets.extract.netsuite_sync import SYNC
from assets.extract.stripe_transactions import TRANSACTIONS
from assets.matching.stripe_matches import STRIPE_MATCHES
from assets.planning.portal_asset import PORTAL_LINKS
from assets.reconciliation import Reconciliation
from assets.write_back.step_assets import further_writes
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
    to_stripe = (SYNC, STRIPE_MATCHES) if sync.declaration.to_stripe else ()
    portal = (PORTAL_LINKS,) if sync.declaration.portal else ()
    keys = [sync.key(name) for name in (*ASSETS, *asked, *to_stripe, *portal)]
    return dg.AssetSelection.assets(*keys) | dg.AssetSelection.checks_for_assets(*keys)


def writes(sync: Reconciliation) -> dg.AssetSelection:
    """The assets that write into a service."""
    return dg.AssetSelection.assets(*(sync.key(name) for name in (*further_writes(sync.declaration), *WRITES)))


def every_month(sync: Reconciliation) -> dict[str, str]:
    """Run tags under which one run covers all months there are by now."""
    months = sync.month_keys()
    return {"dagster/asset_partition_range_start": months[0], "dagster/asset_partition_range_end": months[-1]}
