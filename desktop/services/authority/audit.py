"""The audit trail: what happened when and how it ended, each row chained to the one before, nothing personal."""

from __future__ import annotations

import hmac
import struct
from collections.abc import Callable

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.connection import Connection
from desktop.services.authority.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, journey BLOB NOT NULL, event TEXT NOT NULL, reason TEXT NOT NULL,
    chain BLOB NOT NULL
);
CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are not changed'); END;
CREATE TRIGGER IF NOT EXISTS audit_is_kept BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are not deleted'); END;
"""
OK = "ok"


class Audit:
    """Rows under a keyed chain: who has the database alone can neither change one unseen nor tell whose it is."""

    def __init__(self, vault: Vault, clock: Callable[[], float]) -> None:
        self._vault, self._clock = vault, clock
        self._nobody = self._mark("")

    def write(self, cx: Connection, *, journey: str, event: str, reason: str = OK) -> None:
        """`event` and `reason` are codes; the journey's id is digested."""
        last = cx.execute("SELECT id, chain FROM audit ORDER BY id DESC LIMIT 1").fetchone()
        row = (self._clock(), self._mark(journey) if journey else self._nobody, event, reason)
        chain = self._link(last["chain"] if last else b"", *row)
        # Counted here: a database that hands numbers out skips those of what was undone.
        cx.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)", (last["id"] + 1 if last else 1, *row, chain))

    def verify_chain(self, cx: Connection) -> int:
        """The number of rows. Raises ServiceError STORE_CORRUPT when one was changed, moved or taken out."""
        chain, count = b"", 0
        for count, row in enumerate(cx.execute("SELECT * FROM audit ORDER BY id"), 1):
            chain = self._link(chain, row["at"], row["journey"], row["event"], row["reason"])
            if row["id"] != count or not hmac.compare_digest(chain, row["chain"]):
                raise ServiceError(Reason.STORE_CORRUPT, detail="audit")
        return count

    def _mark(self, journey: str) -> bytes:
        return self._vault.digest(journey.encode(), "audit-journey")[:16]

    def _link(self, before: bytes, at: float, journey: bytes, event: str, reason: str) -> bytes:
        parts = (before, struct.pack(">d", at), journey, event.encode(), reason.encode())
        return self._vault.digest(b"".join(struct.pack(">I", len(part)) + part for part in parts), "audit")
