"""Hands frames from asset to asset, through `frames`: where Dagster asks, and what it is told.

Dagster's default would pickle them, and the public polars integration writes sample rows into the event log; neither
may happen to customer data. What a run records here is a row count.
"""

import gc
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import dagster as dg
import polars as pl

from resources.extracts.on_disk import OnDisk
from resources.failures import failures_for_people
from resources.memory import MEMORY, Memory
from resources.storage.folders import Folders
from resources.storage.frame_standing import ORIGIN, READ_AT
from resources.storage.frames import INPUTS, PLAN_HASH, FrameStore, OnFiles
from resources.storage.kept_steps import KeptSteps, Made, Same, hashes_of
from schemas.paired_plan import PairedPlan

_Frame = pl.LazyFrame | pl.DataFrame | OnDisk | PairedPlan
_MANY: Final = 100_000
"""Rows of a frame that is worth looking for what nobody wants any more."""


def _moment(context: dg.OutputContext) -> datetime | None:
    """The `read_at` that the asset reported with its frame."""
    value = (context.output_metadata or {}).get(READ_AT)
    return datetime.fromtimestamp(value.value, UTC) if isinstance(value, dg.TimestampMetadataValue) else None


def _marks(context: dg.OutputContext) -> dict[str, str]:
    """The hash under which a plan was kept, if the frame is one; and that of what matches were made from."""
    said = {name: (context.output_metadata or {}).get(name) for name in (PLAN_HASH, INPUTS)}
    return {name: str(value.value) for name, value in said.items() if isinstance(value, dg.TextMetadataValue)}


def _write(
    context: dg.OutputContext,
    store: FrameStore,
    name: str,
    frame: _Frame,
    on_files: OnFiles = lambda _: None,
) -> int:
    if not context.has_asset_partitions:
        return store.write(name, frame, _moment(context), _marks(context), on_files)
    whole = frame if isinstance(frame, OnDisk) else frame.lazy().collect()
    store.write_months(name, whole, context.asset_partition_keys, _moment(context), on_files)
    return whole.height


def _let_go(context: dg.OutputContext) -> None:
    """Forget what was written: a run in one process would hold all that its steps made until it ends."""
    with suppress(dg.DagsterInvariantViolationError):  # without a step there is nothing that holds it
        captured = context.step_context.output_capture or {}
        written = (context.step_key, context.name)
        for handle in [each for each in captured if (each.step_key, each.output_name) == written]:
            del captured[handle]


class ParquetIOManager(dg.IOManager):
    """Hands frames from asset to asset, as long as they are of the origin that the assets' definitions name.

    An asset key is `[declaration, name]`; months are split by `created`.
    """

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._is_large = False
        self._last_step: tuple[str, str] | None = None

    def handle_output(self, context: dg.OutputContext, obj: _Frame | Made | Same) -> None:
        """Write the frame that an asset returned, unless it is the one that is there."""
        with failures_for_people():
            store, name = self._store(context.asset_key, context.definition_metadata)
            if isinstance(obj, Same):
                rows = obj.rows
            elif isinstance(obj, Made):
                hashes: dict[str, str] = {}
                rows = _write(context, store, name, obj.frame, lambda files: hashes.update(hashes_of(files)))
                KeptSteps(store.storage).keep(name, obj.step, hashes)
            else:
                rows = _write(context, store, name, obj)
        if not context.has_asset_partitions:
            context.add_output_metadata({"dagster/row_count": rows})
        self._is_large = self._is_large or rows > _MANY
        _let_go(context)

    def load_input(self, context: dg.InputContext) -> pl.LazyFrame:
        """Scan the frame that an upstream asset wrote; of a partitioned one, all months that there are."""
        if self._begins_a_step(context) and self._is_large:
            gc.collect()  # what the last step has left in circles would lie beside what this one makes
        made_by = context.upstream_output
        store, name = self._store(context.asset_key, made_by.definition_metadata if made_by else {})
        with failures_for_people():
            if context.has_asset_partitions:
                return store.read_months(name, context.asset_partition_keys)
            return store.read(name)

    def _begins_a_step(self, context: dg.InputContext) -> bool:
        """Whether no other input of this step was loaded just before; outside of a run, always."""
        step = None
        with suppress(dg.DagsterInvariantViolationError):
            step = context.step_context.run_id, context.step_context.step.key
        begins = step is None or step != self._last_step
        self._last_step = step
        return begins

    def _store(self, key: dg.AssetKey, defined: Mapping[str, object]) -> tuple[FrameStore, str]:
        declaration, name = key.path
        origin, declared = str(defined.get(ORIGIN, "")), defined.get(MEMORY)
        memory = Memory.of(None if declared is None else str(declared))
        return FrameStore(self._folders.frames(declaration), lambda _: origin, memory.of_frames), name
