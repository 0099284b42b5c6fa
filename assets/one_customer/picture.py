"""What a sync of one customer is planned from: the last extracts, in which what concerns it is read anew.

Reading both sides whole would take minutes; planning it without them would find neither who else claims a Stripe
customer nor who else has its e-mail address.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from assets.api_readers import netsuite_api, stripe_api
from assets.extract.netsuite_sync import SYNC
from assets.reconciliation import Reconciliation
from resources.netsuite_api.reading.reader import NetsuiteApiReader
from resources.netsuite_api.reading.sync_search import NetsuiteParametersReader
from resources.stripe_api.reading.changes import merge_changes
from resources.stripe_api.reading.reader import StripeApiReader
from resources.stripe_api.reading.some_customers import KnownUntil
from schemas.errors import InternalError, UserError
from schemas.link_fields import fields_of
from schemas.words import STRIPES_OWN, InternalId

_ID = "internal_id"


@dataclass(frozen=True)
class Picture:
    """Both sides, whole.

    Attributes:
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        parameters: `schemas.stripe_matches.NetsuiteParameters`.
    """

    stripe: pl.LazyFrame
    netsuite: pl.LazyFrame
    parameters: pl.LazyFrame


def fresh_picture(sync: Reconciliation, internal_id: InternalId, on_progress: Callable[[str], None]) -> Picture:
    """Put together what is known, with this record, and the Stripe customers that could be its, as they are now.

    Raises:
        UserError: there is no picture yet, or the saved search does not find the record.
        TransientError: a service could not be asked.
    """
    stripe, netsuite, parameters = _readers(sync)
    known = _known(sync)
    record, own = netsuite.some([internal_id]), parameters.some([internal_id])
    if record.is_empty():
        raise UserError(
            f"The saved search {netsuite.settings.mass_search} does not find this customer: its criteria leave it out."
        )
    named = _named(record, known, internal_id)
    found = stripe.some(_emails(record, own), named, _known_until(sync, known), on_progress)
    return Picture(
        merge_changes(known.stripe, found.frame.lazy(), found.gone),
        _replaced(known.netsuite, record.lazy()),
        _replaced(known.parameters, own.lazy()),
    )


def _readers(sync: Reconciliation) -> tuple[StripeApiReader, NetsuiteApiReader, NetsuiteParametersReader]:
    if not isinstance(sync.parameters, NetsuiteParametersReader):
        raise InternalError("One customer was to be synced from export files.")
    return stripe_api(sync), netsuite_api(sync), sync.parameters


def _known(sync: Reconciliation) -> Picture:
    """The last extracts.

    Raises:
        UserError: some part was never read.
    """
    missing = sync.months_missing()
    netsuite, parameters = (sync.frames.known(name) for name in ("netsuite_customers", SYNC))
    if missing or netsuite is None or parameters is None:
        what = f"the Stripe customers of {missing[0]} are missing" if missing else "NetSuite's customers are missing"
        raise UserError(
            f"Not everything was read yet, {what}: one customer is synced from the picture that {sync.name}_reconcile "
            "makes. Let it run first."
        )
    stripe = sync.frames.read_months("stripe_customers", sync.month_keys())
    return Picture(stripe, netsuite.frame.lazy(), parameters.frame.lazy())


def _known_until(sync: Reconciliation, known: Picture) -> KnownUntil:
    """Of a month that was over when it was read all customers are known; the others may have got some since."""
    now = sync.clock()
    months = sync.month_keys()
    read = [moment or now for moment in sync.frames.moments("stripe_customers", months)]
    ends = [datetime.fromisoformat(month).replace(tzinfo=UTC) for month in months[1:]] + [now]
    running = (moment for moment, end in zip(read, ends, strict=True) if moment <= end)
    customers = known.stripe.select(pl.len()).collect().item()
    return KnownUntil(created=min(running, default=now), changed=min(read, default=now), customers=customers)


def _emails(record: pl.DataFrame, own: pl.DataFrame) -> Iterator[str]:
    """The addresses of a record, under whatever name they are mapped."""
    for frame in (record, own):
        if "email" in frame.columns:
            yield from frame.get_column("email").drop_nulls()


def _named(record: pl.DataFrame, known: Picture, internal_id: InternalId) -> set[str]:
    """The ids of Stripe's that a record names in a field for one, and of those whose metadata name the record."""
    fields = [field.name for field in fields_of("netsuite", "value") if field.name in record.columns]
    held = {text.strip() for name in fields for text in record.get_column(name).drop_nulls()}
    [key] = [field.name for field in fields_of("stripe")]
    names_it = pl.col(key).str.strip_chars() == str(internal_id)
    back = known.stripe.filter(names_it).select("id").collect().to_series()
    return {text for text in held if text.startswith(STRIPES_OWN)} | set(back)


def _replaced(known: pl.LazyFrame, fresh: pl.LazyFrame) -> pl.LazyFrame:
    """The known rows with those that were read anew in their place; a search may have lost a column meanwhile."""
    kept = known.join(fresh, on=_ID, how="anti")
    return pl.concat([kept, fresh], how="diagonal").sort(_ID)
