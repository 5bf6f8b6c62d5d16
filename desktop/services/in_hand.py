"""Knows whose messages a window at a practice server shows: those of the journey it was last in, and nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from desktop.services.api import PhoneEvent


class EventsOf(Protocol):
    """As in PracticePhone."""

    def __call__(self, journey: str, *, after: int, wait: float) -> Awaitable[tuple[PhoneEvent, ...]]: ...


class PhoneInHand:
    """One client's, on its loop. Who waits while another journey begins goes on waiting for that one's messages."""

    def __init__(self, events_of: EventsOf, now: Callable[[], float] | None = None) -> None:
        self._events_of, self._now = events_of, now
        self._journey, self._turned = "", asyncio.Event()

    def turn_to(self, journey: str) -> None:
        if journey != self._journey:
            self._journey = journey
            self._turned.set()
            self._turned = asyncio.Event()

    async def events(self, *, after: int, wait: float) -> tuple[PhoneEvent, ...]:
        """Of the journey in hand, at first or by then; none where there is no journey in all that time."""
        now = self._now or asyncio.get_running_loop().time
        until = now() + wait
        while True:
            left, turned = max(until - now(), 0.0), self._turned
            if not self._journey:
                with suppress(TimeoutError):
                    await asyncio.wait_for(turned.wait(), left)
            else:
                found = await _unless(turned, self._events_of(self._journey, after=after, wait=left))
                if found is not None:
                    return found
            if not turned.is_set() or now() >= until:
                return ()


async def _unless(turned: asyncio.Event, asked: Awaitable[tuple[PhoneEvent, ...]]) -> tuple[PhoneEvent, ...] | None:
    """What was asked for; None when it turned meanwhile."""
    asking, turning = asyncio.ensure_future(asked), asyncio.ensure_future(turned.wait())
    try:
        await asyncio.wait({asking, turning}, return_when=asyncio.FIRST_COMPLETED)
        return asking.result() if asking.done() else None
    finally:
        for task in (asking, turning):
            task.cancel()
        await asyncio.gather(asking, turning, return_exceptions=True)
