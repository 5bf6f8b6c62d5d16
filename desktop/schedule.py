"""Has the system look for expiring certificates once a day: a systemd timer, a launchd agent or a Windows task."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from desktop.shipped import shipped

LABEL = "kr.changgu.remind"
TASK = r"Changgu\Remind"
#: Runs a program and returns its exit code; -1 when there is no such program.
Run = Callable[[Sequence[str]], int]


class ScheduleError(Exception):
    """It cannot be set up. `code` names the words (`cli.remind.<code>`), `data` fills them."""

    def __init__(self, code: str, **data: str) -> None:
        super().__init__(code)
        self.code, self.data = code, data


@dataclass(frozen=True, slots=True)
class Unit:
    """A file for the system's scheduler."""

    path: Path
    content: str
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write, and what to tell the scheduler afterwards; `stop` comes before the files are removed."""

    units: tuple[Unit, ...]
    start: tuple[tuple[str, ...], ...]
    stop: tuple[tuple[str, ...], ...]


def plan(platform: str, *, home: Path, data: Path, language: str, executable: str = sys.executable) -> Plan:
    """`platform` as in sys.platform, `home` the person's folder. Raises ScheduleError `unsupported`."""
    command = [executable, "-m", "desktop", "remind", "--notify", "--data", str(data), "--lang", language]
    if getattr(sys, "frozen", False):
        command = [executable, *command[3:]]
    match platform:
        case "linux":
            return _systemd(home, command)
        case "darwin":
            return _launchd(home, command)
        case "win32":
            return _windows(data, command)
        case _:
            raise ScheduleError("unsupported", platform=platform)


def install(wanted: Plan, run: Run | None = None) -> bool:
    """Writes the files and starts the schedule; False when the files are there but the scheduler would not start.

    Raises ScheduleError `refused` when a file cannot be written.
    """
    run = run or _run
    for unit in wanted.units:
        try:
            unit.path.parent.mkdir(parents=True, exist_ok=True)
            unit.path.write_text(unit.content, encoding=unit.encoding, newline="\n")
        except OSError as error:
            raise ScheduleError("refused", path=str(unit.path), detail=os.strerror(error.errno or 0)) from error
    for command in wanted.stop:  # one set up before keeps its old command; that there is none is no fault
        run(command)
    return all(run(command) == 0 for command in wanted.start)


def uninstall(wanted: Plan, run: Run | None = None) -> None:
    """Stops the schedule and removes the files; that there was none is no fault. Raises ScheduleError `refused`."""
    run = run or _run
    for command in wanted.stop:
        run(command)
    for unit in wanted.units:
        try:
            unit.path.unlink(missing_ok=True)
        except OSError as error:
            raise ScheduleError("refused", path=str(unit.path), detail=os.strerror(error.errno or 0)) from error


def _run(command: Sequence[str]) -> int:
    try:
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)  # noqa: S603 - our own arguments
    except (OSError, subprocess.TimeoutExpired):
        return -1
    return done.returncode


def _template(name: str, **data: str) -> str:
    content = shipped("units", name).read_text(encoding="utf-8")
    for key, value in data.items():
        content = content.replace(f"@{key}@", value)
    return content


def _systemd(home: Path, command: Sequence[str]) -> Plan:
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "systemd" / "user"
    names = ("changgu-remind.service", "changgu-remind.timer")
    line = " ".join(map(_systemd_quoted, command))
    units = tuple(Unit(folder / name, _template(name, command=line)) for name in names)
    start = (("systemctl", "--user", "daemon-reload"), ("systemctl", "--user", "enable", "--now", names[1]))
    return Plan(units, start, (("systemctl", "--user", "disable", "--now", names[1]),))


def _systemd_quoted(word: str) -> str:
    """systemd.syntax(7) and systemd.service(5): in quotes, with its own characters doubled or escaped."""
    for mark, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(mark, written)
    return f'"{word}"'


def _launchd(home: Path, command: Sequence[str]) -> Plan:
    path = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    words = "\n".join(f"    <string>{escape(word)}</string>" for word in command)
    unit = Unit(path, _template(f"{LABEL}.plist", label=LABEL, command=words))
    owner = f"gui/{os.getuid()}" if sys.platform != "win32" else "gui"
    start = ("launchctl", "bootstrap", owner, str(path))
    return Plan((unit,), (start,), (("launchctl", "bootout", f"{owner}/{LABEL}"),))


def _windows(data: Path, command: Sequence[str]) -> Plan:
    path = data / "changgu-remind.xml"
    program, *words = command
    arguments = escape(subprocess.list2cmdline(words))
    # schtasks reads UTF-16 alone.
    unit = Unit(path, _template("changgu-remind.xml", program=escape(program), arguments=arguments), "utf-16")
    start = ("schtasks", "/Create", "/TN", TASK, "/XML", str(path), "/F")
    return Plan((unit,), (start,), (("schtasks", "/Delete", "/TN", TASK, "/F"),))
