"""What somebody replied by telephone, brought by the bank's gateway: at an address of its own, with a secret."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated, Final, Protocol

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from desktop.secret import Secret
from desktop.services.api import UNCERTAIN, Reason, ServiceError
from desktop.services.server.bodies import read_body
from desktop.services.server.guard import OPERATION
from desktop.services.server.refusals import HttpRefusalError, failed, refused
from desktop.services.wire.operation import JSON

PATH: Final = "/v1/hooks/replies"
MOST_BYTES: Final = 4096
#: What the gateway is told; all else is between the server and the person, whose try it was.
_TOLD: Final = UNCERTAIN | {
    Reason.BAD_REQUEST,
    Reason.KEY_REUSED,
    Reason.INTERNAL,
    Reason.STORE_FULL,
    Reason.STORE_READ_ONLY,
    Reason.STORE_CORRUPT,
}


class Taker(Protocol):
    def take_reply(self, message: str, text: str, *, reply: str) -> Awaitable[None]: ...


class Reply(Struct, frozen=True):
    """`message`: the key that the gateway was given; `id`: its own, by which the same reply is known again."""

    message: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    id: Annotated[str, Meta(pattern="^[!-~]{1,200}$")]
    text: Annotated[str, Meta(max_length=100)]


@dataclass(frozen=True, slots=True)
class Replies:
    """`secret`: what the gateway shows as its bearer token."""

    taker: Taker
    secret: Secret
    seconds: float

    async def answer(self, request: Request) -> Response:
        request.scope[OPERATION] = "reply"
        try:
            await self._take(request)
        except HttpRefusalError as error:
            return refused(error)
        except ServiceError as error:
            if error.reason in _TOLD:
                return failed(error)
        return Response(status_code=204)

    async def _take(self, request: Request) -> None:
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or Secret.of(shown.strip()) != self.secret:
            raise HttpRefusalError(401, "secret", {"WWW-Authenticate": "Bearer"})
        body = await read_body(request, MOST_BYTES, self.seconds, kind=JSON)
        try:
            reply = msgspec.json.decode(body, type=Reply)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ServiceError(Reason.BAD_REQUEST) from error
        await self.taker.take_reply(reply.message, reply.text, reply=reply.id)
