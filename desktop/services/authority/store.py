"""Where the authority keeps everything: transactions that are all or nothing, whatever database is behind them."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Final, TypeVar

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.connection import Connection
from desktop.services.authority.line import Line

T = TypeVar("T")
#: Raised by one with every change of a table that old stores need; a store of a newer program is refused.
SCHEMA_VERSION: Final = 4

_SCHEMA: Final = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"


class Store(ABC):
    """One writer at a time; who reads sees what is committed, and waits for nobody.

    Troubles of the database are ServiceError STORE_*, in every block. After one, whether the block was committed may
    be unknown: ask under the same key.
    """

    _line: Line

    def __init__(self) -> None:
        self._here = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing: on disk when the block ends, undone when it raises. Never within another one."""
        with self._alone(), self._writing() as cx:
            yield cx

    def together(self, works: Sequence[Callable[[], T]]) -> list[T | Exception]:
        """What came of each work, of one transaction each: all or nothing as ever, but one commit for all of them.

        Nobody hears of any before that.
        """
        return self._line.together(works)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look; writing in it fails."""
        with self._alone(), self._reading() as cx:
            yield cx

    def held(self, key: str) -> AbstractContextManager[None]:
        """A key that no other program on this store holds meanwhile. Raises ServiceError KEY_IN_FLIGHT."""
        return _nobody_else(key)

    def listen(self, heard: Callable[[], None]) -> None:  # noqa: B027 - a store of one program has no others to hear
        """`heard` is called, in any thread, when another program has told of something."""

    def tell(self) -> None:  # noqa: B027 - nor any to tell
        """Lets other programs know that something was written."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if getattr(self._here, "open", False):
            raise RuntimeError("a transaction is already open in this thread; pass its connection on")
        self._here.open = True
        try:
            yield
        finally:
            self._here.open = False


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


def prepare(cx: Connection, schemas: Sequence[str], upgrades: Mapping[int, Sequence[str]]) -> None:
    """Makes the tables that are missing, statement by statement, and brings those of an older program up to date.

    Raises ServiceError STORE_CORRUPT for a store of a newer program, or of one too old.
    """
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
    for statement in schemas:
        cx.execute(statement)


@contextmanager
def _nobody_else(_: str) -> Iterator[None]:
    """For a store of one program."""
    yield
