"""When a person is taken to have gone: time without a touch, a warning, extensions, and pauses while they wait."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from desktop.kiosk.config import IdleTimes


class Watch(StrEnum):
    UNTOUCHED = "untouched"  # nobody has touched anything since the last person
    HERE = "here"
    WARNED = "warned"
    GONE = "gone"


class Idle:
    """`clock` gives seconds that never go back. Ask `look` now and then; it tells how things stand."""

    def __init__(self, times: IdleTimes, clock: Callable[[], float]) -> None:
        self._times, self._clock = times, clock
        self._last = clock()
        self._still = self._paused = 0.0
        self._state = Watch.UNTOUCHED
        self.extended = 0

    @property
    def state(self) -> Watch:
        return self._state

    def touched(self) -> None:
        """Counts as long as nobody is warned: then only the button for more time does."""
        if self._state in {Watch.UNTOUCHED, Watch.HERE}:
            self._begin_anew()

    @property
    def can_extend(self) -> bool:
        return self.extended < self._times.extensions

    def extend(self) -> None:
        """More time, as often as the branch grants it."""
        if self._state is Watch.WARNED and self.can_extend:
            self.extended += 1
            self._begin_anew()

    def seconds_left(self) -> int:
        """Until the end, once warned."""
        return max(0, round(self._times.seconds + self._times.warning - self._still))

    def look(self, *, waiting: bool) -> Watch:
        """`waiting`: for a message, a call or the service, while which nobody need touch anything, within bounds."""
        now = self._clock()
        passed, self._last = max(0.0, now - self._last), now
        if self._state in {Watch.UNTOUCHED, Watch.GONE}:
            return self._state
        if waiting and self._state is Watch.HERE:
            pause = min(passed, self._times.waiting - self._paused)
            self._paused += pause
            passed -= pause
        self._still += passed
        if self._still >= self._times.seconds + self._times.warning:
            self._state = Watch.GONE
        elif self._still >= self._times.seconds:
            self._state = Watch.WARNED
        return self._state

    def _begin_anew(self) -> None:
        self._state = Watch.HERE
        self._last = self._clock()
        self._still = self._paused = 0.0
