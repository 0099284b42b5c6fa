"""Stripe customers over the API, made from what a declaration says; nothing is asked before a read.

A secret that the environment lacks is found out here, when it is needed, so that one declaration without its secrets
does not keep the others from loading.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from pydantic import SecretStr

from resources.extracts.extract import Extract, Known
from resources.extracts.on_disk import Disk
from resources.extracts.source_identity import SourceIdentity
from resources.readers import SECONDS_OF_A_TEST, OnProgress, to_set
from resources.stripe_api.reading.changes import FullReadNeeded, merge_changes, read_changes
from resources.stripe_api.reading.customer_columns import customers_schema
from resources.stripe_api.reading.customers import (
    exists_before,
    keys_in_use,
    newest_before,
    oldest_month,
    read_customers,
)
from resources.stripe_api.reading.near_keys import unread_keys
from resources.stripe_api.reading.payers import Answers, find_payers
from resources.stripe_api.reading.portal import PortalPage, portal_page
from resources.stripe_api.reading.progress import in_words
from resources.stripe_api.reading.some_customers import KnownUntil, SomeCustomers, some_customers, with_news
from resources.stripe_api.reading.transactions import LISTS, why_not_read
from resources.stripe_api.session.account import StripeAccount
from resources.stripe_api.session.connection import StripeConnection
from schemas.declaration.sources import StripeSource
from schemas.errors import AccessError, UserError
from schemas.transactions import Candidate
from schemas.words import NEAR_KEYS, many, many_do

_SECOND: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class StripeApiReader:
    """Stripe customers over the API.

    Attributes:
        settings: what the declaration says of Stripe.
        metadata_keys: keys that become columns.
        unset: key of the declaration → the variable that it names and that is not set.
        further: paths such as `address.city` that become columns, beside those that every extract has.
    """

    settings: StripeSource
    metadata_keys: Sequence[str]
    unset: Mapping[str, str] = field(default_factory=dict)
    further: Sequence[str] = ()

    @property
    def source(self) -> str:
        """The account, without its key."""
        return " ".join(filter(None, ("Stripe API", self.settings.account, self.settings.mode)))

    @property
    def origin(self) -> SourceIdentity:
        """The account and its mode, and the metadata and further fields that become columns.

        A key does not say whose it is. Two accounts of one mode are told apart where the declaration names them.
        """
        named = self.settings.account or ""
        return SourceIdentity(
            ("stripe", self.settings.base_url, named, _mode(self.settings)),
            (NEAR_KEYS, *self.metadata_keys, *self.further),
        )

    def account(self, retry_seconds: float = 300.0) -> StripeAccount:
        """The account with its key. Raises `AccessError` when there is no key, or one of the wrong kind.

        `retry_seconds` is how many seconds one request is tried again while it fails transiently.
        """
        if not self.settings.api_key:
            raise AccessError(f"There is no Stripe API key: {to_set(['stripe.api_key'], self.unset)}.")
        return StripeAccount(
            api_key=SecretStr(self.settings.api_key),
            stripe_account=self.settings.account,
            mode=self.settings.mode,
            requests_per_second=self.settings.requests_per_second,
            max_in_flight=self.settings.max_in_flight,
            base_url=self.settings.base_url,
            proxy=SecretStr(self.settings.proxy) if self.settings.proxy else None,
            retry_seconds=retry_seconds,
        )

    def test(self) -> str:
        """List one customer, which shows that the key opens the account in the mode that was declared."""
        account = self.account(retry_seconds=SECONDS_OF_A_TEST)
        with StripeConnection(account) as connection:
            older = exists_before(connection, self.settings.first_month)
            oldest = oldest_month(connection, self.settings.first_month) if older else ""
        found = (
            f"there are customers older than `since` ({self.settings.since}), the oldest of {oldest}"
            if older
            else "`since` covers all"
        )
        return f"{self.source}: the key opens {account.key_mode} mode; {found}."

    def metadata_in_use(self) -> list[str]:
        """The metadata keys of the newest customers, by name; one page is asked for.

        Raises:
            AccessError: the key may not read customers.
            TransientError: Stripe could not be asked.
        """
        with StripeConnection(self.account(retry_seconds=SECONDS_OF_A_TEST)) as connection:
            return keys_in_use(connection)

    def test_payments(self) -> dict[str, str]:
        """Ask whether the key may read charges and invoices: kind of list → why not, empty where it may.

        Raises:
            AccessError: there is no key, or one of the wrong kind.
        """
        with StripeConnection(self.account(retry_seconds=SECONDS_OF_A_TEST)) as connection:
            return {of.kind: why_not_read(connection, of) for of in LISTS}

    def customers(
        self,
        start: datetime,
        end: datetime,
        known: Known | None,
        progress: OnProgress,
        disk: Disk | None = None,
    ) -> Extract:
        """Read by list, complete up to now or `end`; or, from an earlier read, by events (`refresh: changed`)."""
        until = min(end, datetime.now(UTC).replace(microsecond=0))
        with StripeConnection(self.account(), progress) as connection:
            if exists_before(connection, self.settings.first_month):
                raise UserError(
                    f"Stripe has customers created before {self.settings.since}; set `since` in the declaration to "
                    f"{oldest_month(connection, self.settings.first_month)}, the month of the oldest."
                )
            why_full = ""
            if known is not None and self.settings.refresh == "changed":
                changed = self._changed(connection, known, until, progress)
                if isinstance(changed, Extract):
                    return changed
                why_full = changed.reason
            return self._whole(connection, start, until, progress, why_full, disk)

    def transactions(
        self, candidates: Sequence[Candidate], until: datetime, progress: OnProgress
    ) -> tuple[Answers, int]:
        """Find out whether customers have transacted before a moment; give the answers and how many reads it took.

        Raises:
            AccessError: there is no key, or one of the wrong kind.
        """
        with StripeConnection(self.account(), progress) as connection:
            return find_payers(connection, candidates, int(until.timestamp()), progress), connection.reads

    def some(self, emails: Iterable[str], ids: Iterable[str], known: KnownUntil, progress: OnProgress) -> SomeCustomers:
        """A few customers as they are now, and what is new. Raises as `some_customers` and `with_news`."""
        keys, by_events = self.metadata_keys, self.settings.refresh == "changed"
        with StripeConnection(self.account(), progress) as connection:
            found = some_customers(connection, emails, ids, keys, self.further)
            return with_news(connection, found, known, keys, self.further, by_events=by_events)

    def portal(self) -> PortalPage:
        """Ask about the customer portal. Raises as `reading.portal.portal_page`."""
        with StripeConnection(self.account(retry_seconds=SECONDS_OF_A_TEST)) as connection:
            return portal_page(connection)

    def _whole(
        self,
        connection: StripeConnection,
        start: datetime,
        until: datetime,
        progress: OnProgress,
        why: str,
        disk: Disk | None,
    ) -> Extract:
        extract = read_customers(
            connection,
            start,
            until,
            self.metadata_keys,
            further=self.further,
            on_progress=in_words(progress),
            disk=disk,
        )
        rows = extract.customers + extract.duplicates
        on_disk = disk.kept(extract.rows) if disk and disk.is_used else None
        windows = many_do(extract.windows.height, "window", "of creation covers", "of creation cover")
        return Extract(
            frame=(extract.rows.head(0) if on_disk else extract.rows).collect(),
            on_disk=on_disk,
            rows_read=rows,
            proof=f"{windows} {start:{_SECOND}} to {until:{_SECOND}} UTC exactly once; they hold "
            f"{many(rows, 'row')} with {many(extract.customers, 'id')}.",
            read_at=until,
            windows=extract.windows,
            unseen_links=unread_keys(on_disk.rows if on_disk else extract.rows),
            notes={
                "refresh": f"full ({why})" if why else "full",
                "windows": extract.windows.height,
                "pages": int(extract.windows["pages"].sum()),
                "reads_counted_by_stripe": connection.reads,
                "customers_per_second": round(extract.customers / max(extract.seconds, 0.001), 1),
            },
        )

    def _changed(
        self, connection: StripeConnection, known: Known, until: datetime, progress: OnProgress
    ) -> Extract | FullReadNeeded:
        if set(customers_schema(self.metadata_keys, self.further)) != set(known.frame.columns):
            return FullReadNeeded("The declaration needs other fields than the last read asked for.")
        newest = newest_before(connection, known.read_at)
        is_of_this_account = newest in known.frame.get_column("id") if newest else known.frame.is_empty()
        if not is_of_this_account:
            return FullReadNeeded("The last read lacks the newest customer of its time: it was of another account.")
        changes = read_changes(
            connection,
            known.read_at,
            until,
            self.metadata_keys,
            known_customers=known.frame.height,
            further=self.further,
            on_progress=in_words(progress),
        )
        if isinstance(changes, FullReadNeeded):
            return changes
        frame = merge_changes(known.frame.lazy(), changes.changed.lazy(), changes.deleted).collect()
        return Extract(
            frame=frame,
            rows_read=frame.height,
            proof=f"{changes.events:,} events from {known.read_at:{_SECOND}} to {until:{_SECOND}} UTC were read, and "
            "each customer that they name.",
            read_at=changes.until,
            unseen_links=unread_keys(frame.lazy()),
            notes={
                "refresh": "changed",
                "changed_or_new": changes.changed.height,
                "deleted": len(changes.deleted),
                "events": changes.events,
                "reads_counted_by_stripe": connection.reads,
            },
        )


def _mode(settings: StripeSource) -> str:
    """The mode that is declared, or that the key's prefix names; nothing without a key, which no read gets past."""
    found = re.match(r"[a-z]+_(test|live)_", settings.api_key or "")
    return settings.mode or (found[1] if found else "")
