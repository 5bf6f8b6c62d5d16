"""From a request to the one call of the services that it means, and back: by the table, for any services."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.server.bodies import read_body
from desktop.services.server.guard import OPERATION
from desktop.services.server.limits import Buckets, Limits
from desktop.services.server.refusals import HttpRefusalError, failed, refused, too_many
from desktop.services.wire.forms import Arguments, wipe
from desktop.services.wire.operation import KEY_PATTERN, Operation
from desktop.services.wire.operations import bank_of
from desktop.services.wire.seal import Context, OpeningKeys

#: A request that reads well and asks for what cannot be: 400 is kept for one that is none.
_MEANINGLESS: Final = 422
_NUL: Final = b"\\u0000"
_EMPTY: Final = len(b"{}")  # what some clients send for nothing


@dataclass(frozen=True, slots=True)
class Desk:
    """What every call needs. `stopping` is set when the server wants to end."""

    keys: OpeningKeys
    limits: Limits
    journeys: Buckets
    stopping: asyncio.Event


class Endpoint:
    """One operation of the table, answered by `method`."""

    def __init__(self, operation: Operation, method: Callable[..., Awaitable[Any]], desk: Desk) -> None:
        self._operation, self._method, self._desk = operation, method, desk

    async def answer(self, request: Request) -> Response:
        request.scope[OPERATION] = self._operation.name
        try:
            return await self._answer(request)
        except HttpRefusalError as error:
            return refused(error)
        except ServiceError as error:
            return self._failed(error)

    def _failed(self, error: ServiceError, status: int | None = None) -> Response:
        return failed(error, None if self._operation.csc else status, csc=self._operation.csc)

    async def _answer(self, request: Request) -> Response:
        operation = self._operation
        journey = _journey(request, self._desk) if operation.journey else ""
        key = _key(request, operation, journey)
        body = await self._body(request)
        context = Context(bank_of(journey), journey, operation.name)

        def unseal(sealed: str, field: str) -> Secret:
            return self._desk.keys.open(sealed, context, field)

        arguments = operation.decode(body, _query(request, operation), unseal)
        try:
            answer = await self._call(request, journey, key, arguments)
        except ServiceError as error:
            return self._failed(error, _MEANINGLESS if error.reason is Reason.BAD_REQUEST else None)
        finally:
            wipe(arguments)
        content = operation.encode_answer(answer)
        if content is None:
            return Response(status_code=204)
        return Response(content, headers={"Content-Type": operation.gives})

    async def _body(self, request: Request) -> bytes:
        operation, seconds = self._operation, self._desk.limits.body_seconds
        if operation.in_query or not (operation.request or operation.raw):
            return await read_body(request, _EMPTY, seconds, kind=None)
        body = await read_body(request, operation.max_request, seconds, kind=operation.takes)
        if operation.request and _NUL in body:  # which no text means, and not every database takes
            raise HttpRefusalError(_MEANINGLESS, "nul")
        return body

    async def _call(self, request: Request, journey: str, key: str, arguments: Arguments) -> Any:
        first = (journey,) if self._operation.journey else ()
        if "wait" in arguments:
            return await self._wait(request, first, arguments)
        keyed = {"key": key} if self._operation.write and self._operation.keyed else {}
        return await self._method(*first, **arguments, **keyed)

    async def _wait(self, request: Request, first: tuple[str, ...], arguments: Arguments) -> Any:
        """Until there is something to tell, or nobody listens any more, or the server wants to end."""
        arguments["wait"] = min(arguments["wait"], self._desk.limits.longest_wait)
        asked = asyncio.ensure_future(self._method(*first, **arguments))
        others = {asyncio.ensure_future(_gone(request)), asyncio.ensure_future(self._desk.stopping.wait())}
        try:
            await asyncio.wait({asked, *others}, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
        finally:
            for task in (asked, *others):
                task.cancel()
            await asyncio.gather(asked, *others, return_exceptions=True)
        return await self._method(*first, **arguments | {"wait": 0.0})


def _journey(request: Request, desk: Desk) -> str:
    """Its handle, which nobody has but who opened it. Raises JOURNEY_UNKNOWN without one, and HttpRefusalError 429."""
    scheme, _, handle = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not handle.strip():
        raise ServiceError(Reason.JOURNEY_UNKNOWN)
    wait = desk.journeys.take(handle)
    if wait:
        raise too_many(wait)
    return handle.strip()


def _key(request: Request, operation: Operation, journey: str) -> str:
    """Of a write, and of its journey: nobody learns by a key what somebody else has asked."""
    told = request.headers.getlist("idempotency-key")
    if not operation.write:
        return ""
    if not told and operation.key_optional:
        return secrets.token_hex(16)
    if len(told) != 1 or not re.fullmatch(KEY_PATTERN, told[0].strip()):
        raise ServiceError(Reason.BAD_REQUEST, field="Idempotency-Key", detail="key")
    key = told[0].strip().strip('"')
    return hashlib.sha256(f"{journey} {key}".encode()).hexdigest() if journey else key


def _query(request: Request, operation: Operation) -> dict[str, str]:
    """Raises BAD_REQUEST for a name that comes twice, and where an operation knows no query at all."""
    pairs = request.query_params.multi_items()
    if len(pairs) != len(request.query_params) or (pairs and not operation.in_query):
        raise ServiceError(Reason.BAD_REQUEST)
    return dict(pairs)


async def _gone(request: Request) -> None:
    """Returns when the client has left."""
    while (await request.receive())["type"] != "http.disconnect":
        continue
