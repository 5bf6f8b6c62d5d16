"""A process that faces the network for the one that writes: HTTP is read here, and what can be proven beforehand."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.types import Receive, Scope, Send

from desktop.services.api import Reason, ServiceError
from desktop.services.server.bodies import read_body
from desktop.services.server.guard import OPERATION
from desktop.services.server.hatch import Answered, Failure, Gone, Link, Message, Reply, Request, Response, Told
from desktop.services.server.limits import Limits
from desktop.services.server.refusals import HttpRefusalError, failed, refused
from desktop.services.wire.operations import OPERATIONS

T = TypeVar("T", Response, Reply)
#: Longer is no body of the table.
_MOST_BODY: Final = max(operation.max_request for operation in OPERATIONS)
#: Seconds after which it is worth looking whether a client still waits.
_PATIENCE: Final = 1.0


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the two sockets of a hatch are: for what HTTP asks, and for CMP messages."""

    requests: Path
    messages: Path

    @classmethod
    def within(cls, folder: Path) -> Paths:
        return cls(folder / "requests", folder / "messages")


class Front:
    """The far end of the hatch. `prove`: what is proven of a CMP message, in a form for the authority alone."""

    def __init__(self, paths: Paths, limits: Limits, prove: Callable[[bytes], bytes]) -> None:
        self._limits, self._prove = limits, prove
        self._requests: _Wire[Response] = _Wire(paths.requests, Told)
        self._messages: _Wire[Reply] = _Wire(paths.messages, Answered)

    async def pkix(self, message: bytes) -> bytes:
        """As `Services.pkix`. Raises STORE_BUSY where who writes is gone: the same message may be sent again."""
        asked = Message(self._messages.number(), message, self._prove(message))
        return (await self._messages.ask(asked)).message

    async def forward(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application: all that is not answered here."""
        request = HttpRequest(scope, receive)
        try:
            body = await read_body(request, _MOST_BODY, self._limits.body_seconds, kind=None)
            told = await self._forwarded(scope, body, receive)
        except HttpRefusalError as error:
            await refused(error)(scope, receive, send)
        except ServiceError as error:
            await failed(error)(scope, receive, send)
        else:
            if told.operation:
                scope[OPERATION] = told.operation
            await send({"type": "http.response.start", "status": told.status, "headers": told.headers})
            await send({"type": "http.response.body", "body": told.body})

    def close(self) -> None:
        self._requests.close()
        self._messages.close()

    async def _forwarded(self, scope: Scope, body: bytes, receive: Receive) -> Response:
        """Raises ClientDisconnect once the client is found to have left."""
        asked = Request(
            self._requests.number(),
            scope["method"],
            scope["path"],
            scope.get("raw_path", b""),
            scope["query_string"],
            scope["headers"],
            body,
        )
        asking = asyncio.ensure_future(self._requests.ask(asked))
        waiting: set[asyncio.Future[Any]] = {asking}
        try:
            done, _ = await asyncio.wait(waiting, timeout=_PATIENCE)
            if not done:
                waiting.add(asyncio.ensure_future(_left(receive)))
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                return asking.result()
            raise ClientDisconnect
        finally:
            for each in waiting:
                each.cancel()


class _Wire(Generic[T]):
    """A connection, made when it is first needed and again when it was lost."""

    def __init__(self, path: Path, kind: Any) -> None:
        self._path, self._kind = path, kind
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[T]] = {}
        self._link: Link[Any] | None = None
        self._opening = asyncio.Lock()

    def number(self) -> int:
        """Of what is asked next."""
        return next(self._numbers)

    async def ask(self, asked: Request | Message) -> T:
        """Raises what was refused, and STORE_BUSY where nobody answers any more."""
        link = self._link or await self._open()
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting[asked.id] = answer
        link.say(asked)
        try:
            return await answer
        except asyncio.CancelledError:
            if isinstance(asked, Request):
                link.say(Gone(asked.id))
            raise
        finally:
            del self._waiting[asked.id]

    def close(self) -> None:
        if self._link is not None:
            self._link.close()

    async def _open(self) -> Link[Any]:
        async with self._opening:
            if self._link is None:
                loop = asyncio.get_running_loop()
                try:
                    _, self._link = await loop.create_unix_connection(
                        lambda: Link(self._kind, self._heard, self._lost), str(self._path)
                    )
                except OSError as error:
                    raise ServiceError(Reason.STORE_BUSY) from error
            return self._link

    def _heard(self, told: Any, link: Link[Any]) -> None:
        answer = self._waiting.get(told.id)
        if answer is None or answer.done():
            return
        if isinstance(told, Failure):
            answer.set_exception(ServiceError(Reason(told.reason), detail=told.detail))
        else:
            answer.set_result(told)

    def _lost(self, link: Link[Any]) -> None:
        """What was asked may have been done: whoever asks again under the same key is told."""
        self._link = None
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(ServiceError(Reason.STORE_BUSY))


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
