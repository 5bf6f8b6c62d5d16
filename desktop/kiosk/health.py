"""Whether the kiosk is well, for the branch's monitoring: a file or a port, and nothing of any person in it."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from desktop import __version__
from desktop.kiosk.config import Health as HealthConfig

#: How often it is told that the kiosk still lives (seconds); what is older by far has stopped.
BEAT = 10.0


@dataclass(slots=True)
class Health:
    """`state`: starting, waiting, in_use or closed. Counts since the start. `clock` is seconds since the epoch."""

    kiosk: str
    clock: Callable[[], float] = time.time
    state: str = "starting"
    visits: int = 0
    receipts_failed: int = 0
    calls_failed: int = 0
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def told(self) -> bytes:
        now = self.clock()
        said = {
            "kiosk": self.kiosk,
            "version": __version__,
            "state": self.state,
            "at": round(now),
            "up_seconds": round(now - self._began),
            "visits": self.visits,
            "receipts_failed": self.receipts_failed,
            "calls_failed": self.calls_failed,
        }
        return json.dumps(said).encode() + b"\n"


async def tell_health(health: Health, config: HealthConfig, *, beat: float = BEAT) -> None:
    """Until it is cancelled. A file that cannot be written, or a port that is taken, is no reason to stop serving."""
    server = None
    if config.port is not None:
        with suppress(OSError):
            server = await asyncio.start_server(lambda r, w: _answer(health, r, w), "127.0.0.1", config.port)
    try:
        while True:
            if config.file:
                with suppress(OSError):
                    await asyncio.to_thread(_write, Path(config.file), health.told())
            await asyncio.sleep(beat)
    finally:
        if server is not None:
            server.close()
            await server.wait_closed()


async def _answer(health: Health, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The same to whatever is asked; the question is read to its end so that nobody is cut off."""
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        async with asyncio.timeout(2):
            await reader.readuntil(b"\r\n\r\n")
            body = health.told()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"Cache-Control: no-store\r\nConnection: close\r\n\r\n" + body)
            await writer.drain()
    writer.close()


def _write(path: Path, told: bytes) -> None:
    new = path.with_name(path.name + ".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(told)
    new.replace(path)
