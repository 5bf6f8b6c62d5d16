"""Stands around every request: counts it, bounds its rate, writes its line, and lets no fault of ours show."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktop.services.api import Reason, ServiceError
from desktop.services.server.access import Access, AccessLog
from desktop.services.server.limits import Buckets, Limits
from desktop.services.server.metrics import Metrics
from desktop.services.server.proxies import Proxies
from desktop.services.server.refusals import HttpRefusalError, failed, refused, too_many

#: An API has no page: a browser that is led here shall do nothing with what it gets.
HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_ALWAYS: Final = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())
_HSTS: Final = b"max-age=31536000"
_CODE: Final = b"x-changgu-code"
#: Of a body that nobody asked for: read and forgotten, since who is still sending when we close never reads our answer.
_DRAINED_BYTES: Final = 256 * 1024
_DRAINED_SECONDS: Final = 1.0
_TOO_SLOW: Final = 408
_GONE: Final = 499  # nginx's number for a client that did not wait; it is never sent
#: In the scope: which operation of the table this is, told by the route.
OPERATION: Final = "changgu.operation"
_UNKNOWN: Final = "unknown"


class Guard:
    """The outermost application. Whatever is raised below ends here."""

    def __init__(
        self,
        application: ASGIApp,
        *,
        limits: Limits,
        metrics: Metrics,
        log: AccessLog,
        clock: Callable[[], float] = time.monotonic,
        proxies: Proxies | None = None,
    ) -> None:
        self._application, self._metrics, self._log, self._clock = application, metrics, log, clock
        self._addresses, self._most_headers = Buckets(limits.address, clock), limits.header_bytes
        self._proxies = proxies or Proxies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _Passage(self._checked, self._metrics, self._log, self._clock).run(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = self._addresses.take(self._proxies.client_of(scope))
        if wait:
            await refused(too_many(wait))(scope, receive, send)
        elif sum(len(name) + len(value) for name, value in scope["headers"]) > self._most_headers:
            await refused(HttpRefusalError(431, "too_big"))(scope, receive, send)
        elif fault := _ambiguous(scope):
            await refused(HttpRefusalError(400, fault, {"Connection": "close"}))(scope, receive, send)
        else:
            await self._application(scope, receive, send)


class _Passage:
    """One request on its way through."""

    def __init__(self, application: ASGIApp, metrics: Metrics, log: AccessLog, clock: Callable[[], float]) -> None:
        self._application, self._metrics, self._log, self._clock = application, metrics, log, clock
        self._id, self._status, self._size, self._code = secrets.token_hex(8), _GONE, 0, ""
        self._read = False  # to the end of the body

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] != _TOO_SLOW:
                await self._drain(scope, receiving)
            self._mark(message, scope)
            await send(message)

        async def receiving() -> Message:
            message = await receive()
            self._read = self._read or not message.get("more_body", False)
            return message

        began = self._clock()
        self._metrics.in_flight += 1
        try:
            await self._answer(scope, receiving, sending)
        finally:
            self._metrics.in_flight -= 1
            self._end(scope, self._clock() - began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._application(scope, receive, send)
        except ClientDisconnect:
            return
        except Exception as error:
            self._log.failure(error, self._id)
            if self._status != _GONE:
                raise
            await failed(ServiceError(Reason.INTERNAL))(scope, receive, send)

    async def _drain(self, scope: Scope, receive: Receive) -> None:
        """Nothing of who waits to be asked for it (Expect: 100-continue), and no more than is worth an answer."""
        headers = dict(scope["headers"])
        told = headers.get(b"content-length", b"0")
        if self._read or not _has_body(scope) or b"expect" in headers or len(told) > 6 or int(told) > _DRAINED_BYTES:
            return
        drained = 0
        try:
            async with asyncio.timeout(_DRAINED_SECONDS):
                while not self._read and drained <= _DRAINED_BYTES:
                    drained += len((await receive()).get("body", b""))
        except TimeoutError:
            return

    def _mark(self, message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            told = [pair for pair in message["headers"] if pair[0] != _CODE]
            self._status, self._code = message["status"], dict(message["headers"]).get(_CODE, b"").decode()
            there = {name for name, _ in told}
            told += [pair for pair in _ALWAYS if pair[0] not in there]
            if not self._read and _has_body(scope) and b"connection" not in there:
                told.append((b"connection", b"close"))  # what is still being sent shall not be waited for
            if scope["scheme"] == "https":
                told.append((b"strict-transport-security", _HSTS))
            message["headers"] = [*told, (b"x-request-id", self._id.encode())]
        else:
            self._size += len(message.get("body", b""))

    def _end(self, scope: Scope, seconds: float) -> None:
        operation = scope.get(OPERATION, _UNKNOWN)
        self._metrics.ended(operation, self._status, seconds)
        if self._code:
            self._metrics.problem(self._code)
        method = scope["method"] if scope["method"] in {"GET", "POST", "DELETE", "HEAD"} else "OTHER"
        self._log.request(Access(self._id, method, operation, self._status, seconds, self._size, self._code))


def _ambiguous(scope: Scope) -> str:
    """Why a proxy before us may see another end of the message, or another server that it is for; empty if none may.

    It could take what follows for somebody else's request.
    """
    lengths = [value for name, value in scope["headers"] if name in {b"content-length", b"transfer-encoding"}]
    if len(lengths) > 1:
        return "two_lengths"
    if any(name == b"transfer-encoding" and value.lower() != b"chunked" for name, value in scope["headers"]):
        return "transfer_encoding"
    hosts = sum(name == b"host" for name, _ in scope["headers"])
    return "host" if hosts > 1 or (not hosts and scope["http_version"] == "1.1") else ""


def _has_body(scope: Scope) -> bool:
    names = {name for name, value in scope["headers"] if value != b"0"}
    return not names.isdisjoint({b"content-length", b"transfer-encoding"})
