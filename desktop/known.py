"""The certificates that this PC has seen issued or changed: enough to list and to remind, nothing to misuse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

import msgspec

from desktop.banks import Bank
from desktop.private_file import read_private, write_private
from desktop.services.api import Changed, Holding, Issued, Kind, Renewal, Status, Task

KST = timezone(timedelta(hours=9), "KST")
FILE_NAME = "certificates.json"
#: Where the profile of the bank is not at hand (requirements MG-02).
RENEWAL_DAYS = 30


class Where(StrEnum):
    """Where the key lies: the KFTC cloud, files or a token of the person's own, the phone."""

    CLOUD = "cloud"
    OWN = "own"
    PHONE = "phone"

    @classmethod
    def _missing_(cls, value: object) -> Where | None:
        """Lists of earlier versions say `store` of what is a file now."""
        return cls.OWN if value == "store" else None


_PLACES = {Kind.FINANCIAL: Where.CLOUD, Kind.JOINT: Where.OWN, Kind.MOBILE: Where.PHONE}


class Known(msgspec.Struct, frozen=True):
    """One certificate. Times are seconds since the epoch, UTC; the owner is masked as the service masked it."""

    bank: str
    kind: Kind
    serial: str  # decimal
    credential_id: str
    not_before: float
    not_after: float
    status: Status
    renewal: Renewal
    where: Where
    owner: str = ""
    usage: str = ""
    registered_at: tuple[str, ...] = ()
    held_until: float | None = None

    @property
    def last_day(self) -> date:
        """The last day of validity in Korea."""
        return korean_day(self.not_after)


class _File(msgspec.Struct, frozen=True):
    certificates: tuple[Known, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class State:
    """How a certificate stands: `key` of the words, `data` to fill them, days to the end, and what can be done now."""

    key: str
    data: Mapping[str, str]
    days_left: int
    tasks: tuple[Task, ...]
    urgent: bool = field(default=False)


class KnownCertificates:
    """The list in the data folder. With `keep` false (a kiosk) nothing is ever written and the list is empty."""

    def __init__(self, folder: Path, *, keep: bool = True) -> None:
        self._path = folder / FILE_NAME
        self._keep = keep

    def all(self) -> tuple[Known, ...]:
        """Soonest to expire first. Raises ServiceError when the file cannot be read."""
        found = read_private(self._path, _File) if self._keep else None
        return found.certificates if found else ()

    def remember(self, *subjects: Issued | Changed | Holding, instead_of: str = "") -> None:
        """Adds them, or brings what is known of them up to date.

        A new certificate under an old credential id takes that one's place; so it does for the credential
        `instead_of`, where the new one has an id of its own. Raises ServiceError when the disk refuses.
        """
        if not self._keep or not subjects:
            return
        known = {entry.serial: entry for entry in self.all() if entry.credential_id != (instead_of or None)}
        for subject in subjects:
            before = known.get(subject.serial)
            known = {s: e for s, e in known.items() if e.credential_id != (subject.credential_id or None)}
            known[subject.serial] = known_of(subject, before)
        self._write(known)

    def forget(self, serial: str) -> None:
        """Takes one off the list; the certificate itself is not touched. Raises ServiceError when the disk refuses."""
        known = {entry.serial: entry for entry in self.all()}
        if known.pop(serial, None):
            self._write(known)

    def _write(self, known: Mapping[str, Known]) -> None:
        ordered = sorted(known.values(), key=lambda entry: (entry.not_after, entry.serial))
        write_private(self._path, _File(tuple(ordered)))


def known_of(subject: Issued | Changed | Holding, before: Known | None = None) -> Known:
    """Each answer tells a part; what it does not tell stays as it was known."""
    known = before or Known(
        bank=subject.bank,
        kind=subject.kind,
        serial=subject.serial,
        credential_id=subject.credential_id,
        not_before=subject.not_before,
        not_after=subject.not_after,
        status=Status.GOOD,
        renewal=Renewal.CHECK,
        where=_PLACES[subject.kind],
    )
    told: dict[str, object] = {"owner": subject.owner, "credential_id": subject.credential_id}
    match subject:
        case Issued():
            told |= {"status": Status.GOOD, "renewal": subject.renewal, "usage": subject.usage, "held_until": None}
        case Changed():
            told |= {"status": subject.status, "held_until": subject.held_until}
        case Holding():
            told |= {"status": subject.status, "renewal": subject.renewal, "usage": subject.usage}
            told |= {"registered_at": subject.registered_at, "held_until": subject.held_until}
    return msgspec.structs.replace(known, **told)


def korean_day(seconds: float) -> date:
    return datetime.fromtimestamp(seconds, KST).date()


def state_of(known: Known, today: date, bank: Bank | None = None) -> State:
    """How it stands on a day in Korea, in words' keys (`known.state.*`), and which tasks its bank offers for it now.

    Without the bank's profile no task is offered. Renewal begins `renewal_days` before the last day, by the calendar.
    """
    days = (known.last_day - today).days
    status = Status.EXPIRED if known.status in {Status.GOOD, Status.SUSPENDED} and days < 0 else known.status
    window = bank.policies.renewal_days if bank else RENEWAL_DAYS
    soon = status == Status.GOOD and days <= window
    offered = {j.task for j in bank.journeys if j.kind == known.kind} if bank else set()
    tasks = tuple(task for task in _possible(status, soon=soon) if task in offered)
    data = {"days": str(abs(days)), "last_day": f"{known.last_day:%Y.%m.%d}"}
    if status != Status.GOOD:
        key = status.value
        if status == Status.SUSPENDED and known.held_until is not None:
            key, data["until"] = "suspended_until", f"{korean_day(known.held_until):%Y.%m.%d}"
    elif known.last_day > today and korean_day(known.not_before) > today:
        key, data["first_day"] = "not_yet", f"{korean_day(known.not_before):%Y.%m.%d}"
    elif soon:
        when = {0: "today", 1: "tomorrow"}.get(days, "soon")
        how = known.renewal.value if Task.RENEW in tasks or known.renewal == Renewal.AUTOMATIC else "no_renewal"
        key = f"{when}_{how}"
    else:
        key = "good"
    return State(f"known.state.{key}", data, days, tasks, urgent=soon or status == Status.EXPIRED)


def _possible(status: Status, *, soon: bool) -> tuple[Task, ...]:
    """What can be done with a certificate in that state, the likeliest first."""
    match status:
        case Status.GOOD:
            first = (Task.RENEW,) if soon else ()
            return (*first, Task.REISSUE, Task.PIN, Task.DEVICES, Task.SUSPEND, Task.REVOKE, Task.LOSS)
        case Status.SUSPENDED:
            return (Task.RESUME, Task.REVOKE, Task.LOSS)
        case Status.EXPIRED:
            return (Task.REISSUE, Task.ISSUE)
        case Status.REVOKED:
            return (Task.ISSUE,)
