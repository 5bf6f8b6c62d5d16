"""The store as one SQLite file, or in memory: one connection that writes, others that read beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.connection import Connection
from desktop.services.authority.line import Line
from desktop.services.authority.pool import Pool
from desktop.services.authority.store import Store, prepare
from desktop.services.authority.troubles import storage_error, storage_errors

LOCK_NAME: Final = "changgu.lock"
_BUSY_SECONDS = 2.0
_READERS: Final = 4
#: Freed pages are overwritten, so that what was deleted is not left in the file. What a savepoint may have to undo
#: stays in memory: an issue changes more than SQLite keeps there otherwise, and its temporary file takes its time.
_WRITER: Final = (
    "foreign_keys = ON",
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "temp_store = MEMORY",
)


class SqliteStore(Store):
    """`path` is the database file, whose folder this program then holds alone; None keeps all in memory.

    `schemas` are scripts of CREATE … IF NOT EXISTS; `upgrades` bring a file of that version to the next.
    Raises ServiceError DATA_FOLDER_IN_USE or STORE_*.
    """

    def __init__(
        self, path: Path | None, *, schemas: Sequence[str], upgrades: Mapping[int, Sequence[str]] | None = None
    ) -> None:
        super().__init__()
        self._folder_lock = _hold(path.parent) if path else None
        try:
            with storage_errors():
                self._writer = _connect(path, *_WRITER)
            self._readers = Pool(lambda: _connect(path, "query_only = ON"), _READERS) if path else None
            self._line = Line(_Writing(self._writer), storage_error)
            try:
                statements = [statement for script in schemas for statement in split(script)]
                with self.transaction() as cx:
                    prepare(cx, statements, upgrades or {})
            except BaseException:
                self._writer.close()
                raise
        except BaseException:
            self._release_folder()
            raise

    def close(self) -> None:
        if self._readers:
            self._readers.close()
        with self._line.alone():
            self._writer.close()
        self._release_folder()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with storage_errors(), self._line.turn() as cx:
            yield cx

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with storage_errors():
            if self._readers:
                with self._readers.one() as cx, _snapshot(cx):
                    yield cx
            else:  # a second connection would see another memory
                with self._line.alone(), _looking_only(self._writer):
                    yield self._writer

    def _release_folder(self) -> None:
        if self._folder_lock:
            self._folder_lock.release()


class Glance:
    """Reads the file of a store that another process holds, in one thread."""

    def __init__(self, path: Path) -> None:
        with storage_errors():
            self._connection = _connect(path, "query_only = ON")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """What is committed, to each statement by itself. Raises ServiceError STORE_*."""
        with storage_errors():
            yield self._connection

    def close(self) -> None:
        self._connection.close()


class _Writing:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._marked = False

    def begin(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        self._marked = False
        return self._connection

    def mark(self) -> None:
        if self._marked:
            self._connection.execute("RELEASE member")
        self._connection.execute("SAVEPOINT member")
        self._marked = True

    def back(self) -> None:
        self.check()
        self._connection.execute("ROLLBACK TO member")

    def check(self) -> None:
        """A full disk may have undone everything, and what comes after would be committed at once."""
        if not self._connection.in_transaction:
            raise ServiceError(Reason.STORE_FULL)

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def split(script: str) -> Iterator[str]:
    """Its statements, one by one, because `executescript` would commit the transaction around it."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending


@contextmanager
def _snapshot(cx: sqlite3.Connection) -> Iterator[None]:
    cx.execute("BEGIN")
    try:
        yield
    finally:
        if cx.in_transaction:
            cx.execute("ROLLBACK")


@contextmanager
def _looking_only(cx: sqlite3.Connection) -> Iterator[None]:
    cx.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        cx.execute("PRAGMA query_only = OFF")


def private_folder(folder: Path) -> None:
    """Made when it is missing, and then for its owner alone. Raises ServiceError STORE_*."""
    with storage_errors():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _hold(folder: Path) -> FileLock:
    """The folder for this program alone."""
    private_folder(folder)
    with storage_errors():
        lock = FileLock(folder / LOCK_NAME, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise ServiceError(Reason.DATA_FOLDER_IN_USE) from error
    return lock


def _connect(path: Path | None, *pragmas: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path or ":memory:", timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.row_factory = sqlite3.Row
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection
