"""Stripe over its API: customers read whole and fast, changes since a watermark, one careful write.

What is asked of Stripe and how it answers lives here; what the answers mean for matching does not.
"""

from resources.stripe_api.reading.changes import Changes, FullReadNeeded, merge_changes, read_changes
from resources.stripe_api.reading.customer_columns import customers_schema
from resources.stripe_api.reading.customers import (
    StripeExtract,
    exists_before,
    newest_before,
    oldest_month,
    read_customers,
)
from resources.stripe_api.reading.pages import CustomerObject
from resources.stripe_api.reading.parallel_list import ListProgress
from resources.stripe_api.reading.retrieval import as_they_are
from resources.stripe_api.reading.windows import coverage_gaps
from resources.stripe_api.session.account import API_VERSION, Mode, StripeAccount
from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.session.refusals import StripeProblem
from resources.stripe_api.writing.creates import StripeCreates
from resources.stripe_api.writing.edits import GONE, StripeEdits
from resources.stripe_api.writing.metadata import (
    MetadataChange,
    StripeCustomer,
    idempotency_key,
    retrieve,
    set_metadata,
)
from resources.stripe_api.writing.standing import FieldOutcome

__all__ = [
    "API_VERSION",
    "GONE",
    "Changes",
    "CustomerObject",
    "FieldOutcome",
    "FullReadNeeded",
    "ListProgress",
    "MetadataChange",
    "Mode",
    "StripeAccount",
    "StripeConnection",
    "StripeCreates",
    "StripeCustomer",
    "StripeEdits",
    "StripeExtract",
    "StripeProblem",
    "as_they_are",
    "coverage_gaps",
    "customers_schema",
    "exists_before",
    "idempotency_key",
    "merge_changes",
    "newest_before",
    "oldest_month",
    "read_changes",
    "read_customers",
    "retrieve",
    "set_metadata",
]
