"""Knows one exchange with a server over HTTP: how long it may take, how much it may say, and why it failed."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from desktop.services.api import Reason, ServiceError
from desktop.services.pins import PinError, trust
from desktop.services.wire.operation import JSON, PKIXCMP, Operation
from desktop.services.wire.problems import error_of

CONNECT_SECONDS: Final = 10.0
#: Bytes of a problem that are read.
MAX_PROBLEM: Final = 64 << 10
_KEPT_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `headers` hold the journey's secret, so none of it is printed."""

    operation: Operation
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, str]
    seconds: float

    def __repr__(self) -> str:
        return f"<ask {self.operation.name}>"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that is neither a problem nor too big; `body` is None for 204."""

    body: bytes | None

    def __repr__(self) -> str:
        return "<said>"


class Line:
    """Kept-alive HTTP/1.1 connections to one server. Plain HTTP goes to this machine alone."""

    def __init__(
        self, url: str, trusted: ssl.SSLContext | None = None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """`trusted` None: the roots of the system and of the web. `transport` instead of the network.

        Raises ValueError for an address that cannot be asked safely.
        """
        local = is_local(url)
        if trusted is None:  # to load the roots takes a tenth of a second, for nothing where nobody shows a certificate
            trusted = trust() if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._http = httpx.AsyncClient(
            base_url=url,
            verify=trusted,
            transport=transport,
            trust_env=not local,  # a proxy, where the system names one; TLS and pins hold through it
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx.Limits(keepalive_expiry=_KEPT_SECONDS),
            headers={"User-Agent": "changgu", "Accept-Encoding": "identity"},
        )

    async def ask(self, ask: Ask) -> Said:
        """Raises ServiceError: what the server's problem says, else UNREACHABLE (`detail`: pin, certificate, tls),
        TIMED_OUT or NONSENSE. Cancelling it gives the connection up."""
        try:
            async with asyncio.timeout(ask.seconds):
                return await self._twice(ask) if ask.operation.repeatable else await self._once(ask)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise ServiceError(Reason.TIMED_OUT) from error
        except httpx.RemoteProtocolError as error:
            raise ServiceError(Reason.UNREACHABLE if _ended(error) else Reason.NONSENSE) from error
        except httpx.TransportError as error:
            raise ServiceError(Reason.UNREACHABLE, detail=_tls_trouble(error)) from error

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _twice(self, ask: Ask) -> Said:
        """A kept connection may have been dropped just as it was taken up again: that is no failure of the server's."""
        try:
            return await self._once(ask)
        except (httpx.ReadError, httpx.WriteError):
            return await self._once(ask)
        except httpx.RemoteProtocolError as error:
            if not _ended(error):
                raise
            return await self._once(ask)

    async def _once(self, ask: Ask) -> Said:
        operation = ask.operation
        path, query = operation.path.removeprefix("/"), ask.query or None
        async with self._http.stream(
            operation.verb, path, content=ask.body or None, params=query, headers=dict(ask.headers)
        ) as response:
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            # An error status may carry a CMP error message; it is read like any other answer (RFC 9811, 3.3).
            if response.status_code >= 400 and not (operation.gives == kind == PKIXCMP):
                told = await _read(response, MAX_PROBLEM) if kind in {"application/problem+json", JSON} else b""
                wait, date = response.headers.get("retry-after"), response.headers.get("date")
                raise error_of(response.status_code, told, wait, date)
            if operation.empty and response.is_success:
                return Said(None)
            if operation.optional and response.status_code == httpx.codes.NO_CONTENT:
                return Said(None)
            if 300 <= response.status_code < 400 or kind != operation.gives:
                raise ServiceError(Reason.NONSENSE)
            return Said(await _read(response, operation.max_answer))


async def _read(response: httpx.Response, limit: int) -> bytes:
    """Raises ServiceError NONSENSE for more than `limit` bytes, and for what is packed, which was not asked for;
    UNREACHABLE where the answer breaks off."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise ServiceError(Reason.NONSENSE)
    answer = bytearray()
    try:
        async for part in response.aiter_raw():
            answer += part
            if len(answer) > limit:
                raise ServiceError(Reason.NONSENSE, detail="too_big")
    except httpx.RemoteProtocolError as error:
        raise ServiceError(Reason.UNREACHABLE) from error
    return bytes(answer)


def is_local(url: str) -> bool:
    """Whether this machine is meant. Raises ValueError for no HTTP address, and for plain HTTP that would leave it."""
    parsed = httpx.URL(url)
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.userinfo or parsed.query or parsed.fragment:
        raise ValueError("no address of a server")
    try:
        local = ipaddress.ip_address(parsed.host).is_loopback
    except ValueError:
        local = parsed.host == "localhost"
    if parsed.scheme == "http" and not local:
        raise ValueError("plain HTTP goes to this machine alone")
    return local


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _ended(error: httpx.RemoteProtocolError) -> bool:
    """Whether the connection ended where an answer was to begin: httpcore tells it from no HTTP by its words alone."""
    return "disconnected" in str(error)


def _tls_trouble(error: httpx.TransportError) -> str | None:
    for cause in _causes(error):
        if isinstance(cause, PinError):
            return "pin"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate"
        if isinstance(cause, ssl.SSLError):
            return "tls"
    return None
