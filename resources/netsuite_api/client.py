"""What the pipeline asks of NetSuite: is it well, what is in a search, which customers exist, change these.

A thin face: the wire is in `restlet`, reading in `reading`, writing in `writing`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

import polars as pl
from pydantic import BaseModel

from resources.extracts.on_disk import Disk
from resources.netsuite_api.reading.columns import SearchColumn
from resources.netsuite_api.reading.customers import (
    IDS_PER_CALL,
    NetsuiteExtract,
    PreviousRead,
    chosen,
    described,
    read_customers,
    read_some,
)
from resources.netsuite_api.reading.pages import OnRows
from resources.netsuite_api.reading.portal import LinkTerms, portal_links
from resources.netsuite_api.session.answers import unusable
from resources.netsuite_api.session.restlet import Health, LinkName, NetsuiteSettings, Restlet
from resources.netsuite_api.writing.new_records import (
    HowToUndo,
    NewRecord,
    RecordOutcome,
    created,
    looked_for,
    taken_back,
)
from resources.netsuite_api.writing.preflight import Preflight, TrialRecord, preflight
from resources.netsuite_api.writing.requests import AnswerOutcome, SyncRequest, answer_request, sync_requests
from resources.netsuite_api.writing.wire import FieldEdit, NetsuiteOutcome, applied, look_at, write_changes
from resources.pieces import pieces
from schemas.errors import AccessError
from schemas.system_words import BUILT_IN, SystemWords
from schemas.words import InternalId, many_do


class NetsuiteClient:
    """One NetSuite account, through the RESTlet that is deployed there.

    Every method raises `TransientError` when NetSuite could not be asked, and `UserError` (mostly `AccessError`) when
    a person must do something, in NetSuite or in the declaration.

    Example:
        >>> from resources.netsuite_api import CertificateLogin, NetsuiteClient, NetsuiteSettings
        >>> login = CertificateLogin(client_id="…", certificate_id="…", private_key="…")
        >>> with NetsuiteClient(NetsuiteSettings(account="1234567_SB1", login=login)) as netsuite:  # doctest: +SKIP
        ...     extract = netsuite.read_customers("customsearch_tieout", {"email": "Email"})
    """

    def __init__(self, settings: NetsuiteSettings) -> None:
        self._restlet = Restlet(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._restlet.close()

    def health(self) -> Health:
        """Say which account and role this is, and what the role lacks; an answer of another account is an error."""
        health = self._restlet.ask("health", Health)
        account = self._restlet.settings.account
        if health.account.upper() != account:
            raise AccessError(f"The RESTlet that answered is in account {health.account}, not in {account}.")
        return health

    @property
    def settings(self) -> NetsuiteSettings:
        """What it was opened with."""
        return self._restlet.settings

    @property
    def restlet(self) -> Restlet:
        """The RESTlet itself, for what reads another search."""
        return self._restlet

    def check_search(self, search_id: str, fields: Mapping[str, str], written: Iterable[LinkName] = ()) -> None:
        """Raise what `read_customers` would say of the columns of a saved customer search, and read no customer."""
        chosen(self._restlet, search_id, described(self._restlet, search_id), fields, written)

    def search_columns(self, search_id: str) -> Sequence[SearchColumn]:
        """Say which columns a saved customer search shows."""
        return described(self._restlet, search_id)

    def read_customers(
        self,
        search_id: str,
        fields: Mapping[str, str],
        changed_since: PreviousRead | None = None,
        on_progress: OnRows | None = None,
        written: Iterable[LinkName] = (),
        words: SystemWords = BUILT_IN,
        disk: Disk | None = None,
    ) -> NetsuiteExtract:
        """Read all customers of a saved search, whole or from what changed; see `reading.read_customers`."""
        return read_customers(self._restlet, search_id, fields, changed_since, on_progress, written, words, disk=disk)

    def read_some(
        self, search_id: str, fields: Mapping[str, str], ids: Sequence[InternalId], words: SystemWords = BUILT_IN
    ) -> pl.DataFrame:
        """Read those of some customers that a saved search finds; see `reading.read_some`."""
        return read_some(self._restlet, search_id, fields, ids, words)

    def existing(self, ids: Iterable[InternalId]) -> set[InternalId]:
        """Say which of these customers exist. Another does not, or is one that the role cannot see."""
        wanted = sorted(set(ids))
        with ThreadPoolExecutor(self._restlet.settings.concurrency, thread_name_prefix="netsuite") as pool:
            found = {number for ids in pool.map(self._existing, pieces(wanted, IDS_PER_CALL)) for number in ids}
        if strangers := found - set(wanted):
            raise unusable(f"it names {many_do(len(strangers), 'customer', 'that was', 'that were')} not asked for")
        return found

    def _existing(self, ids: Sequence[InternalId]) -> list[InternalId]:
        return [InternalId(number) for number in self._restlet.ask("exist", _Existing, ids=ids).ids]

    def apply(self, changes: Sequence[FieldEdit]) -> list[NetsuiteOutcome]:
        """Change one batch of customers by compare-and-set; see `writing.write_changes`."""
        return write_changes(self._restlet, changes)

    def applied(self, changes: Sequence[FieldEdit]) -> Iterator[NetsuiteOutcome]:
        """Change one batch as `apply` does; the outcomes of each call come before the next call, which may fail."""
        return applied(self._restlet, changes)

    def look(self, changes: Sequence[FieldEdit]) -> list[NetsuiteOutcome]:
        """Say what `apply` would find, and change nothing; see `writing.look_at`."""
        return look_at(self._restlet, changes)

    def preflight(self, records: Sequence[TrialRecord]) -> Preflight:
        """Ask what would become of new customers, and save none; see `preflight.preflight`."""
        return preflight(self._restlet, records)

    def create(self, records: Sequence[NewRecord]) -> Iterator[RecordOutcome]:
        """Make one batch of customers, those that nobody has made; see `new_records.created`."""
        return created(self._restlet, records)

    def look_for(self, records: Sequence[NewRecord]) -> Iterator[RecordOutcome]:
        """Say which of a batch are there, and make nothing; see `new_records.looked_for`."""
        return looked_for(self._restlet, records)

    def portal_links(self, ids: Iterable[InternalId], terms: LinkTerms) -> Mapping[InternalId, str]:
        """The signed link of each customer to its portal; see `reading.portal.portal_links`."""
        return portal_links(self._restlet, ids, terms)

    def sync_requests(self) -> list[SyncRequest]:
        """What was asked for with the button; see `requests.sync_requests`."""
        return sync_requests(self._restlet)

    def answer_request(self, request: SyncRequest, answer: str) -> AnswerOutcome:
        """Answer one request, if it still stands as it was listed; see `requests.answer_request`."""
        return answer_request(self._restlet, request, answer)

    def take_back(self, records: Sequence[NewRecord], how: HowToUndo) -> Iterator[RecordOutcome]:
        """Take back a batch of customers that nobody has touched; see `new_records.taken_back`."""
        return taken_back(self._restlet, records, how)


class _Existing(BaseModel):
    ids: list[int]
