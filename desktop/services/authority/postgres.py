"""The store as a PostgreSQL database that any number of programs share, of which one writes at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Final

import psycopg

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.connection import Connection
from desktop.services.authority.dialect import definition
from desktop.services.authority.line import Line
from desktop.services.authority.link import Conversation, Link, database_error, database_errors
from desktop.services.authority.pool import Pool
from desktop.services.authority.sqlite import split
from desktop.services.authority.store import Store, prepare
from desktop.services.authority.tower import Tower

#: Who writes holds this lock until the commit is on disk: what SQLite's one writer is to one file, this is to all
#: programs and hosts. A lock of two numbers is never that of a key, which is one.
_WRITE: Final = b"BEGIN; SELECT pg_advisory_xact_lock(1, 1)"
_READ: Final = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_READERS: Final = 4
_HOLD: Final = "SELECT pg_try_advisory_lock(hashtextextended(?, 0)) AS held"
_LET_GO: Final = "SELECT pg_advisory_unlock(hashtextextended(?, 0))"


class PostgresStore(Store):
    """`address` is a connection URI or string of libpq; what it leaves out comes from libpq's environment.

    A program has at most seven connections. Raises ServiceError UNREACHABLE when there is no database, or STORE_*.
    """

    def __init__(
        self, address: str, *, schemas: Sequence[str], upgrades: Mapping[int, Sequence[str]] | None = None
    ) -> None:
        super().__init__()
        self._address = address
        self._tower: Tower | None = None
        self._writer = Link(address)
        self._line = Line(_Writing(self._writer), database_error)
        self._readers = Pool(lambda: Link(address), _READERS)
        self._keeper = Pool(lambda: Link(address), 1)
        statements = [part for script in schemas for statement in split(script) for part in definition(statement)]
        newer = {
            version: [part for statement in given for part in definition(statement)]
            for version, given in (upgrades or {}).items()
        }
        try:
            with self.transaction() as cx:
                prepare(cx, statements, newer)
        except ServiceError as error:
            self._writer.close()
            if error.reason != Reason.STORE_BUSY:
                raise
            raise ServiceError(Reason.UNREACHABLE, detail="database") from error
        except BaseException:
            self._writer.close()
            raise

    def listen(self, heard: Callable[[], None]) -> None:
        self._tower = Tower(self._address, heard)

    def tell(self) -> None:
        if self._tower:
            self._tower.tell()

    def close(self) -> None:
        if self._tower:
            self._tower.close()
        self._keeper.close()
        self._readers.close()
        with self._line.alone():
            self._writer.close()

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """By a lock of the session, which ends with the program, however that ends."""
        with database_errors(), self._keeper.one() as link:
            row = link.ask(_HOLD, (key,))
        if row is None or not row["held"]:
            raise ServiceError(Reason.KEY_IN_FLIGHT)
        try:
            yield
        finally:
            with self._keeper.one() as link:
                self._let_go(link, key)

    def _let_go(self, link: Link, key: str) -> None:
        """A connection that is lost holds no key any more."""
        try:
            link.ask(_LET_GO, (key,))
        except psycopg.Error:
            link.close()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with database_errors(), self._line.turn() as cx:
            yield cx

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._readers.one() as link, _look(link) as cx:
            yield cx


class _Writing:
    def __init__(self, link: Link) -> None:
        self._link = link

    def begin(self) -> Conversation:
        return self._link.begin(_WRITE)

    def mark(self) -> None:
        """Within the one before, which the commit ends: a word less to the server."""
        self._link.say(b"SAVEPOINT member")

    def back(self) -> None:
        self._link.say(b"ROLLBACK TO member")

    def check(self) -> None:
        self._link.check()

    def commit(self) -> None:
        self._link.end()

    def rollback(self) -> None:
        self._link.undo()


@contextmanager
def look_at(address: str) -> Iterator[Connection]:
    """One consistent look, by a connection of its own. Raises ServiceError STORE_*."""
    with closing(Link(address)) as link, _look(link) as cx:
        yield cx


@contextmanager
def _look(link: Link) -> Iterator[Connection]:
    with database_errors():
        cx = link.begin(_READ)
        try:
            yield cx
        finally:
            link.leave()
