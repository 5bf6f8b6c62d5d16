"""Knows how a PKIMessage travels over HTTP (RFC 9811): posted as application/pkixcmp, answered in kind."""

from __future__ import annotations

from typing import Final

import httpx

from desktop.services.api import Reason, ServiceError
from desktop.services.cmp.frame import MAX_ANSWER

MEDIA_TYPE: Final = "application/pkixcmp"
TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)
#: A connection a message: OpenSSL's server speaks HTTP/1.0, and gives up a transaction whose connection ended.
HEADERS: Final = {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE, "Cache-Control": "no-cache", "Connection": "close"}


class Transfer:
    """What a client's `send` is, towards one URL. `http` follows no redirects and is closed by who made it."""

    def __init__(self, http: httpx.AsyncClient, url: str, *, timeout: httpx.Timeout = TIMEOUT) -> None:
        self._http = http
        self._url = url
        self._timeout = timeout

    async def __call__(self, message: bytes) -> bytes:
        """The answer, unread. Raises ServiceError UNREACHABLE, TIMED_OUT, or NONSENSE for what is no CMP answer."""
        try:
            async with self._http.stream(
                "POST",
                self._url,
                content=message,
                headers=HEADERS,
                timeout=self._timeout,
                follow_redirects=False,
            ) as response:
                return await _answer(response)
        except httpx.TimeoutException as error:
            raise ServiceError(Reason.TIMED_OUT) from error
        except httpx.RemoteProtocolError as error:
            raise ServiceError(Reason.NONSENSE) from error
        except httpx.TransportError as error:
            raise ServiceError(Reason.UNREACHABLE) from error


async def _answer(response: httpx.Response) -> bytes:
    """An error status may carry an error message; it is read like any other answer (RFC 9811, 3.3)."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != MEDIA_TYPE or 300 <= response.status_code < 400:
        raise ServiceError(Reason.UNREACHABLE if response.is_server_error else Reason.NONSENSE)
    answer = bytearray()
    async for part in response.aiter_bytes():
        answer += part
        if len(answer) > MAX_ANSWER:
            raise ServiceError(Reason.NONSENSE)
    if not answer:
        raise ServiceError(Reason.NONSENSE)
    return bytes(answer)
