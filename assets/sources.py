"""Where a reconciliation's data comes from: export files or accounts, as the nodes at which the graph begins.

Nothing here is ever run: people put files there, and the accounts are what they are.
"""

from collections.abc import Iterator

import dagster as dg

from assets.reconciliation import Reconciliation
from resources.readers import NetsuiteReader, ParametersReader, StripeReader
from schemas.secrets import masked

STRIPE, NETSUITE, PARAMETERS = "stripe", "netsuite", "netsuite_sync"


def source_key(sync: Reconciliation, side: str) -> dg.AssetKey:
    """The key of the node that an extract is read from."""
    return sync.key(_name(sync, side))


def build_sources(sync: Reconciliation) -> list[dg.AssetSpec]:
    """One node for each file, or set of files, and each account."""
    return list({spec.key: spec for spec in _sources(sync)}.values())


def _sources(sync: Reconciliation) -> Iterator[dg.AssetSpec]:
    readers: dict[str, NetsuiteReader | ParametersReader | StripeReader | None] = {}
    readers |= {STRIPE: sync.stripe, NETSUITE: sync.netsuite, PARAMETERS: sync.parameters}
    for side, reader in readers.items():
        if reader is not None:
            name = _name(sync, side)
            yield dg.AssetSpec(
                sync.key(name),
                group_name=sync.name,
                kinds={side.partition("_")[0], *(["csv"] if name.endswith("_export") else [])},
                description=masked(
                    f"{_WHAT[name]} It is not made here, and nothing is written to it but by a plan "
                    f"that was approved. Read from: {reader.source}."
                ),
            )


def _name(sync: Reconciliation, side: str) -> str:
    exports = {
        STRIPE: sync.declaration.stripe.export,
        NETSUITE: sync.declaration.netsuite.export,
        PARAMETERS: sync.declaration.to_stripe and sync.declaration.to_stripe.export,
    }
    return f"{side.partition('_')[0]}_account" if exports[side] is None else f"{side}_export"


_WHAT = {
    "stripe_account": "The Stripe account.",
    "stripe_export": "The customer export of Stripe.",
    "netsuite_account": "The NetSuite account, with the saved search that lists its customers.",
    "netsuite_export": "The saved search of NetSuite, as it was exported.",
    "netsuite_sync_export": "The saved search for Stripe, as it was exported from NetSuite.",
}
