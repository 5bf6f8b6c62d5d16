"""Whether this machine can run the program, line by line, with what to do about each line that fails."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from desktop.config import Settings

SPACE_NEEDED = 50 * 1024 * 1024  # bytes: the database, its WAL and the logs, with room
#: No certificate of ours was ever issued before; a clock that shows less was lost with a battery.
_BORN = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
_SKEW_SECONDS = 60.0
_SQLITE_MAGIC = b"SQLite format 3\x00"


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


#: Every sentence there is (`cli.doctor.<code>`), and how serious it is; unless OK it has a `<code>_remedy`.
STATES: Mapping[str, State] = {
    "python": State.OK,
    "python_other": State.WARN,
    "qt": State.OK,
    "qt_broken": State.FAIL,
    "display": State.OK,
    "no_display": State.WARN,
    "fonts": State.OK,
    "no_korean_font": State.FAIL,
    "folder": State.OK,
    "folder_refuses": State.FAIL,
    "folder_full": State.FAIL,
    "folder_in_use": State.WARN,
    "database": State.OK,
    "database_broken": State.FAIL,
    "backend": State.OK,
    "backend_unreachable": State.FAIL,
    "backend_certificate": State.FAIL,
    "clock": State.OK,
    "clock_wrong": State.FAIL,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, and the data of its sentence."""

    check: str
    code: str
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> State:
        return STATES[self.code]


Probe = Callable[[], dict[str, Any]]


def examine(
    settings: Settings, *, probe: Probe | None = None, now: Callable[[], float] = time.time
) -> Iterator[Finding]:
    """Every finding, in the order of the person's way: Python, Qt, display, fonts, folder, backend, clock.

    `probe` tells what Qt sees (see `look_at_qt`); by default a process of its own does, since Qt
    aborts the process that has no display.
    """
    yield _python()
    yield from _qt((probe or _probe)())
    yield from _folder(settings.data)
    skew = None
    if settings.backend:
        finding, skew = _backend(settings, settings.backend, now)
        yield finding
    yield _clock(now(), skew)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("python", "python" if good else "python_other", {"version": found})


def _qt(seen: Mapping[str, Any]) -> Iterator[Finding]:
    if "qt" not in seen:
        yield Finding("qt", "qt_broken", {"detail": str(seen.get("error", "?"))})
        return
    yield Finding("qt", "qt", {"version": str(seen["qt"])})
    if seen["display"]:
        yield Finding("display", "display", {"platform": str(seen["display"])})
    else:
        yield Finding("display", "no_display")
    if seen["font"]:
        yield Finding("fonts", "fonts", {"family": str(seen["font"])})
    else:
        yield Finding("fonts", "no_korean_font")


def _probe() -> dict[str, Any]:
    """`look_at_qt` in a process of its own: with the display, and offscreen when that died."""
    tail = ""
    for platform in ({}, {"QT_QPA_PLATFORM": "offscreen"}):
        command = [sys.executable, "-m", "desktop.doctor"]
        environ = {**os.environ, **platform, "PYTHONPATH": str(Path(__file__).parent.parent)}
        try:
            done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603 - our own interpreter
        except (OSError, subprocess.TimeoutExpired) as error:
            return {"error": type(error).__name__}
        if done.returncode == 0:
            seen: dict[str, Any] = json.loads(done.stdout)
            return seen
        tail = (done.stderr.strip().splitlines() or [""])[-1]
    return {"error": tail}


def look_at_qt() -> dict[str, Any]:
    """Qt's version, the display's platform ("" without one), and a font that draws Korean ("" when none does)."""
    from PySide6.QtCore import qVersion  # noqa: PLC0415 - the program at large starts without Qt
    from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QRawFont  # noqa: PLC0415 - as above

    application = QGuiApplication(["changgu-doctor"])
    platform = application.platformName()
    korean = QFontDatabase.WritingSystem.Korean
    faces = (f for f in QFontDatabase.families(korean) if not QFontDatabase.isPrivateFamily(f))
    whole = (
        f
        for f in sorted(faces, key=lambda f: "KR" not in f)
        if all(map(QRawFont.fromFont(QFont(f), korean).supportsCharacter, map(ord, "가인증서힣")))
    )
    return {
        "qt": qVersion(),
        "display": "" if platform in {"offscreen", "minimal"} else platform,
        "font": next(whole, ""),
    }


def _folder(data: Path) -> Iterator[Finding]:
    """The folder is made when missing, as the first journey would do."""
    where = {"path": str(data)}
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data) as file:
            file.write(b"changgu")
        free = shutil.disk_usage(data).free
    except OSError as error:
        yield Finding("folder", "folder_refuses", {**where, "detail": error.strerror or ""})
        return
    if free < SPACE_NEEDED:
        yield Finding("folder", "folder_full", {**where, "free": f"{free // 2**20}"})
    else:
        yield Finding("folder", "folder", {**where, "free": f"{free // 2**20}"})
    if _in_use(data):
        yield Finding("lock", "folder_in_use", where)
    for path in sorted(p for p in data.iterdir() if p.is_file()):
        yield from _database(path)


def _in_use(data: Path) -> bool:
    from filelock import FileLock, Timeout  # noqa: PLC0415 - for this command alone

    from desktop.services.authority.sqlite import LOCK_NAME  # noqa: PLC0415 - as above

    if not (data / LOCK_NAME).exists():
        return False
    lock = FileLock(data / LOCK_NAME, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False


def _database(path: Path) -> Iterator[Finding]:
    """Asks SQLite itself, reading only; yields nothing for a file that is no database."""
    try:
        with path.open("rb") as file:
            if file.read(len(_SQLITE_MAGIC)) != _SQLITE_MAGIC and path.suffix not in {".sqlite", ".db"}:
                return
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=1.0)
        try:
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except (OSError, sqlite3.Error) as error:
        answer = type(error).__name__
    if answer == "ok":
        yield Finding("database", "database", {"file": path.name})
    else:
        yield Finding("database", "database_broken", {"file": path.name})


def _backend(settings: Settings, url: str, now: Callable[[], float]) -> tuple[Finding, float | None]:
    """Any answer at all is reachability; its Date tells how far this machine's clock is off, in seconds."""
    import httpx  # noqa: PLC0415 - only with a backend

    from desktop.services.pins import trust  # noqa: PLC0415 - as above

    where = {"url": url}
    try:
        answer = httpx.head(url, timeout=5.0, verify=trust(pins=settings.backend_pins, roots=settings.backend_ca))
    except httpx.ConnectError as error:
        untrusted = any(word in str(error).upper() for word in ("CERTIFICATE", "PINNED"))
        return Finding("backend", "backend_certificate" if untrusted else "backend_unreachable", where), None
    except (httpx.HTTPError, OSError):  # or the roots cannot be read
        return Finding("backend", "backend_unreachable", where), None
    try:
        skew = now() - parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (KeyError, ValueError):
        skew = None
    return Finding("backend", "backend", where), skew


def _clock(now: float, skew: float | None) -> Finding:
    """One-time passwords and certificates live by the clock."""
    shown = {"now": datetime.fromtimestamp(now, UTC).astimezone().strftime("%Y-%m-%d %H:%M %Z")}
    if now < _BORN or (skew is not None and abs(skew) > _SKEW_SECONDS):
        return Finding("clock", "clock_wrong", shown)
    return Finding("clock", "clock", shown)


def as_json(findings: list[Finding]) -> str:
    return json.dumps([asdict(f) | {"state": f.state} for f in findings], ensure_ascii=False, indent=2)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(look_at_qt()))
