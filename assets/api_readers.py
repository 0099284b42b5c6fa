"""The readers of a declaration over the APIs, for those who ask an account more than its customers."""

from typing import TYPE_CHECKING

from assets.reconciliation import Reconciliation
from schemas.errors import InternalError

if TYPE_CHECKING:
    from resources.netsuite_api.reading.reader import NetsuiteApiReader
    from resources.stripe_api.reading.reader import StripeApiReader


def stripe_api(sync: Reconciliation) -> "StripeApiReader":
    """The reader of Stripe's account.

    Raises:
        InternalError: the declaration reads an export file.
    """
    from resources.stripe_api.reading.reader import StripeApiReader  # noqa: PLC0415 (late: what reads export files does without it)

    if not isinstance(sync.stripe, StripeApiReader):
        raise InternalError(f"Stripe was to be asked for {sync.name}, which reads an export file.")
    return sync.stripe


def netsuite_api(sync: Reconciliation) -> "NetsuiteApiReader":
    """The reader of NetSuite's account.

    Raises:
        InternalError: the declaration reads an export file.
    """
    from resources.netsuite_api.reading.reader import NetsuiteApiReader  # noqa: PLC0415 (late: what reads export files does without it)

    if not isinstance(sync.netsuite, NetsuiteApiReader):
        raise InternalError(f"NetSuite was to be asked for {sync.name}, which reads an export file.")
    return sync.netsuite
