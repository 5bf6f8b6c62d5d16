"""One line of JSON for each request, with nothing in it that tells who asked, for whom, or what."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

#: A line goes here. The console and a file are alike to it.
Write = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Access:
    """`operation` is a name of the table and never the path, which holds the journey's handle. `size` of the answer."""

    id: str
    method: str
    operation: str
    status: int
    seconds: float
    size: int
    code: str = ""  # of the problem, where there was one


class AccessLog:
    """Of one server; a console that is gone costs lines and nothing else."""

    def __init__(self, write: Write, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._write, self._now = write, now

    def request(self, access: Access) -> None:
        row = {
            "event": "request",
            "id": access.id,
            "method": access.method,
            "operation": access.operation,
            "status": access.status,
            "ms": round(access.seconds * 1000, 1),
            "bytes": access.size,
        }
        self.event(row | ({"code": access.code} if access.code else {}))

    def failure(self, error: BaseException, request: str) -> None:
        """By its class alone: a message may quote what somebody sent."""
        self.event({"event": "failure", "id": request, "error": type(error).__name__})

    def event(self, row: dict[str, object]) -> None:
        at = self._now().astimezone(UTC).isoformat(timespec="milliseconds")
        self._write(json.dumps({"at": at} | row))


def to_stream(stream: TextIO) -> Write:
    def write(line: str) -> None:
        try:
            stream.write(f"{line}\n")
            stream.flush()
        except (OSError, ValueError):  # closed, or on a full disk
            return

    return write
