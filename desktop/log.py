"""What may be written down about a run: events and values from an allow-list, so that nothing personal gets out."""

from __future__ import annotations

import json
import logging
import os
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Protocol

REDACTED = "<redacted>"
FILE_NAME = "changgu.log"
_FILE_BYTES = 512 * 1024
_OLD_FILES = 3

_WORD = re.compile(r"[a-z][a-z_]{0,39}(\.[a-z_]{1,40})?")
_CLASS = re.compile(r"[A-Z][A-Za-z]{0,59}")
_VERSION = re.compile(r"\d{1,4}(\.\d{1,3}){1,3}([a-z]{1,3}\d{0,2})?")
_PLACE = re.compile(r"[a-z_]{1,40}\.py:\d{1,5}")


def _text(pattern: re.Pattern[str]) -> Callable[[object], object]:
    def check(value: object) -> object:
        return str(value) if isinstance(value, str) and pattern.fullmatch(value) else REDACTED

    return check


def _count(value: object) -> object:
    """Four digits at most: no code, PIN or number of a person hides in a count."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 9999 else REDACTED


def _seconds(value: object) -> object:
    return round(value, 3) if isinstance(value, float) and 0 <= value < 86400 else REDACTED


def _flag(value: object) -> object:
    return value if isinstance(value, bool) else REDACTED


#: Every key that may carry a value, and what a value must look like to be written.
ALLOWED: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(("bank", "kind", "task", "step", "effect", "reason", "end", "field", "check"), _text(_WORD)),
    **dict.fromkeys(("command", "language", "mode", "system"), _text(_WORD)),
    **dict.fromkeys(("program", "python", "qt"), _text(_VERSION)),
    **dict.fromkeys(("stage", "attempt", "tries_left", "count", "code", "line"), _count),
    **dict.fromkeys(("seconds", "retry_after"), _seconds),
    **dict.fromkeys(("practice", "resumed", "retry", "ok"), _flag),
    "error": _text(_CLASS),
    "place": _text(_PLACE),
}


class Log(Protocol):
    """Anything that takes events; what writes them is chosen where the program is put together."""

    def event(self, name: str, /, **values: object) -> None:
        """Values under an unknown key, or that do not look as the key wants, become `<redacted>`."""
        ...

    def failure(self, error: BaseException) -> None:
        """An error by its class and our line that raised it; never its message, which may quote a person's data."""
        ...


def line_of(name: str, values: Mapping[str, object], at: datetime) -> str:
    """One event as a line of JSON, in the order given. An unknown key shows as `other`: a key can tell, too."""
    row: dict[str, object] = {"at": at.astimezone(UTC).isoformat(timespec="milliseconds")}
    row["event"] = _text(_WORD)(name)
    for key, value in values.items():
        if key in ALLOWED:
            row[key] = ALLOWED[key](value)
        else:
            row["other"] = REDACTED
    return json.dumps(row, ensure_ascii=True)


class NoLog:
    """For tests and for folders that cannot be written: a program that cannot log still works."""

    def event(self, name: str, /, **values: object) -> None:
        """Forgets it."""

    def failure(self, error: BaseException) -> None:
        """Forgets it."""

    def close(self) -> None:
        """There is nothing to close."""


class FileLog:
    """Lines in `<folder>/changgu.log`, private to its owner, rotated at 512 kB with three old files kept."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Raises OSError when the file cannot be opened."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._now = now
        self._file = _PrivateFile(folder / FILE_NAME)

    def event(self, name: str, /, **values: object) -> None:
        self._file.handle(logging.makeLogRecord({"msg": line_of(name, values, self._now())}))

    def failure(self, error: BaseException) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        package = str(Path(__file__).parent)
        ours = [f for f in frames if f.filename.startswith(package)] or frames
        place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
        self.event("failure", error=type(error).__name__, place=place)

    def close(self) -> None:
        with suppress(OSError):  # a full disk, again
            self._file.close()


@contextmanager
def open_log(folder: Path) -> Iterator[Log]:
    """The log of a data folder; none when the folder refuses, which `doctor` and the store report better."""
    try:
        log = FileLog(folder)
    except OSError:
        yield NoLog()
        return
    try:
        yield log
    finally:
        log.close()


class _PrivateFile(RotatingFileHandler):
    """A rotating file that only its owner can read; a full disk costs lines, never the journey."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8")

    def handleError(self, record: logging.LogRecord) -> None:
        """The library would print the line and the traceback; neither helps the person at the window."""
