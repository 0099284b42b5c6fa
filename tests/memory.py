"""Dagster's memory of the runs of a test: in this process only, and as cheap as it can be.

Dagster's own opens a connection for each event and for each question: a sixth of a small run's time. Here one is open.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import dagster as dg
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.types import InstanceType
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher
from dagster._core.run_coordinator import DefaultRunCoordinator
from dagster._core.storage.event_log import InMemoryEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageMetadata
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.root import TemporaryLocalArtifactStorage
from dagster._core.storage.runs import InMemoryRunStorage
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool


class EventLog(InMemoryEventLogStorage):
    """Dagster's event log in memory, with one connection, which threads use in turns."""

    def __init__(self) -> None:
        self._inst_data = None
        self._engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        self._handlers = defaultdict(set)
        self._storage_id = 0
        self._db_lock = threading.RLock()  # type: ignore[assignment] # a transaction is used again by its own thread
        self._held_conn = self._engine.connect()
        with self._held_conn.begin():
            SqlEventLogStorageMetadata.create_all(self._held_conn)

    def has_table(self, table_name: str) -> bool:
        """Each was made."""
        return table_name in SqlEventLogStorageMetadata.tables

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        with self._db_lock:
            if self._held_conn.in_transaction():
                yield self._held_conn
                return
            with self._held_conn.begin():
                yield self._held_conn

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events in one transaction."""
        with self._connect():
            super().store_event_batch(events)


def in_memory() -> dg.DagsterInstance:
    """What `DagsterInstance.ephemeral` gives, but for the event log."""
    return dg.DagsterInstance(
        instance_type=InstanceType.EPHEMERAL,
        local_artifact_storage=TemporaryLocalArtifactStorage(),  # type: ignore[no-untyped-call] # Dagster gives it no type
        run_storage=InMemoryRunStorage(),
        event_storage=EventLog(),
        compute_log_manager=NoOpComputeLogManager(),
        run_coordinator=DefaultRunCoordinator(),
        run_launcher=SyncInMemoryRunLauncher(),
    )
