"""Keys of columns that are compared alone, as the checks of the extracts have made and left them for matching."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from assets.matching.match_rule import Side
from assets.matching.order import order_by_text
from assets.reconciliation import Reconciliation
from resources.storage.held_frames import Held, keep_beside

ORDER: Final = "in the order of ids"  # as no column is called, for the spaces
"""What beside the Stripe customers says in which order matches have them: the row of each."""


@dataclass(frozen=True)
class KnownKeys:
    """The keys of some columns.

    Attributes:
        customers: by column, `position`, `key`, `hash` of all customers.
        records: by column, the same of the NetSuite customers, without keys that stand for no value.
        ids: `internal_id` of the NetSuite customers, and `is_eligible`, whether rules may find them.
    """

    customers: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    records: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    ids: pl.DataFrame = field(default_factory=pl.DataFrame)

    @classmethod
    def beside(cls, stripe: Held, netsuite: Held, *, match_inactive: bool) -> "KnownKeys":
        """What is held beside the extracts."""
        is_eligible = pl.lit(match_inactive) | ~pl.col("inactive")
        ids = netsuite.frame.lazy().filter("is_customer").select("internal_id", is_eligible=is_eligible).collect()
        return cls(stripe.beside, netsuite.beside, ids)

    @property
    def order(self) -> pl.Series | None:
        """The rows of the customers in the order of their ids; None where that is not known."""
        return self.customers[ORDER].to_series() if ORDER in self.customers else None

    def of_customers(self, side: Side) -> pl.DataFrame | None:
        """The keys of a Stripe side, as `side_keys` makes them; None where they are not known."""
        return self.customers.get(side.alone or "")

    def of_records(self, side: Side) -> pl.DataFrame | None:
        """The keys of a NetSuite side, likewise, of those that rules may find."""
        keys = self.records.get(side.alone or "")
        if keys is None or "key" not in keys.columns:  # an earlier matching of this process may have left the hashes
            return None
        at, is_eligible = keys.get_column("position"), self.ids.get_column("is_eligible")
        record = self.ids.get_column("internal_id").gather(at).alias("record")
        found = keys.select(record, "key", "hash")
        return found if is_eligible.all() else found.filter(is_eligible.gather(at))


NOTHING_KNOWN: Final = KnownKeys()


@dataclass(frozen=True)
class HeldExtracts:
    """Both extracts as they are in memory, and the keys beside them, which are theirs."""

    stripe: Held
    netsuite: Held
    match_inactive: bool

    @property
    def sides(self) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        """`schemas.customers.StripeCustomers` and `NetsuiteCustomers`."""
        return self.stripe.frame.lazy(), self.netsuite.frame.lazy()

    @property
    def keys(self) -> KnownKeys:
        """The keys beside them."""
        return KnownKeys.beside(self.stripe, self.netsuite, match_inactive=self.match_inactive)

    def keep_hashes(self) -> None:
        """Let the keys go when matching has had them, but for the hashes of records, by which the review looks."""
        for column in self.stripe.beside.keys() - {ORDER}:
            del self.stripe.beside[column]
        for column, keys in self.netsuite.beside.items():
            self.netsuite.beside[column] = keys.select("position", "hash")


def extracts_held(sync: Reconciliation) -> HeldExtracts | None:
    """The extracts of a declaration as they are in memory now; None where one of them is not."""
    stripe, netsuite = sync.frames.held("stripe_customers", sync.month_keys()), sync.frames.held("netsuite_customers")
    if stripe is None or netsuite is None:
        return None
    keep_beside(stripe, ORDER, order_by_text(stripe.frame.get_column("id")).to_frame(), sync.frames.most_held)
    return HeldExtracts(stripe, netsuite, sync.declaration.match_inactive)
