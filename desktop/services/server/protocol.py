"""HTTP/1.1 by uvicorn and h11, for clients that are not to be trusted with a connection: few each, and not for ever."""

from __future__ import annotations

import asyncio
from collections import Counter

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from desktop.services.server.limits import Limits
from desktop.services.server.metrics import Metrics
from desktop.services.server.proxies import Proxies


class Doorman:
    """Counts the connections, in all and by address, and says whether there is room for one more."""

    def __init__(self, limits: Limits, metrics: Metrics, proxies: Proxies | None = None) -> None:
        """Everybody comes from the address of a trusted proxy, so it has no number of its own."""
        self.limits, self._metrics, self._proxies = limits, metrics, proxies or Proxies()
        self._open: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        room = self._metrics.connections < self.limits.connections
        crowded = self._open[address] >= self.limits.connections_each and not self._proxies.trusts(address)
        if not room or crowded:
            return False
        self._open[address] += 1
        self._metrics.connections += 1
        return True

    def leave(self, address: str) -> None:
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]
        self._metrics.connections -= 1


def guarded(doorman: Doorman) -> type[H11Protocol]:
    """The protocol class for uvicorn, which makes one for each connection."""

    class Guarded(H11Protocol):
        """uvicorn waits for a first or half a request for ever, and for who does not read; this one does not."""

        _timer: asyncio.TimerHandle | None = None
        _idle = False  # an answer was given, and no further request has begun
        _entered = ""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            super().connection_made(transport)
            address = self.client[0] if self.client else "-"
            if not doorman.enter(address):
                transport.abort()
                return
            self._entered = address
            self._watch()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self._unwatch()
            if self._entered:
                doorman.leave(self._entered)
                self._entered = ""

        def handle_events(self) -> None:
            super().handle_events()
            if self.conn.their_state is not h11.IDLE and not self.transport.is_closing():
                self._unwatch()
            elif self._timer is None or self._idle:
                self._watch()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self.transport.is_closing():  # and perhaps nobody reads what is still to be sent
                self._watch()
            elif self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
                self._watch(idle=True)

        def _watch(self, *, idle: bool = False) -> None:
            """From the connection, or the first byte after an answer, to the end of the headers; or between the two."""
            self._unwatch()
            seconds = doorman.limits.idle_seconds if idle else doorman.limits.header_seconds
            self._idle, self._timer = idle, self.loop.call_later(seconds, self.transport.abort)

        def _unwatch(self) -> None:
            self._idle = False
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    return Guarded
