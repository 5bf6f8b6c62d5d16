"""A client without manners: any header, any body, any pace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import httpx
import msgspec

from desktop.secret import Secret
from desktop.services.wire.operations import BY_NAME, bank_of
from desktop.services.wire.seal import Context
from tests.services.authority.desk import WHO, Clock
from tests.services.contract.offices import Door

JSON = {"Content-Type": "application/json"}
KIM = WHO["kim_uche"]
OPEN = {"bank": "epost", "kind": "financial", "task": "issue"}


@dataclass(frozen=True, slots=True)
class Counter:
    door: Door
    http: httpx.AsyncClient
    clock: Clock

    @classmethod
    @asynccontextmanager
    async def at(cls, door: Door, clock: Clock) -> AsyncIterator[Self]:
        async with httpx.AsyncClient(base_url=door.url, trust_env=False, timeout=30) as http:
            yield cls(door, http, clock)

    async def post(self, path: str, body: object = None, *, key: str | None = "key", **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        more = {"Idempotency-Key": key} if key is not None else {}
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(path, content=content, headers={**JSON, **more, **said})

    async def journey(self, key: str = "open") -> str:
        opened = await self.post("/v1/journeys", OPEN, key=key)
        return str(opened.json()["journey"])

    async def agreed(self) -> str:
        """A journey with the terms accepted."""
        journey = await self.journey()
        from tests.services.authority.offered import offered

        accepted = [[term.id, term.version] for term in offered()["epost"].terms]
        done = await self.post("/v1/journey/terms", {"accepted": accepted}, key="terms", **bearer(journey))
        assert 200 == done.status_code
        return journey

    def seal(self, text: str, journey: str, operation: str, field: str) -> str:
        secret, context = Secret.of(text), Context(bank_of(journey), journey, operation)
        return self.door.served.keys.sealing.seal(secret, context, field)

    def identity(self, journey: str, *, operation: str = "verify_identity", **given: str) -> dict[str, Any]:
        """Sealed for this journey and operation."""
        held = KIM.at[0]
        known = {"rrn": KIM.rrn, "account": held.account, "account_password": held.account_password, **given}
        return {"fields": {n: self.seal(text, journey, operation, f"fields.{n}") for n, text in known.items()}}


def bearer(journey: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {journey}"}


def problem(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and detail of what must be a problem."""
    assert "application/problem+json" == answer.headers["content-type"]
    told = answer.json()
    assert answer.status_code == told["status"]
    return answer.status_code, told["code"], told.get("detail")


def path_of(operation: str) -> str:
    return BY_NAME[operation].path


async def spoken(door: Door, *parts: bytes, within: float = 5.0) -> bytes:
    """What the server says to these bytes, sent one after another, until it ends the connection or `within` seconds."""
    host, port = door.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(within):
            return await reader.read()
    finally:
        writer.close()


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: here", *(f"{n}: {v}" for n, v in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


async def until(come: Callable[[], bool]) -> None:
    """What happens at the other end of a connection, on this very loop, says nothing when it is done."""
    async with asyncio.timeout(5):
        while not come():  # noqa: ASYNC110 - there is nobody to set an event
            await asyncio.sleep(0)
