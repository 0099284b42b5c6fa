"""The two doors that an extract comes through, as the assets see them: export files and APIs look alike from there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import polars as pl

from resources.extracts import Extract
from resources.netsuite_export import read_netsuite_export
from resources.stripe_export import read_stripe_export


class StripeDoor(Protocol):
    """Gives Stripe customers by their time of creation."""

    def customers(self, start: datetime, end: datetime) -> Extract:
        """The customers created in [start, end), UTC, as `schemas.customers.StripeCustomers`."""


class NetsuiteDoor(Protocol):
    """Gives NetSuite customers."""

    def customers(self) -> Extract:
        """All rows of the saved search, as `schemas.customers.NetsuiteCustomers`."""


@dataclass(frozen=True)
class StripeExportDoor:
    """Stripe customers from a Dashboard export.

    Attributes:
        path: the file.
        since: a customer older than this is an error (UTC).
        metadata_keys: keys that become columns.
        required: columns that a rule needs.
    """

    path: Path
    since: datetime
    metadata_keys: Sequence[str]
    required: Sequence[str]

    def customers(self, start: datetime, end: datetime) -> Extract:
        """Read the whole file, refuse it if a customer lies outside of all months, and give those in [start, end)."""
        now = datetime.now(UTC)
        whole = read_stripe_export(
            self.path,
            since=self.since,
            until=_next_month(now),
            metadata_keys=self.metadata_keys,
            required=self.required,
        )
        asked = whole.frame.filter(pl.col("created").is_between(start, end, closed="left"))
        outside = whole.frame.height - asked.height
        return Extract(asked, whole.rows_read - outside, {**whole.notes, "rows_of_other_months": outside})


@dataclass(frozen=True)
class NetsuiteExportDoor:
    """NetSuite customers from a saved-search export: our name → the column's label."""

    path: Path
    fields: Mapping[str, str]

    def customers(self) -> Extract:
        """Read the whole file."""
        return read_netsuite_export(self.path, self.fields)


def _next_month(moment: datetime) -> datetime:
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
