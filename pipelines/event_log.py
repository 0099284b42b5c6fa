"""Where Dagster keeps runs and events on one machine: its own SQLite files, written in fewer and cheaper steps.

Dagster opens and closes a file for each event, with a commit that waits for the disk: half of a small run's time. Here
a file stays open, a step's events are one transaction, and a commit waits for the disk only at a checkpoint: what a
power failure can lose is the newest lines of Dagster's history. What must not be lost is in the ledger, a file of ours.

The files and tables are Dagster's. Either class reads what the other has written, so `deploy/dagster.yaml` can name
this one or leave it out.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

from dagster import AssetKey, DagsterEventType
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    SqliteEventLogStorage,
    SqliteEventLogStorageWatchdog,
)
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import NullPool
from watchdog.events import FileSystemEvent
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from pipelines.revisions import read_revisions_once

MOST_OPEN: Final = 16
"""Files that stay open: a run's, the index, and some runs that the UI shows."""

READABLE_S: Final = 0.05
"""Until what a file has been given can be read from it."""

_PATIENT: Final = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}

_Told = Callable[[EventLogEntry, str], None]
"""What is told of an event, and of its place in the log."""


class SqliteStorage(DagsterSqliteStorage):
    """Dagster's storage in SQLite files, of which the event log is `EventLog`."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        read_revisions_once()
        super().__init__(base_dir, inst_data)
        self._event_log_storage = EventLog(os.path.join(base_dir, "history", "runs", ""))  # noqa: PTH118 (as Dagster's)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Dagster's entry point."""
        return cls.from_local(inst_data=inst_data, **config_value)


class BatchedEventLog(SqlEventLogStorage):
    """An event log, in whichever database, that stores a batch in one transaction, and of an asset only its newest."""

    _newest: dict[tuple[AssetKey | None, DagsterEventType], tuple[EventLogEntry, int]] | None = None

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events of one run, all or none."""
        with self.run_connection(events[0].run_id), self.index_connection() as index:
            self._newest = {}
            try:
                for each in events:
                    self.store_event(each)
                for each, event_id in self._newest.values():
                    super()._store_asset_event(index, each, event_id)
            finally:
                self._newest = None

    def _store_asset_event(self, conn: Connection, event: EventLogEntry, event_id: int) -> None:
        """Keep an event as its asset's newest of its kind; of a batch, the last one is enough."""
        if self._newest is None:
            super()._store_asset_event(conn, event, event_id)
        elif event.dagster_event is not None:
            self._newest[event.dagster_event.asset_key, event.dagster_event.event_type] = event, event_id


class EventLog(BatchedEventLog, SqliteEventLogStorage):
    """Dagster's event log, a file a run and one for all, each with one connection that is kept."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, tuple[Engine, int]] = OrderedDict()
        self._open: dict[str, Connection] = {}
        self._tables: set[str] = set()
        self._observer: BaseObserver | None = None
        super().__init__(base_dir, inst_data)
        self._db_lock = threading.RLock()  # type: ignore[assignment] # what is open is used again by its own thread

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """A connection to a file, in a transaction: the one that this thread has begun, or one of its own."""
        with self._db_lock:
            if shard in self._open:
                yield self._open[shard]
                return
            with self._engine(shard).begin() as connection:
                self._open[shard] = connection
                try:
                    yield connection
                finally:
                    del self._open[shard]

    def watch(self, run_id: str, cursor: str | None, callback: _Told) -> None:
        """Tell the callback of every event of a run from now on, as the run's page in the UI wants it."""
        observer = self._observer
        if observer is None:
            observer = self._observer = self._obs = Observer()  # type: ignore[assignment] # Dagster's says None only
            observer.start()
        watcher = _Watcher(self, run_id, callback, cursor)
        self._watchers[run_id][callback] = watcher, observer.schedule(watcher, self._base_dir, recursive=True)

    def has_table(self, table_name: str) -> bool:
        """Whether there is a table; one that was seen stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        name = f"asset_keys.{column_name}"
        if name not in self._tables and super()._has_asset_key_col_on_connection(conn, column_name):
            self._tables.add(name)
        return name in self._tables

    def delete_events(self, run_id: str) -> None:
        """Remove what is kept of a run, with its file."""
        super().delete_events(run_id)
        with self._db_lock:
            engine, _ = self._engines.pop(run_id, (None, 0))
            if engine is not None:
                engine.dispose()
            self._initialized_dbs.discard(run_id)
            for end in ("", "-wal", "-shm"):
                Path(self.path_for_shard(run_id) + end).unlink(missing_ok=True)

    def wipe(self) -> None:
        """Remove every file."""
        self._close()
        super().wipe()

    def dispose(self) -> None:
        """Close what is open; it opens again when it is asked for."""
        super().dispose()
        self._close()

    def _close(self) -> None:
        with self._db_lock:
            for engine, _ in self._engines.values():
                engine.dispose()
            self._engines.clear()

    def _engine(self, shard: str) -> Engine:
        """The engine of a file. A file that somebody has removed, or put in the place of another, is opened anew."""
        engine, node = self._engines.pop(shard, (None, 0))
        if engine is not None and node != self._node(shard):
            engine.dispose()
            self._initialized_dbs.discard(shard)
            engine = None
        if engine is None:
            if shard not in self._initialized_dbs:
                self._initdb(
                    create_engine(self.conn_string_for_shard(shard), poolclass=NullPool, connect_args=_PATIENT)
                )
                self._initialized_dbs.add(shard)
            engine = _engine_of(self.conn_string_for_shard(shard))
        self._engines[shard] = engine, self._node(shard)
        if len(self._engines) > MOST_OPEN:
            oldest = next(name for name in self._engines if name not in self._open)
            self._engines.pop(oldest)[0].dispose()
        return engine

    def _node(self, shard: str) -> int:
        try:
            return os.stat(self.path_for_shard(shard)).st_ino  # noqa: PTH116 (Dagster's path is a text)
        except FileNotFoundError:
            return 0


class _Watcher(SqliteEventLogStorageWatchdog):
    """What follows a run: its events come into the log beside the file, which itself changes at a checkpoint only."""

    def __init__(self, log: EventLog, run_id: str, callback: _Told, cursor: str | None) -> None:
        super().__init__(log, run_id, callback, cursor)
        self._patterns = [self._log_path, f"{self._log_path}-wal"]

    def on_modified(self, _: FileSystemEvent) -> None:
        """Read what is new; a transaction is in the log a moment before it can be read."""
        time.sleep(READABLE_S)
        self._process_log()


def _engine_of(url: str) -> Engine:
    """One connection, which threads use in turns."""
    engine = create_engine(url, pool_size=1, max_overflow=0, connect_args=_PATIENT)

    @event.listens_for(engine, "connect")
    def _wait_less(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()

    return engine
