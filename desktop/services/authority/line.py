"""Writers in line: one at a time, and one commit for all who stood in line together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol, TypeVar

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.connection import Connection

T = TypeVar("T")
#: More than the threads of one program; what the first of a batch waits for the last is bounded by it.
BATCH: Final = 32


class Writing(Protocol):
    """The one connection that writes."""

    def begin(self) -> Connection: ...

    def mark(self) -> None:
        """A point in the open transaction to go back to; the one before it is not needed any more."""

    def back(self) -> None:
        """To that point. Raises where the database has undone everything already, as on a full disk."""

    def check(self) -> None:
        """Raises where what was done cannot be committed, though whoever did it has not heard of it."""

    def commit(self) -> None:
        """On disk when it returns."""

    def rollback(self) -> None:
        """Never raises: a connection that is lost has undone everything already."""


class _Batch:
    """Works that stand or fall by one commit. `failed`: that commit never came, and why."""

    def __init__(self, cx: Connection) -> None:
        self.cx = cx
        self.members = 0
        self.over = threading.Event()
        self.failed: ServiceError | None = None

    def end(self, failed: ServiceError | None = None) -> None:
        self.failed = failed
        self.over.set()

    def settled(self, outcome: T | Exception) -> T | Exception:
        """What a member says after the commit, which is waited for."""
        self.over.wait()
        if self.failed is None:
            return outcome
        lost = ServiceError(self.failed.reason, detail=self.failed.detail)
        lost.__cause__ = outcome if isinstance(outcome, Exception) else self.failed
        return lost


class _Here(threading.local):
    """Of this thread: whether it works within `together`, and on which batch its last turn there rests."""

    within = False
    joined: _Batch | None = None


class Line:
    """Whoever leaves while others wait leaves the work in the open transaction; the last in line commits for all.

    Nobody goes on before the commit, who was refused neither: the refusal may rest on what another has just written.
    Who raises undoes only what is their own. `trouble` gives the reason for an error of the database.
    """

    def __init__(self, writing: Writing, trouble: Callable[[BaseException], ServiceError | None]) -> None:
        self._writing, self._trouble = writing, trouble
        self._writer = threading.Lock()
        self._count = threading.Lock()
        self._waiting = 0
        self._batch: _Batch | None = None
        self._here = _Here()

    def together(self, works: Sequence[Callable[[], T]]) -> list[T | Exception]:
        """What came of each, after one commit for all: the turns that they take in this thread stand in line once."""
        outcomes: list[tuple[T | Exception, _Batch | None]] = []
        with self._in_line():
            self._here.within = True
            try:
                for work in works:
                    self._here.joined = None
                    outcomes.append((_outcome(work), self._here.joined))
            finally:
                self._here.within = False
                self._part()
        return [outcome if batch is None else batch.settled(outcome) for outcome, batch in outcomes]

    @contextmanager
    def turn(self) -> Iterator[Connection]:
        """All or nothing: committed when the block ends, undone when it raises."""
        if self._here.within:
            with self._member() as cx:
                yield cx
            return
        own: BaseException | None = None
        with self._in_line():
            batch = self._join()
            try:
                yield batch.cx
                self._writing.check()
                batch.members += 1
            except BaseException as error:  # noqa: BLE001 - raised again below, once it is known what became of it
                own = error
                self._undo(batch, error)
            self._part()
        batch.over.wait()
        if batch.failed:
            raise ServiceError(batch.failed.reason, detail=batch.failed.detail) from own or batch.failed
        if own:
            try:
                raise own
            finally:
                own = None  # its traceback leads back here, and with it whatever the block held

    @contextmanager
    def _member(self) -> Iterator[Connection]:
        self._here.joined = batch = self._join()
        try:
            yield batch.cx
            self._writing.check()
            batch.members += 1
        except BaseException as error:
            self._undo(batch, error)
            raise

    @contextmanager
    def alone(self) -> Iterator[None]:
        """With nobody's work left uncommitted, and nobody writing meanwhile."""
        with self._writer:
            if self._batch:
                self._commit(self._batch)
            yield

    def _part(self) -> None:
        """Who leaves commits for all, unless another will."""
        if self._batch and (not self._waiting or self._batch.members >= BATCH):
            self._commit(self._batch)

    @contextmanager
    def _in_line(self) -> Iterator[None]:
        with self._count:
            self._waiting += 1
        try:
            self._writer.acquire()
        finally:
            with self._count:
                self._waiting -= 1
        try:
            yield
        finally:
            self._writer.release()

    def _join(self) -> _Batch:
        """The first needs no mark: undoing it is undoing all."""
        if self._batch is None:
            self._batch = _Batch(self._writing.begin())
            return self._batch
        batch = self._batch
        try:
            self._writing.mark()
        except BaseException as error:
            self._fail(batch, error)
            raise
        return batch

    def _undo(self, batch: _Batch, error: BaseException) -> None:
        if not batch.members:
            self._batch = None
            self._writing.rollback()
            batch.end()
            return
        try:
            self._writing.back()
        except Exception as second:  # noqa: BLE001 - whatever it is, the works of the batch are lost
            self._fail(batch, error if self._trouble(error) else second)

    def _commit(self, batch: _Batch) -> None:
        try:
            self._writing.commit()
        except BaseException as error:
            self._fail(batch, error)
            if not isinstance(error, Exception):
                raise
        else:
            self._batch = None
            batch.end()

    def _fail(self, batch: _Batch, error: BaseException) -> None:
        self._batch = None
        self._writing.rollback()
        known = error if isinstance(error, ServiceError) else self._trouble(error)
        failed = known or ServiceError(Reason.INTERNAL)
        failed.__cause__ = None if failed is error else error
        batch.end(failed)


def _outcome(work: Callable[[], T]) -> T | Exception:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whoever asked for this work gets it
        return error
