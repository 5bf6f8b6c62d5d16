"""A bank's backend that differs from ours in everything that docs/backends.md leaves open to it."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: What a client looks at in a problem; the rest a bank may leave out, its own status among it.
TOLD = ("code", "field", "tries_left", "detail", "safe")
SLOW = 0.02


class Differing:
    """Stands around an application, and says what it says in another way."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: list[Message] = []

        async def holding(message: Message) -> None:
            held.append(message)

        await asyncio.sleep(SLOW)
        await self._application(scope, receive, holding)
        if not held:
            return
        start, body = held[0], b"".join(part.get("body", b"") for part in held[1:])
        headers = dict(start["headers"])
        kind = headers.pop(b"content-type", b"").decode()
        headers.pop(b"content-length", None)  # the length is told by chunks
        status, body = _said(scope, start["status"], kind, body)
        if b"retry-after" in headers:
            headers[b"retry-after"] = _date(float(headers[b"retry-after"])).encode()
        told = [*_shouted(headers), (b"Set-Cookie", b"node=7; Path=/"), (b"X-Bank", b"another")]
        if kind:
            told.append((b"CONTENT-TYPE", _kind(kind).encode()))
        await send({"type": "http.response.start", "status": status, "headers": told})
        for cut in (body[: len(body) // 2], body[len(body) // 2 :]):
            await send({"type": "http.response.body", "body": cut, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _said(scope: Scope, status: int, kind: str, body: bytes) -> tuple[int, bytes]:
    if kind == "application/problem+json":
        return _status(status), json.dumps({**_terse(json.loads(body)), "trace": ["a-7"]}).encode()
    if kind == "application/json":
        made = scope["method"] == "POST" and status == 200
        return 201 if made else status, json.dumps(_more(json.loads(body)), indent=2, ensure_ascii=True).encode()
    return status, body


def _status(status: int) -> int:
    """One of the same class: the code says what it is. 401 and 429 are for all that speak HTTP."""
    return status if status in {401, 429} else 400 if status < 500 else 500


def _terse(problem: dict[str, Any]) -> dict[str, Any]:
    """Without what the status, the header or nobody needs; in another order, and null for what there is not."""
    return {name: problem.get(name) for name in reversed(TOLD) if name != "safe"} | {"safe": problem.get("safe", False)}


def _more(value: Any) -> Any:
    """Fields that the client does not know, at every depth, and all in another order."""
    if isinstance(value, dict):
        known = {name: _more(part) for name, part in reversed(value.items())}
        return known if _is_mapping(value) else {"bankTrace": {"id": "a-7"}, **known, "zzz": None}
    return [_more(part) for part in value] if isinstance(value, list) else value


def _is_mapping(value: dict[str, Any]) -> bool:
    """The words of a message on the practice phone have names of their own: nothing is added to those."""
    return bool(value) and set(value) <= {"bank", "kind", "code", "shown", "task", "name", "minutes", "number"}


def _shouted(headers: dict[bytes, bytes]) -> Iterator[tuple[bytes, bytes]]:
    for name, value in headers.items():
        yield name.upper(), value


def _kind(kind: str) -> str:
    """A problem may come as any JSON."""
    plain = {"application/problem+json": "application/json"}.get(kind, kind)
    return f"{plain.title()} ; charset=UTF-8" if "json" in plain else plain


def _date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=math.ceil(seconds)), usegmt=True)
