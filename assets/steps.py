"""A step that would look at the same things as the last time hands over what it made then (docs/architecture.md).

What a step looks at is named in its key: the contents of its frames, the declaration, what persons decided and the
ledger knows as far as it asks, the months there are by now, and the code. A step that looks at anything else, such as
a service, has no key and is always done.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import dagster as dg
import orjson
import polars as pl
from pydantic import BaseModel

from assets.code_version import code_version
from assets.reconciliation import Reconciliation
from assets.rules_version import RULES_VERSION
from resources.extracts.on_disk import OnDisk
from resources.readers import ReadsFiles
from resources.storage.kept_inputs import hash_of_frame, hash_of_text
from resources.storage.kept_steps import KeptStep, KeptSteps, Made, Same
from schemas.declaration.kept import without_logins
from schemas.paired_plan import PairedPlan

AS_IN_RUN: Final = "as_in_run"
"""Metadata of an asset whose step was not done again: the run that did it."""

STRIPE: Final = "stripe_customers"
"""The only frame that is kept by months."""


Metadata = Mapping[str, dg.MetadataValue | int | float | str | bool]


@dataclass(frozen=True)
class Before:
    """What a step made when it was done.

    Attributes:
        run: the run that did it.
        rows: of its frame.
        checks: their results.
        metadata: what it reported, without what is asked anew each time.
        more: JSON of the step's own.
    """

    run: str
    rows: int = 0
    checks: Sequence[dg.AssetCheckResult] = ()
    metadata: Metadata = field(default_factory=dict)
    more: str = ""

    def told(self) -> str:
        """Checks and metadata, as they are kept."""
        checks = [_Check.packed(check) for check in self.checks]
        return _Told(checks=checks, metadata=_written(self.metadata)).model_dump_json()

    @classmethod
    def of(cls, kept: KeptStep) -> "Before":
        """As it was kept."""
        told = _Told.model_validate_json(kept.told)
        checks = tuple(check.result() for check in told.checks)
        return cls(kept.run, kept.rows, checks, _reported(told.metadata), kept.more)

    def again(
        self, context: dg.AssetExecutionContext | dg.OpExecutionContext, now: Metadata | None = None
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """Report it as of this run, with metadata that was asked now."""
        context.log.info("Nothing that this depends on has changed since run %s: it is as it was then.", self.run)
        yield from self.checks
        yield dg.MaterializeResult(
            value=Same(self.rows), metadata={**self.metadata, **(now or {}), AS_IN_RUN: self.run}
        )


@dataclass(frozen=True)
class Step:
    """A step that is about to be done.

    Attributes:
        sync: of the declaration.
        name: under which it is kept: its asset's, or one of a part of it.
        run: the run.
        look: gives a hash of all that it looks at, as it is now; None where that cannot be said.
        frame: the asset whose frame it writes, if it writes one.
        months: those that it writes, of a frame that has months.
        key: what `look` gave before it is done; what has changed meanwhile is not kept.
    """

    sync: Reconciliation
    name: str
    run: str
    look: Callable[[], str | None]
    frame: str | None = None
    months: Sequence[str] | None = None
    key: str | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.look())

    def before(self) -> Before | None:
        """What it made the last time, if it looked at the same, and all of that is still there."""
        if self.key is None:
            return None
        files = self.sync.frames.files(self.frame, self.months) if self.frame else {}
        kept = self._kept.found(self.name, self.key, files)
        return Before.of(kept) if kept else None

    def made(
        self,
        frame: pl.DataFrame | OnDisk | PairedPlan,
        checks: Sequence[dg.AssetCheckResult],
        metadata: Metadata,
        more: str = "",
    ) -> pl.DataFrame | OnDisk | PairedPlan | Made:
        """What an asset hands over: its frame, and for the next time what it has told."""
        if not self._still:
            return frame
        return Made(frame, self._done(Before(self.run, frame.height, checks, metadata, more)))

    def keep(self, checks: Sequence[dg.AssetCheckResult], more: str = "") -> None:
        """Keep what a step without a frame has told."""
        if self._still:
            self._kept.keep(self.name, self._done(Before(self.run, checks=checks, more=more)), {})

    def checked(self, check: Callable[[], Iterable[dg.AssetCheckResult]]) -> Iterator[dg.AssetCheckResult]:
        """The results of checks: those of the last time, or new ones."""
        if before := self.before():
            yield from before.checks
            return
        results = list(check())
        self.keep(results)
        yield from results

    def _done(self, made: Before) -> KeptStep:
        return KeptStep(key=self.key or "", run=made.run, told=made.told(), more=made.more, rows=made.rows)

    @property
    def _still(self) -> bool:
        return self.key is not None and self.look() == self.key

    @property
    def _kept(self) -> KeptSteps:
        return KeptSteps(self.sync.frames.storage)


def key_of(sync: Reconciliation, name: str, *looked_at: str | Sequence[str]) -> str:
    """The key of a step that looks at these things, beside the declaration, its accounts and the code."""
    what_decides = [RULES_VERSION, code_version(), without_logins(sync.declaration)]
    origins = [sync.accounts, *(sync.origin(asset) for asset in (STRIPE, "netsuite_customers", "netsuite_sync"))]
    return hash_of_text(orjson.dumps([name, *what_decides, *origins, *looked_at], option=orjson.OPT_SORT_KEYS))


def key_of_reading(sync: Reconciliation, name: str, reader: object, *looked_at: str | Sequence[str]) -> str | None:
    """The key of a step that reads, which has one only if files are read."""
    content = reader.content() if isinstance(reader, ReadsFiles) else None
    return None if content is None else key_of(sync, name, content, *looked_at)


def of_frames(sync: Reconciliation, *names: str) -> list[str]:
    """The contents of frames, and of which months there could be some, to be looked at."""
    months = sync.month_keys()
    kept = [sync.frames.files(name, months if name == STRIPE else None) for name in names]
    hashes = [f"{name} {hash_of_frame(path)}" for files in kept for name, path in files.items()]
    return [*months, *hashes]


def of_table(rows: pl.DataFrame) -> str:
    """The content of a short table, whatever its order, to be looked at."""
    columns = sorted(rows.columns)
    return hash_of_text(repr((rows.schema, rows.select(columns).sort(columns).rows())).encode())


class _Check(BaseModel, frozen=True):
    """The result of a check, as it is kept."""

    asset: list[str] | None
    name: str | None
    passed: bool
    severity: dg.AssetCheckSeverity
    description: str | None
    metadata: str

    @classmethod
    def packed(cls, check: dg.AssetCheckResult) -> "_Check":
        return cls(
            asset=list(check.asset_key.path) if check.asset_key else None,
            name=check.check_name,
            passed=check.passed,
            severity=check.severity,
            description=check.description,
            metadata=_written(check.metadata),
        )

    def result(self) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(
            asset_key=dg.AssetKey(self.asset) if self.asset else None,
            check_name=self.name,
            passed=self.passed,
            severity=self.severity,
            description=self.description,
            metadata=_reported(self.metadata),
        )


class _Told(BaseModel, frozen=True):
    """What a step told of itself, as it is kept; metadata as Dagster writes them."""

    checks: list[_Check]
    metadata: str


def _written(metadata: Mapping[str, object]) -> str:
    return dg.serialize_value(dict(metadata))  # type: ignore[arg-type] # what is reported is what Dagster can write


def _reported(metadata: str) -> dict[str, dg.MetadataValue]:
    return dg.deserialize_value(metadata, dict)
