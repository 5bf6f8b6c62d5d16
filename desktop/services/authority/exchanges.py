"""Exchanges at the CMP door: where each transaction stands, so that a message that comes again has no second effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from desktop.services.authority.connection import Connection
from desktop.services.authority.shelf import Shelf
from desktop.services.cmp.registrar import Exchange

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS cmp_exchange (
    id BLOB PRIMARY KEY,
    sealed BLOB NOT NULL,
    at REAL NOT NULL
) STRICT;
"""
#: Longer than any leave lasts.
KEPT_SECONDS: Final = 86_400.0


class Exchanges:
    """Kept sealed: an answer names a person."""

    def __init__(self, shelf: Shelf, clock: Callable[[], float]) -> None:
        self._shelf, self._clock = shelf, clock

    def find(self, cx: Connection, transaction: bytes) -> Exchange | None:
        row = cx.execute("SELECT sealed FROM cmp_exchange WHERE id = ?", (transaction,)).fetchone()
        if row is None:
            return None
        return msgspec.msgpack.decode(self._shelf.unseal(row["sealed"], _context(transaction)), type=Exchange)

    def keep(self, cx: Connection, exchange: Exchange) -> None:
        sealed = self._shelf.seal(msgspec.msgpack.encode(exchange), _context(exchange.transaction))
        values = (exchange.transaction, sealed, self._clock())
        cx.execute(
            "INSERT INTO cmp_exchange VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, at = excluded.at",
            values,
        )

    def forget_old(self, cx: Connection) -> None:
        cx.execute("DELETE FROM cmp_exchange WHERE at < ?", (self._clock() - KEPT_SECONDS,))


def _context(transaction: bytes) -> str:
    return f"exchange:{transaction.hex()}"
