"""Writers in line: one commit for those who stood there together, which fails for all of them or for none."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.connection import Rows
from desktop.services.authority.line import BATCH, Line


class TroubleError(Exception):
    """Of the database."""


class MistakeError(Exception):
    """Of whoever works with it."""


class FakeWriting:
    """Writes down what it is told; `fails` on the statements named."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.fails: dict[str, BaseException] = {}
        self.in_transaction = False

    def begin(self) -> FakeWriting:
        self._do("BEGIN")
        self.in_transaction = True
        return self

    def mark(self) -> None:
        self._do("MARK")

    def back(self) -> None:
        self.check()
        self._do("BACK")

    def check(self) -> None:
        if not self.in_transaction:
            raise TroubleError

    def commit(self) -> None:
        self._do("COMMIT")
        self.in_transaction = False

    def rollback(self) -> None:
        self.told.append("ROLLBACK")
        self.in_transaction = False

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> Rows:
        self._do(statement)
        return self  # type: ignore[return-value]  # nobody reads from it

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> Rows:
        raise NotImplementedError

    def _do(self, statement: str) -> None:
        self.told.append(statement)
        if error := self.fails.get(statement):
            raise error


def trouble(error: BaseException) -> ServiceError | None:
    return ServiceError(Reason.STORE_FULL) if isinstance(error, TroubleError) else None


class Queue:
    """The first holds the line until the others stand in it; they follow one by one."""

    def __init__(self, writing: FakeWriting) -> None:
        self.line = Line(writing, trouble)

    def work(self, *works: Callable[[], object]) -> list[BaseException | None]:
        """What each of them raised, in the order given."""
        with ThreadPoolExecutor(len(works)) as threads:
            followers: list[Future[None]] = []

            def first() -> None:
                with self.line.turn():
                    followers.extend(threads.submit(self._one, work) for work in works[1:])
                    while self.line._waiting < len(works) - 1:
                        continue
                    works[0]()

            leading = threads.submit(first)
            return [leading.exception(10), *(each.exception(10) for each in followers)]

    def _one(self, work: Callable[[], object]) -> None:
        with self.line.turn() as cx:
            cx.execute("WORK")
            work()


def reasons(raised: list[BaseException | None]) -> list[Reason | None]:
    return [error.reason if isinstance(error, ServiceError) else None for error in raised]


def fine() -> None:
    """Nothing to complain of."""


def wrong() -> None:
    raise MistakeError


def test_who_is_alone_needs_no_mark() -> None:
    writing = FakeWriting()
    with Line(writing, trouble).turn() as cx:
        cx.execute("WORK")
    assert ["BEGIN", "WORK", "COMMIT"] == writing.told


def test_who_stands_in_line_shares_one_commit() -> None:
    writing = FakeWriting()
    assert [None] * 3 == Queue(writing).work(fine, fine, fine)
    assert ["BEGIN", "MARK", "WORK", "MARK", "WORK", "COMMIT"] == writing.told


def test_a_batch_has_an_end_however_long_the_line_is() -> None:
    writing = FakeWriting()
    assert [None] * (BATCH + 2) == Queue(writing).work(*[fine] * (BATCH + 2))
    assert (2, 2) == (writing.told.count("BEGIN"), writing.told.count("COMMIT"))


def test_a_commit_that_fails_fails_for_everybody() -> None:
    writing = FakeWriting()
    writing.fails["COMMIT"] = TroubleError()
    assert [Reason.STORE_FULL] * 3 == reasons(Queue(writing).work(fine, fine, fine))
    assert ["COMMIT", "ROLLBACK"] == writing.told[-2:]


def test_who_was_refused_is_not_told_so_before_the_commit() -> None:
    """The refusal may rest on what another has written, and that is lost."""
    writing = FakeWriting()
    writing.fails["COMMIT"] = TroubleError()
    raised = Queue(writing).work(fine, wrong)
    assert [Reason.STORE_FULL] * 2 == reasons(raised)
    assert raised[1] is not None
    assert isinstance(raised[1].__cause__, MistakeError)


def test_a_commit_that_fails_for_no_known_reason_is_an_error_within() -> None:
    writing = FakeWriting()
    writing.fails["COMMIT"] = MistakeError()
    assert [Reason.INTERNAL] * 2 == reasons(Queue(writing).work(fine, fine))


def test_who_raises_undoes_only_what_is_their_own() -> None:
    writing = FakeWriting()
    raised = Queue(writing).work(fine, wrong, fine)
    assert [type(None), MistakeError, type(None)] == [type(error) for error in raised]
    assert 1 == writing.told.count("BACK")
    assert (0, 1) == (writing.told.count("ROLLBACK"), writing.told.count("COMMIT"))


def test_the_first_who_raises_leaves_a_clean_start_to_the_next() -> None:
    writing = FakeWriting()
    raised = Queue(writing).work(wrong, fine)
    assert [MistakeError, type(None)] == [type(error) for error in raised]
    assert ["BEGIN", "ROLLBACK", "BEGIN", "WORK", "COMMIT"] == writing.told


def test_a_mark_that_cannot_be_gone_back_to_is_the_end_of_the_batch() -> None:
    writing = FakeWriting()
    writing.fails["BACK"] = TroubleError()
    assert [Reason.STORE_FULL] * 2 == reasons(Queue(writing).work(fine, wrong))
    assert "COMMIT" not in writing.told


def test_a_disk_that_fills_up_under_one_member_fails_all_whom_the_database_undid() -> None:
    writing = FakeWriting()

    def full() -> None:
        writing.in_transaction = False  # as SQLite does at once
        raise TroubleError

    assert [Reason.STORE_FULL] * 2 == reasons(Queue(writing).work(fine, full))
    assert "COMMIT" not in writing.told


def test_who_has_not_heard_that_everything_was_undone_does_not_go_on_as_if_it_were_not() -> None:
    writing = FakeWriting()

    def careless() -> None:
        writing.in_transaction = False

    assert [Reason.STORE_FULL] * 2 == reasons(Queue(writing).work(fine, careless))
    assert "COMMIT" not in writing.told


def test_a_member_who_cannot_begin_ends_the_batch_and_the_next_begins_anew() -> None:
    writing = FakeWriting()
    writing.fails["MARK"] = TroubleError()
    queue = Queue(writing)
    raised = queue.work(fine, fine)
    assert [Reason.STORE_FULL, None] == reasons(raised)
    assert isinstance(raised[1], TroubleError)
    writing.fails.clear()
    assert [None] == queue.work(fine)


def test_a_transaction_that_does_not_begin_troubles_nobody_else() -> None:
    writing = FakeWriting()
    writing.fails["BEGIN"] = TroubleError()
    line = Line(writing, trouble)
    with pytest.raises(TroubleError), line.turn():
        pass
    writing.fails.clear()
    with line.turn() as cx:
        cx.execute("WORK")
    assert ["BEGIN", "BEGIN", "WORK", "COMMIT"] == writing.told


def test_who_wants_to_be_alone_finds_nothing_uncommitted() -> None:
    writing = FakeWriting()
    line, looked = Line(writing, trouble), threading.Event()

    def look() -> None:
        with line.alone():
            assert not writing.in_transaction
            looked.set()

    with ThreadPoolExecutor(1) as threads:
        with line.turn() as cx:
            looking = threads.submit(look)
            cx.execute("WORK")
        looking.result(10)
    assert looked.is_set()


# ── Works that are done together ──


def works(line: Line, *each: Callable[[], object]) -> list[Callable[[], str]]:
    def one(work: Callable[[], object]) -> str:
        with line.turn() as cx:
            cx.execute("WORK")
            work()
        return "done"

    return [functools.partial(one, work) for work in each]


def test_works_done_together_stand_in_line_once_and_share_a_commit() -> None:
    writing = FakeWriting()
    line = Line(writing, trouble)
    assert ["done"] * 3 == line.together(works(line, fine, fine, fine))
    assert ["BEGIN", "WORK", "MARK", "WORK", "MARK", "WORK", "COMMIT"] == writing.told


def test_one_of_them_who_raises_undoes_only_what_is_their_own() -> None:
    writing = FakeWriting()
    line = Line(writing, trouble)
    outcomes = line.together(works(line, fine, wrong, fine))
    assert [str, MistakeError, str] == [type(outcome) for outcome in outcomes]
    assert (1, 0, 1) == tuple(writing.told.count(word) for word in ("BACK", "ROLLBACK", "COMMIT"))


def test_a_commit_that_fails_fails_for_all_of_them_the_refused_too() -> None:
    writing = FakeWriting()
    line = Line(writing, trouble)
    writing.fails["COMMIT"] = TroubleError()
    outcomes = line.together(works(line, fine, wrong))
    assert [Reason.STORE_FULL] * 2 == reasons([each for each in outcomes if isinstance(each, ServiceError)])
    writing.fails.clear()
    assert ["done"] == line.together(works(line, fine))


def test_a_batch_that_breaks_in_the_middle_takes_those_before_with_it_and_not_those_after() -> None:
    writing = FakeWriting()
    line = Line(writing, trouble)

    def full() -> None:
        writing.in_transaction = False
        raise TroubleError

    first, second, third = line.together(works(line, fine, full, fine))
    assert [Reason.STORE_FULL] * 2 == reasons([error for error in (first, second) if isinstance(error, ServiceError)])
    assert ("done", 1) == (third, writing.told.count("COMMIT"))


def test_a_work_that_takes_no_turn_needs_no_commit() -> None:
    writing = FakeWriting()
    assert ["said"] == Line(writing, trouble).together([lambda: "said"])
    assert [] == writing.told


def test_works_together_join_who_stands_in_line_with_them() -> None:
    writing = FakeWriting()
    line = Line(writing, trouble)
    with ThreadPoolExecutor(1) as threads:
        with line.turn() as cx:
            cx.execute("FIRST")
            following = threads.submit(line.together, works(line, fine, fine))
            while not line._waiting:
                continue
        assert ["done"] * 2 == following.result(10)
    assert ["BEGIN", "FIRST", "MARK", "WORK", "MARK", "WORK", "COMMIT"] == writing.told
