"""How much one client may ask of the server, and for how long it may take its time."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

#: Addresses or journeys that are remembered at once. Who is forgotten begins with a full bucket.
MOST_BUCKETS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` requests at once, and `per_second` from then on."""

    burst: float
    per_second: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds. How large a request may be, the table of operations says of each."""

    header_seconds: float = 10.0
    body_seconds: float = 15.0
    idle_seconds: float = 75.0  # longer than clients keep a connection, so that they are the ones to end it
    longest_wait: float = 30.0
    stop_seconds: float = 20.0
    connections: int = 1024
    connections_each: int = 256  # of one address: a branch may stand behind it
    address: Rate = Rate(200.0, 50.0)
    journey: Rate = Rate(60.0, 5.0)


class Buckets:
    """A token bucket for each name, as of RFC 2697 with one rate. Memory is bounded: the longest unused go first."""

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate, self._clock = rate, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> float:
        """0.0 when one was taken; otherwise the seconds until there is one, and nothing is taken."""
        now = self._clock()
        level, since = self._levels.pop(name, (self._rate.burst, now))
        level = min(self._rate.burst, level + max(0.0, now - since) * self._rate.per_second)
        wait = 0.0 if level >= 1.0 else (1.0 - level) / self._rate.per_second
        self._levels[name] = (level if wait else level - 1.0, now)
        if len(self._levels) > MOST_BUCKETS:
            self._levels.popitem(last=False)
        return wait


def retry_after(seconds: float) -> str:
    """As a header says it: whole seconds, and never none."""
    return str(max(1, math.ceil(seconds)))
