"""The authority's one SQLite file: durable transactions from any thread, and its troubles as reasons."""

from __future__ import annotations

import errno
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.connection import Connection

LOCK_NAME = "changgu.lock"
#: Raised by one with every change of a table that old files need; a file of a newer program is refused.
SCHEMA_VERSION = 3

_SCHEMA = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"
_BUSY_SECONDS = 2.0

_SQLITE_REASONS = {
    sqlite3.SQLITE_BUSY: Reason.STORE_BUSY,
    sqlite3.SQLITE_LOCKED: Reason.STORE_BUSY,
    sqlite3.SQLITE_FULL: Reason.STORE_FULL,
    sqlite3.SQLITE_READONLY: Reason.STORE_READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: Reason.STORE_READ_ONLY,
    sqlite3.SQLITE_PERM: Reason.STORE_READ_ONLY,
    sqlite3.SQLITE_CORRUPT: Reason.STORE_CORRUPT,
    sqlite3.SQLITE_NOTADB: Reason.STORE_CORRUPT,
    sqlite3.SQLITE_IOERR: Reason.STORE_CORRUPT,
    sqlite3.SQLITE_SCHEMA: Reason.STORE_CORRUPT,
}
# A full disk shows as one of these when the WAL or its index cannot grow.
_FULL_IOERR = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_FSYNC}
_OS_REASONS = {
    errno.ENOSPC: Reason.STORE_FULL,
    errno.EDQUOT: Reason.STORE_FULL,
    errno.EROFS: Reason.STORE_READ_ONLY,
    errno.EACCES: Reason.STORE_READ_ONLY,
    errno.EPERM: Reason.STORE_READ_ONLY,
}


def storage_error(error: sqlite3.Error | OSError) -> ServiceError | None:
    """The reason for a trouble with the data folder; None for an error that is ours, such as wrong SQL."""
    if isinstance(error, OSError):
        return ServiceError(_OS_REASONS.get(error.errno or 0, Reason.STORE_CORRUPT))
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    reason = Reason.STORE_FULL if code in _FULL_IOERR else _SQLITE_REASONS.get(code & 0xFF)
    return ServiceError(reason) if reason else None


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turns troubles of the disk and of SQLite into ServiceError; lets what is our own mistake through."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        mapped = storage_error(error)
        if mapped is None:
            raise
        raise mapped from error


class Store:
    """One connection behind one lock: SQLite allows one writer, and a second connection only adds waiting.

    `path` is the database file, whose folder this program then holds alone; None keeps all in memory.
    `schemas` are scripts of CREATE … IF NOT EXISTS; `upgrades` bring a file of that version to the next.
    Raises ServiceError DATA_FOLDER_IN_USE or STORE_*.
    """

    def __init__(
        self, path: Path | None, *, schemas: Sequence[str], upgrades: Mapping[int, Sequence[str]] | None = None
    ) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None
        self._folder_lock = _hold(path.parent) if path else None
        try:
            with storage_errors():
                self._connection = _connect(path)
            try:
                with self.transaction() as cx:
                    _prepare(cx, schemas, upgrades or {})
            except BaseException:
                self._connection.close()
                raise
        except BaseException:
            self._release_folder()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing: on disk when the block ends, undone when it raises. Never within another one."""
        with self._alone() as cx:
            cx.execute("BEGIN IMMEDIATE")
            try:
                yield cx
                cx.execute("COMMIT")
            except BaseException:
                if cx.in_transaction:
                    cx.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look; writing in it fails."""
        with self._alone() as cx:
            cx.execute("PRAGMA query_only = ON")
            try:
                yield cx
            finally:
                cx.execute("PRAGMA query_only = OFF")

    def close(self) -> None:
        with self._lock:
            self._connection.close()
        self._release_folder()

    @contextmanager
    def _alone(self) -> Iterator[sqlite3.Connection]:
        here = threading.get_ident()
        if self._owner == here:
            raise RuntimeError("a transaction is already open in this thread; pass its connection on")
        with self._lock, storage_errors():
            self._owner = here
            try:
                yield self._connection
            finally:
                self._owner = None

    def _release_folder(self) -> None:
        if self._folder_lock:
            self._folder_lock.release()


@contextmanager
def whole(cx: Connection) -> Iterator[None]:
    """A refusal keeps what was written before it, but half a certificate is not to be kept."""
    cx.execute("SAVEPOINT whole")
    try:
        yield
    except BaseException:
        if cx.in_transaction:  # a full disk may have undone everything already
            cx.execute("ROLLBACK TO whole")
        raise
    cx.execute("RELEASE whole")


def _hold(folder: Path) -> FileLock:
    """The folder for this program alone, made private to its owner when it is new."""
    with storage_errors():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK_NAME, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise ServiceError(Reason.DATA_FOLDER_IN_USE) from error
    return lock


def _connect(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path or ":memory:", timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # Freed pages are overwritten, so that what was deleted is not left in the file.
        connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(cx: Connection, schemas: Sequence[str], upgrades: Mapping[int, Sequence[str]]) -> None:
    cx.execute(_SCHEMA)
    found = cx.execute("SELECT max(version) AS version FROM schema_version").fetchone()["version"]
    if found is None:
        cx.execute("INSERT INTO schema_version VALUES (?)", (SCHEMA_VERSION,))
    elif found != SCHEMA_VERSION:
        missing = range(found, SCHEMA_VERSION)
        if not missing or any(version not in upgrades for version in missing):
            raise ServiceError(Reason.STORE_CORRUPT, detail="schema_version")
        for statement in (statement for version in missing for statement in upgrades[version]):
            cx.execute(statement)
        cx.execute("UPDATE schema_version SET version = ?", (SCHEMA_VERSION,))
    for schema in schemas:
        for statement in _statements(schema):
            cx.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """One by one, because `executescript` would commit the transaction around it."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending
