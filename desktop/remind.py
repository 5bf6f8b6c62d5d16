"""Tells which certificates expire soon: read from the data folder alone, offline, with the program closed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from desktop import schedule
from desktop.banks import Bank, load_banks
from desktop.config import Settings
from desktop.ics import bank_and_product, calendar
from desktop.known import KST, RENEWAL_DAYS, Known, KnownCertificates, State, state_of
from desktop.services.api import Renewal, Status
from desktop.shipped import shipped
from desktop.text import Text

#: How long after its end a certificate is still spoken of.
_GONE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Reminder:
    known: Known
    bank: Bank | None
    state: State

    def line(self, text: Text) -> str:
        """One line, and a second where it renews by itself."""
        names = bank_and_product(self.known, self.bank, text)
        said = text("remind.line", state=text(self.state.key, **self.state.data), **names)
        by_itself = self.known.renewal == Renewal.AUTOMATIC and self.state.days_left >= 0
        return f"{said}\n{text('remind.automatic')}" if by_itself else said

    def as_json(self) -> dict[str, object]:
        return {
            "bank": self.known.bank,
            "kind": self.known.kind.value,
            "serial_end": self.known.serial[-4:],
            "last_day": self.known.last_day.isoformat(),
            "days_left": self.state.days_left,
            "renewal": self.known.renewal.value,
            "state": self.state.key.rpartition(".")[2],
            "tasks": [task.value for task in self.state.tasks],
        }


def due(
    certificates: Sequence[Known], banks: Mapping[str, Bank], today: date, *, days: int | None = None
) -> tuple[Reminder, ...]:
    """Those that expire within `days`, or within what their bank allows for renewal; the soonest first.

    One that has expired is spoken of for a month more; a revoked one never.
    """
    found = []
    for known in certificates:
        bank = banks.get(known.bank)
        within = days if days is not None else bank.policies.renewal_days if bank else RENEWAL_DAYS
        state = state_of(known, today, bank)
        if known.status != Status.REVOKED and -_GONE_DAYS <= state.days_left <= within:
            found.append(Reminder(known, bank, state))
    return tuple(sorted(found, key=lambda reminder: reminder.state.days_left))


def next_notice(certificates: Sequence[Known], banks: Mapping[str, Bank], today: date) -> date | None:
    """The first day to come on which there will be something to say; None when there is nothing to wait for."""
    days = []
    for known in certificates:
        bank = banks.get(known.bank)
        first = known.last_day - timedelta(days=bank.policies.renewal_days if bank else RENEWAL_DAYS)
        if first > today and known.status == Status.GOOD:
            days.append(first)
    return min(days, default=None)


def notify(title: str, body: str, platform: str = sys.platform) -> None:
    """A notice on the desktop where the system has a command for it; without one the list is what there is."""
    if (command := notice(title, body, platform)) is None:
        return
    environ = {**os.environ, "CHANGGU_TITLE": title, "CHANGGU_BODY": body}
    try:
        subprocess.run(command, env=environ, capture_output=True, timeout=15, check=False)  # noqa: S603 - our own arguments
    except (OSError, subprocess.TimeoutExpired):
        return


def notice(title: str, body: str, platform: str) -> tuple[str, ...] | None:
    """The command that shows it. Words go as arguments or by the environment, never into a script."""
    match platform:
        case "linux":
            return ("notify-send", "--app-name=Changgu", "--icon=dialog-information", "--", title, body)
        case "darwin":
            script = ("on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run")
            return ("osascript", *(word for line in script for word in ("-e", line)), title, body)
        case "win32":
            return ("powershell", "-NoProfile", "-NonInteractive", "-Command", _BALLOON)
        case _:
            return None


_BALLOON = """
Add-Type -AssemblyName System.Windows.Forms, System.Drawing
$n = New-Object System.Windows.Forms.NotifyIcon
$n.Icon = [System.Drawing.SystemIcons]::Information
$n.Visible = $true
$n.ShowBalloonTip(10000, $env:CHANGGU_TITLE, $env:CHANGGU_BODY, 'Info')
Start-Sleep -Seconds 10
$n.Dispose()
"""


def run_remind(
    settings: Settings,
    text: Text,
    *,
    days: int | None = None,
    ics: Path | None = None,
    as_json: bool = False,
    notifying: bool = False,
    scheduling: str | None = None,
    now: datetime | None = None,
) -> int:
    """The command `changgu remind`; `scheduling` is install or uninstall. Returns 0, expiring or not; 1 when it failed.

    Raises ServiceError when the list of certificates cannot be read.
    """
    if scheduling is not None:
        return _schedule(settings, text, install=scheduling == "install")
    now = now or datetime.now(KST)
    certificates = KnownCertificates(settings.data).all()
    banks = load_banks(shipped("banks"))
    today = now.astimezone(KST).date()
    reminders = due(certificates, banks, today, days=days)
    if ics is not None and not _save(ics, certificates, banks, text, now):
        return 1
    if notifying and reminders:
        notify(text("remind.title"), "\n".join(reminder.line(text) for reminder in reminders))
    if as_json:
        print(json.dumps([reminder.as_json() for reminder in reminders], ensure_ascii=False, indent=2))
        return 0
    for reminder in reminders:
        print(reminder.line(text))
    if not reminders:
        print(text("remind.none"))
        if first := next_notice(certificates, banks, today):
            print(text("remind.next", day=f"{first:%Y.%m.%d}"))
    return 0


def _save(path: Path, certificates: Sequence[Known], banks: Mapping[str, Bank], text: Text, now: datetime) -> bool:
    """Only what can still be used goes into a calendar. Whole or not at all."""
    alive = [known for known in certificates if known.status in {Status.GOOD, Status.SUSPENDED}]
    alive = [known for known in alive if known.not_after > now.timestamp()]
    new = path.with_name(f"{path.name}.new")
    try:
        new.write_text(calendar(alive, banks, text, now=now), encoding="utf-8", newline="")
        new.replace(path)
    except OSError as error:
        detail = os.strerror(error.errno or 0)
        print(text("cli.remind.calendar_refused", path=path, detail=detail), file=sys.stderr)
        return False
    print(text("remind.calendar_saved", path=path, count=len(alive)), file=sys.stderr)
    return True


def _schedule(settings: Settings, text: Text, *, install: bool) -> int:
    try:
        wanted = schedule.plan(sys.platform, home=Path.home(), data=settings.data, language=settings.language)
        if not install:
            schedule.uninstall(wanted)
            print(text("remind.uninstalled"))
            return 0
        started = schedule.install(wanted)
    except schedule.ScheduleError as error:
        print(text(f"cli.remind.{error.code}", **error.data), file=sys.stderr)
        return 1
    files = "\n  ".join(str(unit.path) for unit in wanted.units)
    print(text("remind.installed" if started else "cli.remind.not_started", files=files))
    return 0
