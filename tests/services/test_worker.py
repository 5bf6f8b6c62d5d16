"""Work in a thread comes to its end, or is undone, whoever stops waiting for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from desktop.services.worker import in_worker


def fail(*_: object) -> None:
    raise ValueError("as asked")


def cancel_midway(undo: Callable[[str], object] = lambda made: None, *, times: int = 1) -> BaseException | None:
    """How it ended for the one that waited, where the work was let go on only after the cancellation."""
    began, go_on = threading.Event(), threading.Event()

    def work() -> str:
        began.set()
        assert go_on.wait(10)
        return "made"

    async def whole() -> BaseException | None:
        working = asyncio.ensure_future(in_worker(work, undo))
        await asyncio.to_thread(began.wait)
        for _ in range(times):
            working.cancel()
            await asyncio.sleep(0)
        assert not working.done()
        go_on.set()
        await asyncio.wait([working])
        assert working.cancelled()
        with pytest.raises(asyncio.CancelledError) as raised:
            working.result()
        return raised.value.__cause__ or (raised.value.__context__ and raised.value.__context__.__cause__)

    return asyncio.run(whole())


def test_what_it_makes_or_raises_is_handed_on() -> None:
    assert "made" == asyncio.run(in_worker(lambda: "made", fail))
    with pytest.raises(ValueError, match="as asked"):
        asyncio.run(in_worker(fail))


@pytest.mark.parametrize("times", [1, 3])
def test_a_cancellation_waits_for_the_work_and_has_it_undone(times: int) -> None:
    undone = list[str]()
    assert cancel_midway(undone.append, times=times) is None
    assert ["made"] == undone


def test_what_could_not_be_undone_is_the_cause() -> None:
    assert isinstance(cancel_midway(fail), ValueError)
