"""The two doors that go over the services' APIs, made from what a declaration says; nothing is asked before a read.

A secret that the environment lacks is found out here, when it is needed, so that one declaration without its secrets
does not keep the others from loading.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from pydantic import SecretStr

from resources.doors import Progress
from resources.extracts import Extract, Known
from resources.netsuite import (
    CertificateLogin,
    LinkName,
    NetsuiteClient,
    NetsuiteSettings,
    Patience,
    PreviousRead,
    TokenLogin,
)
from resources.origin import Origin, labels
from resources.stripe_api import (
    FullReadNeeded,
    StripeAccount,
    StripeDoor,
    apply_changes,
    customers_schema,
    exists_before,
    newest_before,
    oldest_month,
    read_changes,
    read_customers,
)
from resources.stripe_api import Progress as StripeProgress
from schemas.errors import AccessError, MistakeError
from schemas.sources import OAUTH_KEYS, TOKEN_KEYS, NetsuiteSource, StripeSource
from schemas.system_words import BUILT_IN, SystemWords

_PATIENCE_OF_A_TEST: Final = 20.0
_SECOND: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class StripeApiDoor:
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
    def origin(self) -> Origin:
        """The account and its mode, and the metadata and further fields that become columns.

        A key does not say whose it is. Two accounts of one mode are told apart where the declaration names them.
        """
        named = self.settings.account or ""
        return Origin(
            ("stripe", self.settings.base_url, named, _mode(self.settings)), (*self.metadata_keys, *self.further)
        )

    def account(self, patience: float = 300.0) -> StripeAccount:
        """The account with its key. Raises `AccessError` when there is no key, or one of the wrong kind.

        `patience` is how many seconds one request is tried again in bad weather.
        """
        if not self.settings.api_key:
            raise AccessError(f"There is no Stripe API key: {_set(['stripe.api_key'], self.unset)}.")
        return StripeAccount(
            api_key=SecretStr(self.settings.api_key),
            stripe_account=self.settings.account,
            mode=self.settings.mode,
            requests_per_second=self.settings.requests_per_second,
            max_in_flight=self.settings.max_in_flight,
            base_url=self.settings.base_url,
            proxy=SecretStr(self.settings.proxy) if self.settings.proxy else None,
            patience=patience,
        )

    def test(self) -> str:
        """List one customer, which shows that the key opens the account in the mode that was declared."""
        account = self.account(patience=_PATIENCE_OF_A_TEST)
        with StripeDoor(account) as door:
            older = exists_before(door, self.settings.first_month)
            oldest = oldest_month(door, self.settings.first_month) if older else ""
        found = (
            f"there are customers older than `since` ({self.settings.since}), the oldest of {oldest}"
            if older
            else "`since` covers all"
        )
        return f"{self.source}: the key opens {account.key_mode} mode; {found}."

    def customers(self, start: datetime, end: datetime, known: Known | None, progress: Progress) -> Extract:
        """Read by list, complete up to now or `end`; or, from an earlier read, by events (`refresh: changed`)."""
        until = min(end, datetime.now(UTC).replace(microsecond=0))
        with StripeDoor(self.account(), progress) as door:
            if exists_before(door, self.settings.first_month):
                raise MistakeError(
                    f"Stripe has customers created before {self.settings.since}; set `since` in the declaration to "
                    f"{oldest_month(door, self.settings.first_month)}, the month of the oldest."
                )
            why_full = ""
            if known is not None and self.settings.refresh == "changed":
                changed = self._changed(door, known, until, progress)
                if isinstance(changed, Extract):
                    return changed
                why_full = changed.reason
            return self._whole(door, start, until, progress, why_full)

    def _whole(self, door: StripeDoor, start: datetime, until: datetime, progress: Progress, why: str) -> Extract:
        extract = read_customers(
            door, start, until, self.metadata_keys, further=self.further, on_progress=_told(progress)
        )
        rows = extract.customers + extract.duplicates
        return Extract(
            frame=extract.rows.collect(),
            rows_read=rows,
            proof=f"{extract.ledger.height:,} windows of creation cover {start:{_SECOND}} to {until:{_SECOND}} UTC "
            f"exactly once; they hold {rows:,} rows with {extract.customers:,} ids.",
            read_at=until,
            ledger=extract.ledger,
            notes={
                "refresh": f"full ({why})" if why else "full",
                "windows": extract.ledger.height,
                "pages": int(extract.ledger["pages"].sum()),
                "reads_counted_by_stripe": door.reads,
                "customers_per_second": round(extract.customers / max(extract.seconds, 0.001), 1),
            },
        )

    def _changed(self, door: StripeDoor, known: Known, until: datetime, progress: Progress) -> Extract | FullReadNeeded:
        if set(customers_schema(self.metadata_keys, self.further)) != set(known.frame.columns):
            return FullReadNeeded("The declaration needs other fields than the last read asked for.")
        newest = newest_before(door, known.read_at)
        is_of_this_account = newest in known.frame.get_column("id") if newest else known.frame.is_empty()
        if not is_of_this_account:
            return FullReadNeeded("The last read lacks the newest customer of its time: it was of another account.")
        changes = read_changes(
            door,
            known.read_at,
            until,
            self.metadata_keys,
            known_customers=known.frame.height,
            further=self.further,
            on_progress=_told(progress),
        )
        if isinstance(changes, FullReadNeeded):
            return changes
        frame = apply_changes(known.frame.lazy(), changes.changed.lazy(), changes.deleted).collect()
        return Extract(
            frame=frame,
            rows_read=frame.height,
            proof=f"{changes.events:,} events from {known.read_at:{_SECOND}} to {until:{_SECOND}} UTC were read, and "
            "each customer that they name.",
            read_at=changes.until,
            notes={
                "refresh": "changed",
                "changed_or_new": changes.changed.height,
                "deleted": len(changes.deleted),
                "events": changes.events,
                "reads_counted_by_stripe": door.reads,
            },
        )


@dataclass(frozen=True)
class NetsuiteApiDoor:
    """NetSuite customers over the RESTlet.

    Attributes:
        settings: what the declaration says of NetSuite.
        fields: our name → the label of the column in the saved search.
        written: the names that are written over this API as well.
        unset: key of the declaration → the variable that it names and that is not set.
        words: what the words of stages and checkboxes mean.
    """

    settings: NetsuiteSource
    fields: Mapping[str, str]
    written: frozenset[LinkName]
    unset: Mapping[str, str] = field(default_factory=dict)
    words: SystemWords = BUILT_IN

    @property
    def source(self) -> str:
        """The account and the search."""
        return f"NetSuite {self.settings.account}, saved search {self.settings.mass_search}"

    @property
    def origin(self) -> Origin:
        """The account with the field that is written there; the search, the label of each name, the declared words."""
        account = ("netsuite", self.settings.base_url or "", self.settings.account or "", self.settings.stripe_id_field)
        return Origin(account, (self.settings.mass_search or "", *labels(self.fields), *self.words.declared))

    def client(self, patience: Patience | None = None) -> NetsuiteClient:
        """A client of the account. Raises `AccessError` when the environment lacks a secret."""
        return NetsuiteClient(
            NetsuiteSettings(
                account=self.settings.account or "",
                login=_login(self.settings, self.unset),
                script=self.settings.script,
                deployment=self.settings.deployment,
                stripe_id_field=self.settings.stripe_id_field,
                concurrency=self.settings.concurrency,
                base_url=self.settings.base_url,
                proxy=self.settings.proxy,
                patience=patience or Patience(),
            )
        )

    def test(self) -> str:
        """Ask the RESTlet for its health, and the saved search for its columns."""
        with self.client(Patience(attempts=3, answer_seconds=_PATIENCE_OF_A_TEST)) as client:
            health = client.health()
            if health.missing:
                raise AccessError(
                    f"The role {health.role} lacks {', '.join(health.missing)}: add it at Setup > Users/Roles > Manage "
                    "Roles, on the Permissions tab."
                )
            client.check_search(self.settings.mass_search or "", self.fields, self.written)
        return f"{self.source}: the RESTlet answers ({health.environment}, role {health.role}), every column is there."

    def customers(self, known: Known | None, progress: Progress) -> Extract:
        """Read the saved search whole; or, from an earlier read, what was modified since (`refresh: changed`)."""
        previous = PreviousRead(known.frame, known.read_at) if known and self.settings.refresh == "changed" else None
        with self.client() as client:
            extract = client.read_customers(
                self.settings.mass_search or "",
                self.fields,
                changed_since=previous,
                on_progress=lambda read, count: progress(f"{read:,} of {count:,} NetSuite rows"),
                written=self.written,
                words=self.words,
            )
        counted = extract.count == extract.frame.height + extract.duplicates and not extract.moved
        moved = ("Customers came or went during the read; all that were there throughout are here.",)
        return Extract(
            frame=extract.frame,
            rows_read=extract.frame.height + extract.duplicates,
            complete=extract.moved or counted,
            proof=f"NetSuite counted {extract.count:,} rows, and as many were read." if counted else "",
            doubts=moved if extract.moved else (),
            read_at=extract.read_at,
            notes={
                "refresh": "changed" if previous else "full",
                "rows_counted_by_netsuite": extract.count,
                "calls": extract.calls,
            },
            unknown_words=extract.unknown,
        )


def _mode(settings: StripeSource) -> str:
    """The mode that is declared, or that the key's prefix names; nothing without a key, which no read gets past."""
    found = re.match(r"[a-z]+_(test|live)_", settings.api_key or "")
    return settings.mode or (found[1] if found else "")


def _login(settings: NetsuiteSource, unset: Mapping[str, str]) -> CertificateLogin | TokenLogin:
    keys = OAUTH_KEYS if settings.model_fields_set >= OAUTH_KEYS else TOKEN_KEYS
    values: dict[str, str] = {name: getattr(settings, name) or "" for name in sorted(keys)}
    missing = [name for name in ("account", *values) if not getattr(settings, name)]
    if missing:
        to_set = _set([f"netsuite.{name}" for name in missing], unset)
        raise AccessError(f"The NetSuite login lacks {', '.join(missing)}: {to_set}.")
    return CertificateLogin(**values) if keys == OAUTH_KEYS else TokenLogin(**values)


def _set(keys: Sequence[str], unset: Mapping[str, str]) -> str:
    """What a person has to set, in words: the variable where the declaration names one, else the key itself."""
    return "set " + ", ".join(f"{unset[key]} ({key})" if key in unset else key for key in keys)


def _told(progress: Progress) -> Callable[[StripeProgress], None]:
    """Put the progress of a walk into words."""

    def tell(now: StripeProgress) -> None:
        windows = f"{now.windows_done} of {now.windows_done + now.windows_open} windows"
        progress(f"{now.rows:,} Stripe customers, {windows}, {now.rate:.1f} of {now.limit} requests a second")

    return tell
