"""Dagster's memory of the runs of a test: in this process only, and as cheap as it can be.

Dagster's own opens a connection for each event and for each question, makes its tables anew, and puts every statement
into words anew: a quarter of a small run's time. Here one connection is open, to a copy of tables that were made once.
"""

import os
import sqlite3
import tempfile
import threading
from collections import defaultdict, namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import dagster as dg
from dagster._core.definitions import scoped_resources_builder
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationPlanned
from dagster._core.event_api import EventLogCursor
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.types import InstanceType
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher
from dagster._core.run_coordinator import DefaultRunCoordinator
from dagster._core.storage.event_log import InMemoryEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageMetadata
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.root import TemporaryLocalArtifactStorage
from dagster._core.storage.runs import InMemoryRunStorage
from dagster._core.storage.runs.schema import RunStorageSqlMetadata
from sqlalchemy import Connection, Engine, MetaData, create_engine, create_pool_from_url, make_url
from sqlalchemy.pool import StaticPool

from pipelines.event_log import BatchedEventLog
from resources.ledger import LEDGER_URL, Ledger
from resources.ledger.engines import sqlite_dialect
from resources.storage.atomic import private_folder
from resources.storage.folders import Folders

_WORDED: dict[object, object] = {}
"""Statements in SQL, by what they say: each memory of this process asks the same ones."""


_COLUMNS = ("run_id", "event", "dagster_event_type", "timestamp", "step_key", "asset_key", "partition")
_INSERT = f"INSERT INTO event_logs ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608

_PLANNED = """INSERT INTO asset_check_executions (asset_key, check_name, run_id, evaluation_event,
    evaluation_event_timestamp, evaluation_event_storage_id, execution_status) VALUES (?, ?, ?, ?, ?, ?, 'PLANNED')"""
_FOUND = """UPDATE asset_check_executions SET execution_status = ?, evaluation_event = ?,
    evaluation_event_timestamp = ?, evaluation_event_storage_id = ?, materialization_event_storage_id = ?
    WHERE asset_key = ? AND check_name = ? AND run_id = ? AND partition IS NULL"""


def _named(name: str, fields: Iterable[str]) -> type[tuple[object, ...]]:
    return _named_once(name, (*fields,))


@cache
def _named_once(name: str, fields: tuple[str, ...]) -> type[tuple[object, ...]]:
    return namedtuple(name, fields)  # noqa: PYI024 (as Dagster calls it)


# Dagster makes a class of each look at what a step may use: dozens in a run, and all alike.
scoped_resources_builder.namedtuple = _named  # type: ignore[attr-defined, assignment]


@cache
def _empty(tables: MetaData) -> sqlite3.Connection:
    """A database with these tables, which others are copies of."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    with create_engine("sqlite://", poolclass=StaticPool, creator=lambda: connection).begin() as making:
        tables.create_all(making)
    return connection


def _engine(tables: MetaData) -> Engine:
    def copied() -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        _empty(tables).backup(connection)
        return connection

    url = make_url("sqlite://")
    pool = create_pool_from_url(url, poolclass=StaticPool, creator=copied)
    engine = Engine(pool, sqlite_dialect(), url)
    return engine.execution_options(compiled_cache=_WORDED)


def _stored_check(connection: Connection, event: EventLogEntry, row: Mapping[str, object], event_id: int) -> bool:
    """Store that a check is planned, or what it found, where it is of a run and of no partition; if not, do nothing."""
    said = event.dagster_event.event_specific_data if event.dagster_event else None
    about = (row["event"], row["timestamp"], event_id)
    match said:
        case AssetCheckEvaluationPlanned(partitions_subset=None):
            of = (said.asset_key.to_string(), said.check_name, event.run_id)
            connection.exec_driver_sql(_PLANNED, (*of, *about))
            return True
        case dg.AssetCheckEvaluation(partition=None) if event.run_id:
            of = (said.asset_key.to_string(), said.check_name, event.run_id)
            made = said.target_materialization_data and said.target_materialization_data.storage_id
            found = "SUCCEEDED" if said.passed else "FAILED"
            return connection.exec_driver_sql(_FOUND, (found, *about, made, *of)).rowcount == 1
    return False


class EventLog(BatchedEventLog, InMemoryEventLogStorage):
    """Dagster's event log in memory, with one connection, which threads use in turns."""

    def __init__(self) -> None:
        self._inst_data = None
        self._engine = _engine(SqlEventLogStorageMetadata)
        self._handlers = defaultdict(set)
        self._storage_id = 0
        self._db_lock = threading.RLock()  # type: ignore[assignment] # a transaction is used again by its own thread
        self._held_conn = self._engine.connect()

    def store_event(self, event: EventLogEntry) -> None:
        """As Dagster does, but by a statement that is worded already, which was half of what an event costs."""
        row = self._event_to_row(event)
        row["timestamp"] = row["timestamp"].strftime("%Y-%m-%d %H:%M:%S.%f")
        kind, asset = event.dagster_event_type, event.dagster_event and event.dagster_event.asset_key
        with self._connect() as connection:
            event_id = connection.exec_driver_sql(_INSERT, tuple(row[name] for name in _COLUMNS)).lastrowid
            if kind in ASSET_EVENTS and asset:
                self._store_asset_event_tags(connection, [event], [event_id])
                self._store_asset_event(connection, event, event_id)
            if kind in ASSET_CHECK_EVENTS and not _stored_check(connection, event, row, event_id):
                self.store_asset_check_event(event, event_id)
        self._storage_id += 1
        for handler in [*self._handlers[event.run_id]]:
            handler(event, str(EventLogCursor.from_storage_id(self._storage_id)))

    def has_table(self, table_name: str) -> bool:
        """Each was made."""
        return table_name in SqlEventLogStorageMetadata.tables

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:  # noqa: ARG002 (Dagster names them)
        """Each was made."""
        return True

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        with self._db_lock:
            yield from _in_turn(self._held_conn)


class Runs(InMemoryRunStorage):
    """Dagster's list of runs in memory, with one connection, which threads use in turns."""

    def __init__(self) -> None:
        self._engine = _engine(RunStorageSqlMetadata)
        self._lock = threading.RLock()
        self._held_conn = self._engine.connect()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """The one connection, in a transaction."""
        with self._lock:
            yield from _in_turn(self._held_conn)


def _in_turn(connection: Connection) -> Iterator[Connection]:
    if connection.in_transaction():
        yield connection
        return
    with connection.begin():
        yield connection


@cache
def _made_ledger() -> bytes:
    with tempfile.TemporaryDirectory() as folder, Ledger.open(f"sqlite:///{folder}/ledger.db", Path(folder)):
        return (Path(folder) / "ledger.db").read_bytes()


def with_ledger(folders: Folders) -> Folders:
    """Put an empty ledger where a first run would make one, if it is a file: for tests of what a run does with it."""
    private_folder(folders.home)
    if LEDGER_URL in os.environ:
        return folders
    if not (file := folders.home / "ledger.db").exists():
        file.write_bytes(_made_ledger())
        file.chmod(0o600)
    return folders


def in_memory() -> dg.DagsterInstance:
    """What `DagsterInstance.ephemeral` gives, but for its two storages."""
    return dg.DagsterInstance(
        instance_type=InstanceType.EPHEMERAL,
        local_artifact_storage=TemporaryLocalArtifactStorage(),  # type: ignore[no-untyped-call] # Dagster gives it no type
        run_storage=Runs(),
        event_storage=EventLog(),
        compute_log_manager=NoOpComputeLogManager(),
        run_coordinator=DefaultRunCoordinator(),
        run_launcher=SyncInMemoryRunLauncher(),
    )


def kept(instance: dg.DagsterInstance) -> Callable[[], None]:
    """Keep what such an instance remembers by now; call what this gives to have it remember that, and no more."""
    storages = (instance.run_storage, instance.event_log_storage)
    of_now = [(_database(storage), sqlite3.connect(":memory:", check_same_thread=False)) for storage in storages]
    for database, copied in of_now:
        database.backup(copied)

    def put_back() -> None:
        for database, copied in of_now:
            copied.backup(database)

    return put_back


def _database(storage: object) -> sqlite3.Connection:
    assert isinstance(storage, Runs | EventLog), "only what is in memory can be kept"
    database = storage._held_conn.connection.driver_connection
    assert isinstance(database, sqlite3.Connection)
    return database
