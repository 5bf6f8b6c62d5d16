"""How much one client may ask of the server, and for how long it may take its time."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Annotated, Final

from msgspec import Meta, Struct

#: Addresses or journeys that are remembered at once. Who is forgotten begins with a full bucket.
MOST_BUCKETS: Final = 50_000
Seconds = Annotated[float, Meta(gt=0, le=3600)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]


class Rate(Struct, frozen=True, forbid_unknown_fields=True):
    """`burst` requests at once, and `per_second` from then on."""

    burst: Annotated[float, Meta(ge=1)] = 200.0
    per_second: Annotated[float, Meta(gt=0)] = 50.0


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Times in seconds. How large a body may be, the table of operations says of each."""

    header_seconds: Seconds = 10.0
    header_bytes: Annotated[int, Meta(ge=1024, le=64 * 1024)] = 16 * 1024  # uvicorn bounds only what comes in pieces
    body_seconds: Seconds = 15.0
    idle_seconds: Seconds = 75.0  # longer than clients keep a connection, so that they are the ones to end it
    longest_wait: Annotated[float, Meta(ge=0, le=3600)] = 30.0
    stop_seconds: Annotated[float, Meta(ge=1, le=3600)] = 20.0
    connections: Count = 1024
    connections_each: Count = 256  # of one address: a branch may stand behind it
    address: Rate = Rate()
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
