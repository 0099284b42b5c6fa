"""A few customers as they are now: those that have an e-mail address, that are named by their ids, or that are new.

For one customer on demand, where reading all would take too long. Stripe compares addresses in the case in which they
are written, so that each is asked for as it is and in lower case. Who has it in a third form is in the last extract, or
has come since: so whoever was made since then is read, too, and who was changed, where the events may be read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from resources.stripe_api.reading.changes import OVERLAP, FullReadNeeded, read_changes
from resources.stripe_api.reading.customer_columns import customers_frame
from resources.stripe_api.reading.customers import check_mode, read_customers
from resources.stripe_api.reading.pages import ListedCustomer, as_listed, customer_page
from resources.stripe_api.reading.retrieval import for_each, retrieve_object
from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.session.refusals import StripeProblem
from schemas.errors import UserError

_LIST: Final = "/v1/customers"
_PAGE: Final = 100
_MOST_PAGES: Final = 10
_AHEAD: Final = timedelta(hours=1)
"""How far Stripe's clock may be before ours, and more."""


@dataclass(frozen=True)
class SomeCustomers:
    """What was found.

    Attributes:
        frame: `schemas.customers.StripeCustomers`, each customer once.
        gone: ids that were named and are nobody's, or no more.
    """

    frame: pl.DataFrame
    gone: frozenset[str]


@dataclass(frozen=True)
class KnownUntil:
    """How far the last extract goes.

    Attributes:
        created: it has all that were created before.
        changed: none that was changed before is otherwise in it.
        customers: how many are in it.
    """

    created: datetime
    changed: datetime
    customers: int


def some_customers(
    connection: StripeConnection,
    emails: Iterable[str],
    ids: Iterable[str],
    metadata_keys: Sequence[str],
    further: Sequence[str] = (),
) -> SomeCustomers:
    """Read the customers that have one of these addresses or ids.

    Raises:
        AccessError: the key may not list customers, or one is of the other mode.
        UserError: more customers have one address than can be one customer's.
        TransientError: Stripe could not be asked.
    """
    forms = {form for email in emails for form in (email.strip(), email.strip().lower()) if form}
    found = {row.id: row for email in sorted(forms) for row in _having(connection, email)}
    asked = for_each(connection, sorted(set(ids) - found.keys()), retrieve_object)
    rows = [*found.values(), *as_listed(row for row in asked.values() if row is not None)]
    check_mode(connection, rows)
    gone = frozenset(customer for customer, row in asked.items() if row is None)
    return SomeCustomers(customers_frame(rows, metadata_keys, further), gone)


def with_news(
    connection: StripeConnection,
    found: SomeCustomers,
    known: KnownUntil,
    metadata_keys: Sequence[str],
    further: Sequence[str] = (),
    *,
    by_events: bool,
) -> SomeCustomers:
    """Add the customers that are new since the last extract and, by events, those that were changed or deleted.

    Raises:
        AccessError: the key may not list customers, or events.
        UserError: so much has changed that a whole read costs less.
        TransientError: Stripe could not be asked.
    """
    now = datetime.now(UTC)
    if by_events:
        changes = read_changes(
            connection, known.changed, now, metadata_keys, known_customers=known.customers, further=further
        )
        if isinstance(changes, FullReadNeeded):
            raise UserError(f"{changes.reason} Reconcile first; then one customer can be synced.")
        new, deleted = changes.changed, changes.deleted
    else:
        extract = read_customers(connection, known.created - OVERLAP, now + _AHEAD, metadata_keys, further=further)
        new, deleted = extract.rows.collect(), frozenset[str]()
    frame = pl.concat([found.frame, new.join(found.frame, on="id", how="anti").select(found.frame.columns)])
    return SomeCustomers(frame, (found.gone | deleted) - {*found.frame.get_column("id")})


def _having(connection: StripeConnection, email: str) -> list[ListedCustomer]:
    rows: list[ListedCustomer] = []
    for _ in range(_MOST_PAGES):
        after = (("starting_after", rows[-1].id),) if rows else ()
        page = connection.get(f"GET {_LIST}", _LIST, (("email", email), ("limit", str(_PAGE)), *after), customer_page)
        if isinstance(page, StripeProblem):
            raise page.error(f"GET {_LIST}")
        rows += page.rows
        if not page.has_more:
            return rows
    raise UserError(f"More than {len(rows):,} Stripe customers have the e-mail address of this record.")
