"""Leaves to fetch one certificate at the CMP door: reference number, authorization code, and what became of each."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from desktop.secret import Secret
from desktop.services.api import Enrol
from desktop.services.authority.ca import Naming
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.vault import Vault

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS enrolment (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    code BLOB,
    journey INTEGER NOT NULL REFERENCES journey (id),
    usage TEXT NOT NULL,
    credential TEXT NOT NULL,
    replace_elsewhere INTEGER NOT NULL,
    number INTEGER NOT NULL,
    named_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    wrong_codes INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'open',
    transaction_id BLOB UNIQUE,
    serial TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS enrolment_by_journey ON enrolment (journey);
CREATE INDEX IF NOT EXISTS enrolment_by_credential ON enrolment (credential);
CREATE INDEX IF NOT EXISTS enrolment_with_code ON enrolment (expires_at) WHERE code IS NOT NULL;
"""

REFERENCE_DIGITS: Final = 8
CODE_LENGTH: Final = 20
#: Without what looks alike: I and 1, O and 0.
CODE_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: Wrong codes until a reference number is void. A code has a hundred bits, so this only ends nonsense early.
CODE_TRIES: Final = 5


class State(StrEnum):
    OPEN = "open"  # nothing was asked for yet
    PENDING = "pending"  # a certificate was made, and is on hold until it is confirmed
    CONFIRMED = "confirmed"
    ENDED = "ended"  # superseded, refused or void


@dataclass(frozen=True, slots=True)
class Leave:
    """`journey` is a row id; `request` what the journey asked for, `serial` the certificate made so far.

    `code` is sealed.
    """

    id: int
    reference: str
    journey: int
    request: Enrol
    naming: Naming
    expires_at: float
    state: State
    serial: int | None
    code: bytes | None = field(repr=False)

    @property
    def has_code(self) -> bool:
        """Not once it has ended."""
        return self.code is not None and self.state != State.ENDED


class Enrolments:
    """A row is never deleted, so that no reference number is given twice; its code goes with the leave."""

    def __init__(self, vault: Vault, clock: Callable[[], float]) -> None:
        self._vault, self._clock = vault, clock

    def open(self, cx: Connection, journey: int, request: Enrol, naming: Naming, *, seconds: float) -> tuple[str, str]:
        """The reference number and the code, which is kept sealed alone."""
        reference = self._unused(cx)
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        cx.execute(
            "INSERT INTO enrolment (reference, code, journey, usage, credential, replace_elsewhere, number, named_at,"
            " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                reference,
                self._vault.seal(code.encode(), _context(reference)),
                journey,
                request.usage,
                request.credential_id,
                request.replace_elsewhere,
                naming.number,
                naming.at,
                self._clock() + seconds,
            ),
        )
        return reference, code

    def by_reference(self, cx: Connection, reference: str) -> Leave | None:
        """None for one that is not known or whose time is over; one that has ended is told by its state."""
        return self._find(cx, "reference = ?", reference)

    def by_transaction(self, cx: Connection, transaction: bytes) -> Leave | None:
        return self._find(cx, "transaction_id = ?", transaction)

    def for_renewal(self, cx: Connection, credential: str) -> Leave | None:
        """The latest leave to put another certificate in the place of this one."""
        return self._find(cx, "credential = ? AND state <> 'ended' ORDER BY id DESC LIMIT 1", credential)

    def of_journey(self, cx: Connection, journey: int) -> tuple[Leave, ...]:
        """Those open or pending, in time or not."""
        rows = cx.execute("SELECT * FROM enrolment WHERE journey = ? AND state IN ('open', 'pending')", (journey,))
        return tuple(map(_leave, rows))

    def code(self, leave: Leave) -> Secret | None:
        """For the caller to wipe; None once the leave has ended."""
        if leave.code is None or not leave.has_code:
            return None
        return Secret(self._vault.unseal(leave.code, _context(leave.reference)))

    def count_wrong_code(self, cx: Connection, leave: Leave) -> bool:
        """Whether that was one too many."""
        row = cx.execute(
            "UPDATE enrolment SET wrong_codes = wrong_codes + 1 WHERE id = ? RETURNING wrong_codes", (leave.id,)
        ).fetchone()
        return bool(row["wrong_codes"] >= CODE_TRIES)

    def pend(self, cx: Connection, leave: Leave, transaction: bytes, serial: int, state: State = State.PENDING) -> None:
        """A certificate was made with it, which is confirmed already or not."""
        cx.execute(
            "UPDATE enrolment SET state = ?, transaction_id = ?, serial = ? WHERE id = ?",
            (state.value, transaction, str(serial), leave.id),
        )

    def confirm(self, cx: Connection, leave: Leave) -> None:
        """The code stays until the leave's time is over, since the confirmation may be asked again."""
        cx.execute("UPDATE enrolment SET state = 'confirmed' WHERE id = ?", (leave.id,))

    def end(self, cx: Connection, leave: Leave) -> None:
        """Its code is good for nothing from here on. What is confirmed stays confirmed."""
        cx.execute(
            "UPDATE enrolment SET code = NULL, state = CASE state WHEN 'confirmed' THEN state ELSE 'ended' END"
            " WHERE id = ?",
            (leave.id,),
        )

    def forget_codes(self, cx: Connection) -> None:
        """Of leaves whose time is over."""
        cx.execute("UPDATE enrolment SET code = NULL WHERE expires_at <= ? AND code IS NOT NULL", (self._clock(),))

    def _find(self, cx: Connection, where: str, value: str | bytes) -> Leave | None:
        query = f"SELECT * FROM enrolment WHERE expires_at > ? AND {where}"  # noqa: S608 - one of the literals above
        row = cx.execute(query, (self._clock(), value)).fetchone()
        return _leave(row) if row else None

    def _unused(self, cx: Connection) -> str:
        while True:
            reference = f"{secrets.randbelow(10**REFERENCE_DIGITS):0{REFERENCE_DIGITS}}"
            if not cx.execute("SELECT 1 FROM enrolment WHERE reference = ?", (reference,)).fetchone():
                return reference


def _leave(row: Row) -> Leave:
    return Leave(
        id=row["id"],
        reference=row["reference"],
        journey=row["journey"],
        request=Enrol(row["usage"], row["credential"], bool(row["replace_elsewhere"])),
        naming=Naming(row["number"], row["named_at"]),
        expires_at=row["expires_at"],
        state=State(row["state"]),
        serial=int(row["serial"]) if row["serial"] else None,
        code=row["code"],
    )


def _context(reference: str) -> str:
    return f"enrolment:{reference}"
