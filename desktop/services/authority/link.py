"""One conversation with PostgreSQL: rows by name, troubles as reasons, and a connection made anew when it was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import conninfo
from psycopg.adapt import Dumper
from psycopg.pq import TransactionStatus

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.dialect import question

#: Unless the address says otherwise: neither a network nor a program that died holds anybody up for long.
_PATIENCE: Final[dict[str, str | int]] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "application_name": "changgu",
}
_SETTINGS: Final = (
    b"SET client_min_messages = error; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'"
)
#: As it is now, whatever the server is told later.
_KEEP_DURABLE: Final = b"SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false)"
_STATEMENTS: Final = 1000
_INT8: Final = 20
_OPEN: Final = frozenset({TransactionStatus.ACTIVE, TransactionStatus.INTRANS, TransactionStatus.INERROR})
#: By SQLSTATE, or by its class.
_REASONS: Final = {
    "08": Reason.STORE_BUSY,  # the connection
    "25006": Reason.STORE_READ_ONLY,
    "25P03": Reason.STORE_BUSY,  # idle for too long within a transaction
    "40": Reason.STORE_BUSY,  # undone in favour of another
    "42501": Reason.STORE_READ_ONLY,  # a right is missing
    "53": Reason.STORE_BUSY,  # too many connections, no memory
    "53100": Reason.STORE_FULL,
    "55P03": Reason.STORE_BUSY,  # waited too long for a lock
    "57": Reason.STORE_BUSY,  # stops, starts, was told to
    "58": Reason.STORE_CORRUPT,  # its own disk
    "XX": Reason.STORE_CORRUPT,
}


class Row:
    """A column's value by the column's name, or by its place."""

    __slots__ = ("_names", "_values")

    def __init__(self, names: dict[str, int], values: Sequence[Any]) -> None:
        self._names, self._values = names, values

    def __getitem__(self, name: str | int) -> Any:
        return self._values[name if isinstance(name, int) else self._names[name]]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def keys(self) -> list[str]:
        return list(self._names)


class Conversation:
    """Implements Connection."""

    def __init__(self, raw: psycopg.Connection[Row]) -> None:
        self._raw = raw

    @property
    def in_transaction(self) -> bool:
        return self._raw.info.transaction_status in _OPEN

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> psycopg.Cursor[Row]:
        return self._raw.execute(question(statement), parameters)

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> psycopg.Cursor[Row]:
        cursor = self._raw.cursor()
        cursor.executemany(question(statement), parameters)
        return cursor


class Link:
    """A connection, made when it is first needed and again when it was lost. For one thread at a time."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._raw: psycopg.Connection[Row] | None = None

    def begin(self, statement: bytes) -> Conversation:
        """A transaction."""
        self._first(statement)
        assert self._raw is not None
        return Conversation(self._raw)

    def ask(self, statement: str, parameters: Sequence[Any]) -> Row | None:
        """By a statement that is a transaction of its own, and may be asked twice."""
        return self._first(question(statement), parameters).fetchone()

    def say(self, statement: bytes) -> None:
        """One that belongs to what was begun. Raises psycopg.Error."""
        if self._raw is None:
            raise psycopg.OperationalError
        self._raw.execute(statement, prepare=False)

    def check(self) -> None:
        """Raises psycopg.Error where something has failed, upon which PostgreSQL takes a COMMIT for an undo."""
        status = self._raw.info.transaction_status if self._raw else TransactionStatus.UNKNOWN
        if status == TransactionStatus.INERROR:
            raise psycopg.errors.InFailedSqlTransaction
        if status != TransactionStatus.INTRANS:
            raise psycopg.OperationalError

    def end(self) -> None:
        """Commits."""
        self.check()
        self.say(b"COMMIT")

    def undo(self) -> None:
        """Never raises: a connection that cannot be told to undo is let go, and undone by that."""
        self._finish(b"ROLLBACK")

    def leave(self) -> None:
        """Ends what only looked; never raises. At a ROLLBACK psycopg would forget what it has prepared."""
        self._finish(b"COMMIT")

    def _finish(self, statement: bytes) -> None:
        if self._raw is None:
            return
        try:
            if Conversation(self._raw).in_transaction:
                self._raw.execute(statement, prepare=False)
        except psycopg.Error:
            self.close()
        else:
            if self._raw.closed:
                self.close()

    def close(self) -> None:
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    def _first(self, statement: bytes, parameters: Sequence[Any] | None = None) -> psycopg.Cursor[Row]:
        """Said again on a new connection where the old was lost, since nothing hung on it yet."""
        lost = self._raw is not None
        try:
            return self._open(statement, parameters)
        except psycopg.Error:
            if not (lost and self._raw is None):
                raise
        return self._open(statement, parameters)

    def _open(self, statement: bytes, parameters: Sequence[Any] | None) -> psycopg.Cursor[Row]:
        if self._raw is None:
            self._raw = connect(self._address)
        try:
            # Several statements at once go unprepared, and what has parameters comes again.
            return self._raw.execute(statement, parameters, prepare=parameters is not None)
        except BaseException:
            self.undo()
            raise


def connect(address: str) -> psycopg.Connection[Row]:
    """Raises psycopg.Error when there is none; ServiceError UNREACHABLE for an address that is none, and STORE_CORRUPT
    (detail: synchronous_commit) for a database that would lose what was answered."""
    try:
        known = conninfo.conninfo_to_dict(address)
    except psycopg.ProgrammingError:  # and its words would quote the address, with a password perhaps
        raise ServiceError(Reason.UNREACHABLE, detail="database") from None
    told = conninfo.make_conninfo(address, **{name: value for name, value in _PATIENCE.items() if name not in known})
    raw = psycopg.connect(told, autocommit=True, prepare_threshold=0, row_factory=_rows)
    try:
        raw.prepared_max = _STATEMENTS
        raw.adapters.register_dumper(bool, _Number)
        raw.execute(_SETTINGS, prepare=False)
        kept = raw.execute(_KEEP_DURABLE, prepare=False).fetchone()
        if kept is None or kept[0] == "off":
            raise ServiceError(Reason.STORE_CORRUPT, detail="synchronous_commit")
    except BaseException:
        raw.close()
        raise
    return raw


class _Number(Dumper):
    """A truth is 0 or 1, as in SQLite."""

    oid = _INT8

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


def _rows(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], Row]:
    names = {column.name: place for place, column in enumerate(cursor.description or ())}
    return lambda values: Row(names, values)


def database_error(error: BaseException) -> ServiceError | None:
    """The reason for a trouble of PostgreSQL or of the way there; None for an error that is ours."""
    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate or ("08" if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)) else "")
    reason = _REASONS.get(state) or _REASONS.get(state[:2])
    return ServiceError(reason) if reason else None


@contextmanager
def database_errors() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        mapped = database_error(error)
        if mapped is None:
            raise
        raise mapped from error
