"""The one process that writes, behind its fronts: what they have read of the network is answered to them."""

from __future__ import annotations

import asyncio
import socket
import threading
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Message, Scope

from desktop.services.api import Reason
from desktop.services.server.access import AccessLog
from desktop.services.server.guard import OPERATION
from desktop.services.server.hatch import Asked, Failure, Link, Request, Response
from desktop.services.server.scribe import Scribe

_UNKNOWN: Final = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """Sockets that fronts find: for what HTTP asks, and for CMP messages."""

    requests: socket.socket
    messages: socket.socket


class Back:
    """`application` answers what HTTP asks, within no guard: that is the fronts'. `scribe` answers CMP."""

    def __init__(self, application: ASGIApp, scribe: Scribe, log: AccessLog) -> None:
        self._application, self._scribe, self._log = application, scribe, log
        self._links: set[Link[Asked]] = set()
        self._asked: dict[tuple[Link[Asked], int], _Asking] = {}
        self._lines: set[socket.socket] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    async def serve(self, hatch: Bound, stopping: asyncio.Event, patience: float) -> None:
        """Until `stopping` is set; then until all fronts have left, for at most `patience` seconds.

        Raises OSError where no more fronts can be let in.
        """
        server = await asyncio.get_running_loop().create_unix_server(self._link, sock=hatch.requests)
        accepting, asked = asyncio.ensure_future(self._accept(hatch.messages)), asyncio.ensure_future(stopping.wait())
        ended, _ = await asyncio.wait({accepting, asked}, return_when=asyncio.FIRST_COMPLETED)
        accepting.cancel()
        server.close()
        if accepting in ended:
            asked.cancel()
            self._cut_off()
            accepting.result()
        try:
            async with asyncio.timeout(patience):
                await self._empty.wait()
        except TimeoutError:
            self._cut_off()
            await self._empty.wait()

    def _cut_off(self) -> None:
        for link in self._links:
            link.close()
        for line in self._lines:
            line.shutdown(socket.SHUT_RDWR)

    async def _accept(self, bound: socket.socket) -> None:
        """A thread for each front, which ends when that leaves."""
        loop = asyncio.get_running_loop()
        bound.setblocking(False)
        while True:
            line, _ = await loop.sock_accept(bound)
            line.setblocking(True)
            self._lines.add(line)
            self._empty.clear()
            threading.Thread(target=self._write, args=(line, loop), name="scribe").start()

    def _write(self, line: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self._scribe.serve(line)
        finally:
            loop.call_soon_threadsafe(self._left, line)

    def _left(self, line: socket.socket) -> None:
        self._lines.discard(line)
        line.close()
        self._look_round()

    def _look_round(self) -> None:
        if not self._links and not self._lines:
            self._empty.set()

    def _link(self) -> Link[Asked]:
        link: Link[Asked] = Link(Asked, self._heard, self._lost)  # type: ignore[arg-type]  # one of two
        self._links.add(link)
        self._empty.clear()
        return link

    def _lost(self, link: Link[Asked]) -> None:
        self._links.discard(link)
        for (whose, _), asking in list(self._asked.items()):
            if whose is link:
                asking.gone()
        self._look_round()

    def _heard(self, asked: Asked, link: Link[Asked]) -> None:
        if isinstance(asked, Request):
            asking = self._asked[link, asked.id] = _Asking(asked)
            task = asyncio.ensure_future(self._answer(asking, link))
            task.add_done_callback(lambda _: self._asked.pop((link, asked.id)))
        elif (waiting := self._asked.get((link, asked.id))) is not None:
            waiting.gone()

    async def _answer(self, asking: _Asking, link: Link[Asked]) -> None:
        try:
            await self._application(asking.scope, asking.receive, asking.send)
        except Exception as error:  # noqa: BLE001 - the front answers for it; what it was is said by its class
            self._log.failure(error, "")
            link.say(Failure(asking.id, Reason.INTERNAL.value, None))
        else:
            link.say(asking.response())


class _Asking:
    """A request as an ASGI application sees it."""

    def __init__(self, asked: Request) -> None:
        self.id = asked.id
        self.scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": asked.method,
            "scheme": "https",
            "path": asked.path,
            "raw_path": asked.raw_path,
            "query_string": asked.query,
            "root_path": "",
            "headers": asked.headers,
            "client": None,
            "server": None,
        }
        self._body: bytes | None = asked.body
        self._gone = asyncio.Event()
        self._status, self._told = 500, bytearray()
        self._headers: list[tuple[bytes, bytes]] = []

    def gone(self) -> None:
        self._gone.set()

    async def receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], list(message["headers"])
        else:
            self._told += message.get("body", b"")

    def response(self) -> Response:
        operation = self.scope.get(OPERATION, _UNKNOWN)
        return Response(self.id, self._status, self._headers, bytes(self._told), operation)
