"""One line for each request, with nothing in it that tells who asked, for whom, or what."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, TextIO, get_args

Level = Literal["info", "warning", "error"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
#: A line of JSON, or "2026-11-22T10:00:00.000+00:00 info request id=… status=200 …".
Form = Literal["json", "text"]
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
    """Of one server; a console that is gone costs lines and nothing else.

    `least` is the mildest level that is written; `worker` tells the processes of one server apart, 0 is the only one.
    """

    def __init__(
        self,
        write: Write,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        least: Level = "info",
        form: Form = "json",
        worker: int = 0,
    ) -> None:
        self._write, self._now, self._form, self._worker = write, now, form, worker
        self._least = LEVELS.index(least)

    def request(self, access: Access) -> None:
        row = {
            "id": access.id,
            "method": access.method,
            "operation": access.operation,
            "status": access.status,
            "ms": round(access.seconds * 1000, 1),
            "bytes": access.size,
        }
        level: Level = "error" if access.status >= 500 else "info"
        self._event(level, "request", row | ({"code": access.code} if access.code else {}))

    def failure(self, error: BaseException, request: str) -> None:
        """By its class alone: a message may quote what somebody sent."""
        self._event("error", "failure", {"id": request, "error": type(error).__name__})

    def event(self, name: str, level: Level = "info", /, **facts: object) -> None:
        """Something that happened to the server itself."""
        self._event(level, name, facts)

    def _event(self, level: Level, name: str, facts: dict[str, object]) -> None:
        if LEVELS.index(level) < self._least:
            return
        at = self._now().astimezone(UTC).isoformat(timespec="milliseconds")
        row = {"at": at, "level": level, "event": name, **({"worker": self._worker} if self._worker else {}), **facts}
        self._write(json.dumps(row) if self._form == "json" else " ".join(_plain(row)))


def _plain(row: dict[str, object]) -> Iterator[str]:
    yield f"{row['at']} {row['level']} {row['event']}"
    for name, value in row.items():
        if name not in {"at", "level", "event"}:
            yield f"{name}={json.dumps(value)}"


@contextmanager
def libraries_in(log: AccessLog) -> Iterator[None]:
    """What libraries write about themselves becomes a line as well, without its words: they may quote somebody."""
    root, handler = logging.getLogger(), _Libraries(log)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


class _Libraries(logging.Handler):
    def __init__(self, log: AccessLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        level: Level = "error" if record.levelno >= logging.ERROR else "warning"
        self._log.event("library", level, name=record.name, **({"error": error} if error else {}))


def to_stream(stream: TextIO) -> Write:
    def write(line: str) -> None:
        try:
            stream.write(f"{line}\n")
            stream.flush()
        except (OSError, ValueError):  # closed, or on a full disk
            return

    return write
