"""The CA's ledger, line by line: each certificate it issued, and what was decided of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.x509 import ReasonFlags

from desktop.services.api import Status
from desktop.services.authority.connection import Connection, Row


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `status` is what was decided; whether it has expired is not looked at."""

    serial: int
    certificate: bytes = field(repr=False)
    not_after: int
    status: Status
    reason: ReasonFlags | None
    changed_at: int | None
    held_until: int | None = None


def find(cx: Connection, serial: int) -> Entry | None:
    row = cx.execute("SELECT * FROM ca_certificates WHERE serial = ?", (str(serial),)).fetchone()
    return entry(row) if row else None


def entry(row: Row) -> Entry:
    return Entry(
        serial=int(row["serial"]),
        certificate=row["certificate"],
        not_after=row["not_after"],
        status=Status(row["status"]),
        reason=ReasonFlags[row["reason"]] if row["reason"] else None,
        changed_at=row["changed_at"],
        held_until=row["held_until"],
    )
