"""What every asset of one declaration is built from."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import dagster as dg
import polars as pl

from resources.extracts.extract import Extract
from resources.extracts.on_disk import Disk, OnDisk
from resources.extracts.source_identity import fingerprint
from resources.failures import failures_for_people
from resources.ledger import Decisions, Ledger
from resources.memory import Memory
from resources.notifiers import Notifier
from resources.notify.log import LogNotifier
from resources.readers import NetsuiteReader, ParametersReader, StripeReader
from resources.storage.atomic import private_folder
from resources.storage.disk import disk_in_words
from resources.storage.file_lock import run_lock
from resources.storage.folders import Folders
from resources.storage.frame_standing import READ_AT
from resources.storage.frames import DAMAGED, OF_ANOTHER_ORIGIN, FrameStore
from resources.storage.generations import ResultStore
from resources.storage.kept_inputs import KeptInputs
from resources.storage.kept_steps import Made, Same
from resources.storage.plans import PlanStore
from resources.storage.scratch import scratch
from schemas.declaration import Declaration
from schemas.paired_plan import PairedPlan
from schemas.words import DeclaredAccounts

__all__ = ["FRAME", "IO_MANAGER_KEY", "Reconciliation", "extract_metadata", "failures_for_people"]

IO_MANAGER_KEY = "frames"
FRAME = dg.PythonObjectDagsterType(
    (pl.DataFrame, OnDisk, PairedPlan, Made, Same), name="Frame", description="a polars frame, kept as Parquet"
)
_MONTHS_NAMED = 12


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


@dataclass(frozen=True)
class Reconciliation:
    """One declaration with what touches the outside: its readers, folders, notifier, and the clock.

    `parameters` gives what NetSuite has for Stripe's customers, where a declaration says `to_stripe`.

    Nobody in `assets` or `pipelines` asks for the time in another way.
    """

    declaration: Declaration
    stripe: StripeReader
    netsuite: NetsuiteReader
    folders: Folders
    parameters: ParametersReader | None = None
    clock: Callable[[], datetime] = _now
    notifier: Notifier = field(default_factory=LogNotifier)

    @property
    def name(self) -> str:
        """The declaration's name: first part of every asset key, and the group in the UI."""
        return self.declaration.name

    @property
    def months(self) -> dg.MonthlyPartitionsDefinition:
        """The months of creation, UTC, the current one included."""
        return dg.MonthlyPartitionsDefinition(start_date=self.declaration.stripe.first_month, end_offset=1)

    def month_keys(self) -> list[str]:
        """The keys of all months there are by now: those of `months`, which looks for them by a cron expression."""
        first, now = self.declaration.stripe.first_month, self.clock().astimezone(UTC)
        numbers = range(12 * first.year + first.month - 1, 12 * now.year + now.month)
        return [f"{number // 12:04}-{number % 12 + 1:02}-01" for number in numbers]

    @property
    def memory(self) -> Memory:
        """What a run of this declaration may take of this machine."""
        return Memory.of(self.declaration.memory)

    @contextmanager
    def disk(self) -> Iterator[Disk]:
        """Where the rows of an extract are that takes more than its share of memory, until the body has ended."""
        home = self.folders.home / "frames"
        with ExitStack() as stack:
            with disk_in_words(home):
                folder = stack.enter_context(scratch(private_folder(home)))
            yield Disk(folder, self.memory.of_an_extract, disk_in_words)

    @property
    def frames(self) -> FrameStore:
        """The frames between this declaration's stages."""
        return FrameStore(self.folders.frames(self.name), self.origin, self.memory.of_frames)

    @property
    def accounts(self) -> str:
        """A short hash of the two accounts, whatever is read there: what plans, approvals and writes belong to."""
        return fingerprint(self.stripe.origin.account, self.netsuite.origin.account)

    @property
    def declared_accounts(self) -> DeclaredAccounts:
        """The declaration with these accounts, as the journal knows it."""
        return DeclaredAccounts(f"{self.name}@{self.accounts}")

    @property
    def plans(self) -> PlanStore:
        """The plans of this declaration for these accounts."""
        return PlanStore(self.folders.plans(self.name, self.accounts))

    @property
    def results(self) -> ResultStore:
        """What people see of this declaration."""
        return self.folders.published(self.name)

    @property
    def kept_inputs(self) -> KeptInputs:
        """What the plans of this declaration for these accounts were made from."""
        return KeptInputs(self.folders.inputs(self.name, self.accounts), self._alone_with_inputs)

    @contextmanager
    def _alone_with_inputs(self) -> Iterator[None]:
        """A lock on a file, or, where several machines may meet in an object store, a lease of the ledger's."""
        if self.folders.objects:
            with self.ledger() as ledger, ledger.exclusive(f"inputs {self.name}", "", lambda _: None):
                yield
        else:
            lock = self.folders.home / "inputs" / f"{self.name}.lock"
            with disk_in_words(lock.parent), run_lock(lock, wait=True):
                yield

    def origin(self, asset: str) -> str:
        """A short hash of where an asset's frame comes from: of the accounts, and of what is read there.

        What follows the two extracts comes from both.
        """
        stripe, netsuite = self.stripe.origin, self.netsuite.origin
        further = [] if self.parameters is None else [self.parameters.origin]
        alone = {"stripe_customers": [stripe], "netsuite_customers": [netsuite], "netsuite_sync": further}
        read = alone.get(asset, [stripe, netsuite, *further])
        return fingerprint(*(part for origin in read for part in (origin.account, origin.columns)))

    @contextmanager
    def exclusive(self, service: str, run: str, on_progress: Callable[[str], None]) -> Iterator[Callable[[], None]]:
        """Be the only run that asks a service over its API for this declaration; files can be read by several.

        Gives what makes sure that it still is, before something is kept.
        """
        source = self.declaration.stripe if service == "stripe" else self.declaration.netsuite
        if source.export is not None:
            yield lambda: None
            return
        with self.ledger() as ledger, ledger.exclusive(f"{service}_{self.name}", run, on_progress) as lease:
            yield lease.check

    def inputs(self, *assets: str) -> dict[str, dg.AssetIn]:
        """Assets of this declaration as inputs of another of its assets, by name."""
        return {asset: dg.AssetIn(self.key(asset), input_manager_key=IO_MANAGER_KEY) for asset in assets}

    def key(self, asset: str) -> dg.AssetKey:
        """The key of an asset of this declaration."""
        return dg.AssetKey([self.name, asset])

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The ledger, open while the body runs."""
        with Ledger.of(self.folders) as ledger:
            yield ledger

    def overrides(self) -> pl.DataFrame:
        """What persons decided and still holds: `resources.ledger.Decisions.standing`."""
        with self.ledger() as ledger:
            return Decisions(ledger, self.name).standing()

    def months_missing(self) -> list[str]:
        """Months of creation, as 2019-05, whose Stripe customers were never read, or only elsewhere."""
        months = self.month_keys()
        present = set(self.frames.months_present("stripe_customers", months))
        return [month[:7] for month in months if month not in present]

    def months_elsewhere(self) -> str:
        """Sentences on those of the missing months that are there, but read elsewhere or damaged; empty without any."""
        frames, months = self.frames, self.month_keys()
        kinds = {
            OF_ANOTHER_ORIGIN: frames.months_elsewhere("stripe_customers", months),
            DAMAGED: frames.months_damaged("stripe_customers", months),
        }
        return " ".join(
            f"Not counted, as they were {why}: {_named(found)}; materialize them again."
            for why, found in kinds.items()
            if found
        )

    def damage(self, asset: str) -> str:
        """A sentence on what is kept of an extract and cannot be read any more, before it is read again; or empty."""
        if asset != "stripe_customers":
            return (
                f"What was kept of {asset} was {DAMAGED}: it is read again, whole."
                if self.frames.is_damaged(asset)
                else ""
            )
        months = self.frames.months_damaged(asset, self.month_keys())
        return (
            f"Months of {asset} were {DAMAGED}: {_named(months)}; they count as missing until read." if months else ""
        )


def _named(months: Sequence[str]) -> str:
    more = f" and {len(months) - _MONTHS_NAMED:,} more" if len(months) > _MONTHS_NAMED else ""
    return ", ".join(month[:7] for month in months[:_MONTHS_NAMED]) + more


def extract_metadata(extract: Extract) -> dict[str, dg.MetadataValue | int | float | str | bool]:
    """What every extract reports of itself: numbers, and the moment whose state it is."""
    moments = {READ_AT: extract.read_at, EXPORTED_AT: extract.exported_at}
    known = {name: dg.MetadataValue.timestamp(moment) for name, moment in moments.items() if moment}
    on_disk = {"on_disk": True} if extract.on_disk else {}
    return {"duplicates_dropped": extract.duplicates_dropped, **extract.notes, **on_disk, **known}


EXPORTED_AT: Final = "exported_at"
"""Metadata of an extract from files: when the oldest of them was written."""


def moment_of(instance: dg.DagsterInstance, key: dg.AssetKey) -> datetime | None:
    """The moment whose state an extract is (UTC): that of its read, or that at which its file was written."""
    event = instance.get_latest_materialization_event(key)
    found = event.asset_materialization.metadata if event and event.asset_materialization else {}
    moments = [found.get(name) for name in (READ_AT, EXPORTED_AT)]
    known = [moment.value for moment in moments if isinstance(moment, dg.TimestampMetadataValue)]
    return datetime.fromtimestamp(min(known), UTC) if known else None
