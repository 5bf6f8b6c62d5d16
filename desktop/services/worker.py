"""Work in a thread that is not left half done: who cancels the wait for it gets what it made undone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_worker(work: Callable[[], T], undo: Callable[[T], object] = lambda made: None) -> T:
    """Runs `work` in a thread, to its end: what it uses may be wiped or closed once this has returned or raised.

    A thread cannot be stopped. When the call is cancelled meanwhile, `undo` gets what was made, in a thread too, and
    then the cancellation goes on; where `undo` failed, as its cause.
    """
    cancelled = await _end(working := asyncio.ensure_future(asyncio.to_thread(work)))
    if cancelled is None:
        return working.result()
    failed = working.exception()
    if failed is None:
        await _end(undoing := asyncio.ensure_future(asyncio.to_thread(undo, working.result())))
        failed = undoing.exception()
    raise cancelled from failed


async def _end(work: asyncio.Future[T]) -> asyncio.CancelledError | None:
    """Waits until it is over, and tells whether the wait was cancelled."""
    cancelled = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as error:
            cancelled = error
    return cancelled
