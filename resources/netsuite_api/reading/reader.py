"""NetSuite customers over the RESTlet, made from what a declaration says; nothing is asked before a read.

A secret that the environment lacks is found out here, when it is needed, as for Stripe.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from resources.extracts.extract import Extract, Known
from resources.extracts.on_disk import Disk
from resources.extracts.source_identity import SourceIdentity, labels
from resources.netsuite_api.client import NetsuiteClient
from resources.netsuite_api.reading.customers import PreviousRead
from resources.netsuite_api.session.logins import CertificateLogin, TokenLogin
from resources.netsuite_api.session.restlet import LinkName, NetsuiteSettings
from resources.netsuite_api.session.retry import RetryPolicy
from resources.netsuite_api.session.transport import Timeouts
from resources.readers import SECONDS_OF_A_TEST, OnProgress, to_set
from schemas.declaration.sources import OAUTH_KEYS, TOKEN_KEYS, NetsuiteSource
from schemas.errors import AccessError
from schemas.link_fields import fields_of, written_fields
from schemas.system_words import BUILT_IN, SystemWords
from schemas.words import InternalId, many


@dataclass(frozen=True)
class NetsuiteApiReader:
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
    def origin(self) -> SourceIdentity:
        """The account and the fields that were chosen there, the search, the label of each name, the declared words."""
        chosen = [field.field_id(self.settings) for field in fields_of("netsuite") if field.setting]
        account = ("netsuite", self.settings.base_url or "", self.settings.account or "", *chosen)
        return SourceIdentity(account, (self.settings.mass_search or "", *labels(self.fields), *self.words.declared))

    def client(self, retry_policy: RetryPolicy | None = None, timeouts: Timeouts | None = None) -> NetsuiteClient:
        """A client of the account. Raises `AccessError` when the environment lacks a secret."""
        return NetsuiteClient(
            NetsuiteSettings(
                account=self.settings.account or "",
                login=_login(self.settings, self.unset),
                script=self.settings.script,
                deployment=self.settings.deployment,
                field_ids={field.name: field.field_id(self.settings) for field in written_fields("netsuite")},
                concurrency=self.settings.concurrency,
                base_url=self.settings.base_url,
                proxy=self.settings.proxy,
                retry_policy=retry_policy or RetryPolicy(),
                timeouts=timeouts or Timeouts(),
            )
        )

    def test_client(self) -> NetsuiteClient:
        """A client that gives up soon, as a person waits for it. Raises as `client`."""
        return self.client(RetryPolicy(attempts=3), Timeouts(answer_seconds=SECONDS_OF_A_TEST))

    def test(self) -> str:
        """Ask the RESTlet for its health, and the saved search for its columns."""
        with self.test_client() as client:
            health = client.health()
            if health.missing:
                raise AccessError(
                    f"The role {health.role} lacks {', '.join(health.missing)}: add it at Setup > Users/Roles > Manage "
                    "Roles, on the Permissions tab."
                )
            client.check_search(self.settings.mass_search or "", self.fields, self.written)
        return f"{self.source}: the RESTlet answers ({health.environment}, role {health.role}), every column is there."

    def customers(self, known: Known | None, progress: OnProgress, disk: Disk | None = None) -> Extract:
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
                disk=disk,
            )
        counted = extract.count == extract.height + extract.duplicates and not extract.moved
        moved = ("Customers came or went during the read; all that were there throughout are here.",)
        return Extract(
            frame=extract.frame,
            on_disk=extract.on_disk,
            rows_read=extract.height + extract.duplicates,
            complete=extract.moved or counted,
            proof=f"NetSuite counted {many(extract.count, 'row')}, and as many were read." if counted else "",
            warnings=moved if extract.moved else (),
            read_at=extract.read_at,
            notes={
                "refresh": "changed" if previous else "full",
                "rows_counted_by_netsuite": extract.count,
                "calls": extract.calls,
            },
            unknown_words=extract.unknown,
        )

    def some(self, ids: Sequence[InternalId]) -> pl.DataFrame:
        """Those of some customers that the saved search finds now, as `customers` gives them."""
        with self.client() as client:
            return client.read_some(self.settings.mass_search or "", self.fields, ids, self.words)


def _login(settings: NetsuiteSource, unset: Mapping[str, str]) -> CertificateLogin | TokenLogin:
    keys = OAUTH_KEYS if settings.model_fields_set >= OAUTH_KEYS else TOKEN_KEYS
    values: dict[str, str] = {name: getattr(settings, name) or "" for name in sorted(keys)}
    missing = [name for name in ("account", *values) if not getattr(settings, name)]
    if missing:
        asked = to_set([f"netsuite.{name}" for name in missing], unset)
        raise AccessError(f"The NetSuite login lacks {', '.join(missing)}: {asked}.")
    return CertificateLogin(**values) if keys == OAUTH_KEYS else TokenLogin(**values)
