"""HTTP/1.1 by uvicorn and httptools, for clients who are not trusted with a connection: few each, and not for ever."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from desktop.services.server.limits import Limits
from desktop.services.server.metrics import Metrics
from desktop.services.server.proxies import Proxies

#: Bytes of a head that has not ended: the parser keeps what came, and knows no bound. What `Guard` bounds is less.
_MOST_HEAD: Final = 64 << 10


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


def guarded(doorman: Doorman) -> type[HttpToolsProtocol]:
    """The protocol class for uvicorn, which makes one for each connection."""

    class Guarded(HttpToolsProtocol):
        """uvicorn waits for a first or half a request for ever, and for who does not read; this one does not."""

        _timer: asyncio.TimerHandle | None = None
        _idle = False  # an answer was given, and no further request has begun
        _head: int | None = 0  # bytes that came of a head, None while a body may come
        _ended = False  # a message has, in the bytes that are being read
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

        def data_received(self, data: bytes) -> None:
            if self.transport.is_closing():  # the rest of what was refused
                return
            if self._idle:
                self._watch()
            self._ended = False
            super().data_received(data)
            if self._head is None or self._ended or self.transport.is_closing():
                return
            self._head += len(data)
            if self._head > _MOST_HEAD:
                self.send_400_response("Too much before the end of the headers.")

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._head = 0

        def on_headers_complete(self) -> None:
            self._unwatch()
            self._head = None
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            super().on_message_complete()
            self._head, self._ended = 0, True

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self.transport.is_closing():  # and perhaps nobody reads what is still to be sent
                self._watch()
            elif self.cycle.response_complete and self._head == 0:
                self._watch(idle=True)
            elif self._head:
                self._watch()

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
