"""A request's body, read in pieces and no further than it may go."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from desktop.services.server.refusals import HttpRefusalError


async def read_body(request: Request, most: int, seconds: float, *, kind: str | None) -> bytes:
    """At most `most` bytes in `seconds`. `kind` is the media type that it must have, None for any.

    Raises HttpRefusalError 413, 415 or 408, and starlette's ClientDisconnect.
    """
    told = request.headers.get("content-length", "")
    if told.isdecimal() and (len(told) > 18 or int(told) > most):
        raise HttpRefusalError(413, "too_big")
    if kind is not None and not _is(request, kind):
        raise HttpRefusalError(415, "media_type")
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise HttpRefusalError(413, "too_big")
    except TimeoutError:
        raise HttpRefusalError(408, "too_slow") from None
    return bytes(body)


def _is(request: Request, kind: str) -> bool:
    """Parameters such as a charset are passed over; what is packed (Content-Encoding) is not unpacked."""
    packed = request.headers.get("content-encoding", "identity")
    told = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return told == kind and packed == "identity"
