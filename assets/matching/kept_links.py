"""What several steps ask of frames as they are kept: the link table, and whose a match is; once, unless very large."""

from typing import Final

import polars as pl

from assets.matching.known_keys import ORDER
from assets.matching.link_traces import link_table
from assets.no_values import placeholders_of
from assets.reconciliation import Reconciliation
from assets.rows_of import rows_of
from resources.storage.held_frames import made_of

_STRIPE: Final = "stripe_customers"
_NETSUITE: Final = "netsuite_customers"
_MATCHES: Final = "customer_matches"


def links_of(sync: Reconciliation) -> pl.LazyFrame:
    """Return the `link_table` of the extracts of a declaration.

    Raises:
        UserError: an extract is not there.
    """
    frames, months, no_value = sync.frames, sync.month_keys(), placeholders_of(sync.declaration)
    files = [*frames.files(_STRIPE, months).values(), *frames.files(_NETSUITE).values()]

    def make() -> pl.DataFrame:
        return link_table(frames.read_months(_STRIPE, months), frames.read(_NETSUITE), no_value).collect()

    return made_of("links", files, no_value, make, frames.most_held).lazy()


def customers_of(sync: Reconciliation) -> pl.Series:
    """Return the row of the customer of each match among the Stripe customers of a declaration.

    Raises:
        UserError: the matches or the customers are not there.
    """
    frames, months = sync.frames, sync.month_keys()
    files = [*frames.files(_STRIPE, months).values(), *frames.files(_MATCHES).values()]

    def make() -> pl.DataFrame:
        ids = frames.read(_MATCHES).select("stripe_customer_id").collect().to_series()
        customers = frames.read_months(_STRIPE, months).select("id").collect().to_series()
        held = frames.held(_STRIPE, months)
        order = held.beside[ORDER].to_series() if held and ORDER in held.beside else None
        # Matching has put the customers of these months in that order, and others it will hardly have.
        is_theirs = order is not None and order.len() == ids.len() and (customers.gather(order) == ids).all()
        return (order if order is not None and is_theirs else rows_of(ids, customers)).to_frame()

    return made_of("customers", files, None, make, frames.most_held).to_series()
