"""The link table of the extracts as they are kept: made once in a process, unless it is very large."""

from typing import Final

import polars as pl

from assets.matching.link_traces import link_table
from assets.no_values import placeholders_of
from assets.reconciliation import Reconciliation
from resources.storage.held_frames import made_of

_STRIPE: Final = "stripe_customers"
_NETSUITE: Final = "netsuite_customers"


def links_of(sync: Reconciliation) -> pl.LazyFrame:
    """Return the `link_table` of the extracts of a declaration.

    Raises:
        UserError: an extract is not there.
    """
    frames, months, no_value = sync.frames, sync.month_keys(), placeholders_of(sync.declaration)
    files = [*frames.files(_STRIPE, months).values(), *frames.files(_NETSUITE).values()]

    def make() -> pl.DataFrame:
        return link_table(frames.read_months(_STRIPE, months), frames.read(_NETSUITE), no_value).collect()

    return made_of(files, ("links", no_value), make, frames.most_held).lazy()
