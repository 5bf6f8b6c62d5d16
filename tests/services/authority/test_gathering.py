"""Questions that come while others are answered wait together, and each gets its own answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.gathering import Gathering
from desktop.services.authority.workers import Workers


class Slow:
    """Answers with twice the number, once it may."""

    def __init__(self) -> None:
        self.began, self.may = threading.Event(), threading.Event()
        self.batches: list[list[int]] = []

    def work(self, asked: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(asked))
        self.began.set()
        assert self.may.wait(10)
        return [2 * number if number else ServiceError(Reason.BAD_REQUEST) for number in asked]


async def test_what_is_asked_meanwhile_is_the_next_batch_and_none_is_too_long() -> None:
    slow = Slow()
    with ThreadPoolExecutor(4) as threads:
        gathering = Gathering(slow.work, threads.submit, most=3)
        first = gathering.ask(1)
        await asyncio.to_thread(slow.began.wait, 10)
        others = [gathering.ask(number) for number in (2, 3, 4, 5)]
        slow.may.set()
        assert [2, 4, 6, 8, 10] == [await each for each in (first, *others)]
        assert [[1], [2, 3, 4], [5]] == slow.batches
        assert 12 == await gathering.ask(6)


async def test_one_that_is_refused_is_refused_alone_and_one_who_left_is_not_missed() -> None:
    slow = Slow()
    with ThreadPoolExecutor(1) as threads:
        gathering = Gathering(slow.work, threads.submit, most=8)
        refused, left, good = gathering.ask(0), gathering.ask(1), gathering.ask(2)
        left.cancel()
        slow.may.set()
        with pytest.raises(ServiceError):
            await refused
        assert 4 == await good


async def test_who_cannot_be_worked_for_is_told_and_the_next_begins_anew() -> None:
    slow = Slow()
    slow.may.set()
    broken = True

    def submit(work: Callable[[], None]) -> None:
        if broken:
            raise ServiceError(Reason.UNREACHABLE)
        threading.Thread(target=work).start()

    gathering = Gathering(slow.work, submit, most=8)
    with pytest.raises(ServiceError):
        gathering.ask(1)
    broken = False
    assert 4 == await gathering.ask(2)


async def test_a_loop_that_ended_before_its_answer_keeps_nobody_else_waiting() -> None:
    slow = Slow()
    with ThreadPoolExecutor(2) as threads:
        gathering = Gathering(slow.work, threads.submit, most=8)

        async def leave() -> None:
            gathering.ask(1)

        await asyncio.to_thread(asyncio.run, leave())
        mine = gathering.ask(2)
        slow.may.set()
        assert 4 == await mine


async def test_what_raises_as_a_whole_is_an_error_within_for_each(caplog: pytest.LogCaptureFixture) -> None:
    workers = Workers(lambda: None)

    def broken(asked: Sequence[int]) -> list[int | Exception]:
        raise KeyError("SENTINEL")

    gathering = workers.gathered(broken, most=8)
    for answer in (gathering.ask(1), gathering.ask(2)):
        with pytest.raises(ServiceError) as caught:
            await answer
        assert Reason.INTERNAL == caught.value.reason
    await workers.aclose()
    assert ("KeyError" in caplog.text, "SENTINEL" in caplog.text) == (True, False)
    with pytest.raises(ServiceError):
        gathering.ask(3)
