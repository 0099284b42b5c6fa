"""Stripe over its API: customers read whole and fast, changes since a watermark, one careful write.

What is asked of Stripe and how it answers lives here; what the answers mean for matching does not.
"""

from resources.stripe_api.account import API_VERSION, Mode, StripeAccount
from resources.stripe_api.changes import Changes, FullReadNeeded, apply_changes, read_changes
from resources.stripe_api.customers import StripeExtract, exists_before, newest_before, oldest_month, read_customers
from resources.stripe_api.door import StripeDoor
from resources.stripe_api.pages import customers_schema
from resources.stripe_api.refusals import StripeProblem
from resources.stripe_api.retrieval import why_not_there
from resources.stripe_api.walk import Progress
from resources.stripe_api.windows import coverage_gaps
from resources.stripe_api.writes import (
    MetadataChange,
    MetadataOutcome,
    StripeCustomer,
    idempotency_key,
    retrieve,
    set_metadata,
)

__all__ = [
    "API_VERSION",
    "Changes",
    "FullReadNeeded",
    "MetadataChange",
    "MetadataOutcome",
    "Mode",
    "Progress",
    "StripeAccount",
    "StripeCustomer",
    "StripeDoor",
    "StripeExtract",
    "StripeProblem",
    "apply_changes",
    "coverage_gaps",
    "customers_schema",
    "exists_before",
    "idempotency_key",
    "newest_before",
    "oldest_month",
    "read_changes",
    "read_customers",
    "retrieve",
    "set_metadata",
    "why_not_there",
]
