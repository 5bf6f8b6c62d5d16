"""Certificates as calendar entries (RFC 5545): the last day, and alarms a month, a week and a day before."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from desktop.banks import Bank
from desktop.known import RENEWAL_DAYS, Known
from desktop.text import Text

#: Days before the last one on which the calendar rings, at nine in the morning.
ALARM_DAYS = (30, 7, 1)
_MORNING_HOURS = 9
_LINE_OCTETS = 75
#: Makes an entry's id from what never changes, without giving the serial away.
_NAMESPACE = uuid.UUID("b7b5b3d2-4f0c-5d0b-9a53-5c1ad7b9f3a1")


def calendar(certificates: Iterable[Known], banks: Mapping[str, Bank], text: Text, *, now: datetime) -> str:
    """A whole VCALENDAR, lines ended by CRLF. Importing it again replaces the entries instead of doubling them."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Changgu//certificates//KO", "CALSCALE:GREGORIAN"]
    for known in certificates:
        lines += _event(known, banks.get(known.bank), text, now)
    return "".join(f"{_folded(line)}\r\n" for line in (*lines, "END:VCALENDAR"))


def uid(known: Known) -> str:
    """The same for a certificate on every computer and in every language."""
    return f"{uuid.uuid5(_NAMESPACE, f'{known.bank}/{known.kind}/{known.serial}')}@changgu"


def _event(known: Known, bank: Bank | None, text: Text, now: datetime) -> list[str]:
    names = bank_and_product(known, bank, text)
    days = bank.policies.renewal_days if bank else RENEWAL_DAYS
    renew_from = _day(known.last_day - timedelta(days=days))
    told = [
        text(f"remind.calendar.{known.renewal}", renew_from=renew_from),
        text("remind.calendar.after", last_day=_day(known.last_day)),
    ]
    if bank is not None:
        told.append(text("remind.calendar.centre", bank=names["bank"], phone=bank.centre.phone))
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid(known)}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{known.last_day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{known.last_day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(text('remind.calendar.summary', **names))}",
        f"DESCRIPTION:{_escaped(chr(10).join(told))}",
        "TRANSP:TRANSPARENT",
        "CLASS:PRIVATE",
    ]
    for before in ALARM_DAYS:
        words = _escaped(text("remind.calendar.alarm", days=before, **names))
        # The day begins at midnight; an alarm that rang then would wake people.
        trigger = f"-P{before - 1}DT{24 - _MORNING_HOURS}H" if before > 1 else f"-PT{24 - _MORNING_HOURS}H"
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:{trigger}", f"DESCRIPTION:{words}", "END:VALARM"]
    return [*lines, "END:VEVENT"]


def bank_and_product(known: Known, bank: Bank | None, text: Text) -> dict[str, str]:
    """Names to fill words with; the ids where the bank's profile is gone."""
    product = next((p.name[text.language] for p in bank.products if p.kind == known.kind), None) if bank else None
    return {"bank": bank.name[text.language] if bank else known.bank, "product": product or known.kind.value}


def _day(day: date) -> str:
    return f"{day:%Y.%m.%d}"


def _escaped(text: str) -> str:
    """RFC 5545, 3.3.11."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines of at most 75 octets, never cut inside a character (RFC 5545, 3.1)."""
    parts, part, size = [], "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _LINE_OCTETS:
            parts.append(part)
            part, size = " ", 1
        part += character
        size += width
    return "\r\n".join((*parts, part))
