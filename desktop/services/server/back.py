"""The one process that writes, behind its fronts: what they have read of the network is answered to them."""

from __future__ import annotations

import asyncio
import functools
import socket
from collections.abc import Callable
from typing import Any, Final

from starlette.types import ASGIApp, Message, Scope

from desktop.services.api import Reason, ServiceError
from desktop.services.server.access import AccessLog
from desktop.services.server.guard import OPERATION
from desktop.services.server.hatch import Asked, Failure, Gone, Link, Reply, Request, Response
from desktop.services.server.hatch import Message as CmpMessage

#: The CMP door: a message and what the front has proven of it.
Door = Callable[[bytes, bytes], "asyncio.Future[bytes]"]
_UNKNOWN: Final = ""


class Back:
    """`application` answers what HTTP asks, within no guard: that is the fronts'. `door` answers CMP."""

    def __init__(self, application: ASGIApp, door: Door, log: AccessLog) -> None:
        self._application, self._door, self._log = application, door, log
        self._links: set[Link] = set()
        self._asked: dict[tuple[Link, int], _Asking] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    async def serve(self, bound: socket.socket, stopping: asyncio.Event, patience: float) -> None:
        """Until `stopping` is set; then until all fronts have left, for at most `patience` seconds."""
        loop = asyncio.get_running_loop()
        server = await loop.create_unix_server(self._link, sock=bound)
        await stopping.wait()
        server.close()
        try:
            async with asyncio.timeout(patience):
                await self._empty.wait()
        except TimeoutError:
            for link in list(self._links):
                link.close()

    def _link(self) -> Link:
        link = Link(Asked, self._heard, self._lost)
        self._links.add(link)
        self._empty.clear()
        return link

    def _lost(self, link: Link) -> None:
        self._links.discard(link)
        for (whose, _), asking in list(self._asked.items()):
            if whose is link:
                asking.gone()
        if not self._links:
            self._empty.set()

    def _heard(self, asked: Any, link: Link) -> None:
        match asked:
            case CmpMessage():
                answer = self._door(asked.message, asked.proof)
                answer.add_done_callback(functools.partial(_replied, link, asked.id))
            case Request():
                asking = self._asked[link, asked.id] = _Asking(asked)
                task = asyncio.ensure_future(self._answer(asking, link))
                task.add_done_callback(lambda _: self._asked.pop((link, asked.id)))
            case Gone():
                if (waiting := self._asked.get((link, asked.id))) is not None:
                    waiting.gone()

    async def _answer(self, asking: _Asking, link: Link) -> None:
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


def _replied(link: Link, number: int, answer: asyncio.Future[bytes]) -> None:
    error = answer.exception()
    if error is None:
        link.say(Reply(number, answer.result()))
    elif isinstance(error, ServiceError):
        link.say(Failure(number, error.reason.value, error.detail))
    else:
        link.say(Failure(number, Reason.INTERNAL.value, None))
