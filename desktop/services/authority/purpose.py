"""What a store is for: practice with made-up people, or real customers. It never changes."""

from __future__ import annotations

from typing import Final

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.connection import Connection

SCHEMA: Final = "CREATE TABLE IF NOT EXISTS purpose (practice INTEGER NOT NULL)"


def settle(cx: Connection, *, practice: bool, older: bool) -> None:
    """Writes it into a new store. `older`: it was made before this was written down, and then for practice.

    Raises ServiceError OTHER_PURPOSE: made-up people and real customers do not share a store.
    """
    row = cx.execute("SELECT practice FROM purpose").fetchone()
    if row is None:
        cx.execute("INSERT INTO purpose VALUES (?)", (practice or older,))
    if bool(row["practice"] if row else practice or older) != practice:
        raise ServiceError(Reason.OTHER_PURPOSE)
