"""Certificates ordered from a CA outside: how far each order is, and what that CA has still to be told."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509 import ReasonFlags

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.cloud import PreparedKey
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.keys import check_rsa
from desktop.services.authority.vault import Vault
from desktop.services.authority.wrapping import WrappedKey

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS ca_order (
    id INTEGER PRIMARY KEY AUTOINCREMENT, journey INTEGER NOT NULL UNIQUE, call TEXT NOT NULL, held_until REAL NOT NULL,
    at REAL NOT NULL, state TEXT NOT NULL, prepared BLOB, certificate BLOB
);
CREATE TABLE IF NOT EXISTS ca_duty (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, certificate BLOB NOT NULL, reason TEXT NOT NULL,
    next_at REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS outside_issuer (
    certificate BLOB PRIMARY KEY
);
"""
#: How long a call has its order for itself (seconds): longer than a CA is waited for.
HELD: Final = 300.0
#: After this no journey lives that could still be given what was ordered for it.
FORSAKEN: Final = 7200.0
LEASE: Final = 120.0
_LONGEST_PAUSE: Final = 300.0


class State(StrEnum):
    OPEN = "open"
    STORED = "stored"  # the certificate is here, and the CA may not have heard of it
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Order:
    id: int
    state: State
    prepared: PreparedKey | None = field(repr=False)
    certificate: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Duty:
    """A revocation (or a hold, or its end) that the CA has still to hear of."""

    id: int
    key: str
    certificate: bytes = field(repr=False)
    reason: ReasonFlags
    tries: int


class Orders:
    """One order a journey, kept by the call that began it; another call takes its place when that one has let go."""

    def __init__(self, vault: Vault, clock: Callable[[], float]) -> None:
        self._vault, self._clock = vault, clock

    def begin(self, cx: Connection, journey: int, call: str) -> int:
        """The order's row id. Raises STORE_BUSY while another call is about it."""
        row = cx.execute("SELECT * FROM ca_order WHERE journey = ?", (journey,)).fetchone()
        now = self._clock()
        if row is not None:
            if row["held_until"] > now:
                raise ServiceError(Reason.STORE_BUSY, retry_after=row["held_until"] - now)
            self._end(cx, row)
        made = cx.execute(
            "INSERT INTO ca_order (journey, call, held_until, at, state) VALUES (?, ?, ?, ?, ?) RETURNING id",
            (journey, call, now + HELD, now, State.OPEN.value),
        ).fetchone()
        order: int = made["id"]
        return order

    def hold(self, cx: Connection, order: int, call: str) -> Order | None:
        """The order as it stands, for the call that began it; None when another has taken its place."""
        row = cx.execute(
            "UPDATE ca_order SET held_until = ? WHERE id = ? AND call = ? RETURNING *",
            (self._clock() + HELD, order, call),
        ).fetchone()
        if row is None:
            return None
        prepared = self._opened(row) if row["prepared"] else None
        return Order(row["id"], State(row["state"]), prepared, row["certificate"])

    def let_go(self, cx: Connection, order: int) -> None:
        cx.execute("UPDATE ca_order SET held_until = 0 WHERE id = ?", (order,))

    def prepare(self, cx: Connection, order: int, key: PreparedKey) -> None:
        """The key is kept, under its PIN, before anybody is asked to certify it."""
        public = key.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        sealed = self._vault.seal(msgspec.msgpack.encode((public, key.random, key.record)), _context(order))
        cx.execute("UPDATE ca_order SET prepared = ? WHERE id = ?", (sealed, order))

    def store(self, cx: Connection, order: int, certificate: bytes | None, state: State) -> None:
        """Raises STORE_BUSY where another call has taken the order's place: then nobody wants this certificate."""
        found = cx.execute(
            "UPDATE ca_order SET certificate = ?, state = ? WHERE id = ? RETURNING id",
            (certificate, state.value, order),
        ).fetchone()
        if found is None:
            raise ServiceError(Reason.STORE_BUSY)

    def end(self, cx: Connection, order: int, *, delivered: bool) -> None:
        """What was made and not delivered is revoked."""
        row = cx.execute("SELECT * FROM ca_order WHERE id = ?", (order,)).fetchone()
        if row is not None and delivered:
            cx.execute("DELETE FROM ca_order WHERE id = ?", (order,))
        elif row is not None:
            self._end(cx, row)

    def end_forsaken(self, cx: Connection) -> None:
        """Those that nobody came back for."""
        since = self._clock() - FORSAKEN
        for row in cx.execute("SELECT * FROM ca_order WHERE at < ?", (since,)).fetchall():
            self._end(cx, row)

    # ── What the CA has to be told ──

    def tell(self, cx: Connection, certificate: bytes, reason: ReasonFlags) -> None:
        """In the order in which it is decided here."""
        cx.execute(
            "INSERT INTO ca_duty (key, certificate, reason, next_at) VALUES (?, ?, ?, ?)",
            (secrets.token_hex(16), certificate, reason.name, self._clock()),
        )

    def waiting(self, cx: Connection) -> bool:
        now = self._clock()
        row = cx.execute(
            "SELECT 1 FROM ca_duty WHERE next_at <= ? UNION ALL SELECT 1 FROM ca_order WHERE at < ?",
            (now, now - FORSAKEN),
        ).fetchone()
        return row is not None

    def take(self, cx: Connection) -> Duty | None:
        """The next one, for who asks alone until the lease is over. One certificate's come one after another."""
        row = cx.execute(
            "SELECT * FROM ca_duty WHERE next_at <= ? AND id = (SELECT min(other.id) FROM ca_duty AS other"
            " WHERE other.certificate = ca_duty.certificate) ORDER BY next_at LIMIT 1",
            (self._clock(),),
        ).fetchone()
        if row is None:
            return None
        cx.execute("UPDATE ca_duty SET next_at = ? WHERE id = ?", (self._clock() + LEASE, row["id"]))
        return Duty(row["id"], row["key"], row["certificate"], ReasonFlags[row["reason"]], row["tries"])

    def told(self, cx: Connection, duty: Duty) -> None:
        cx.execute("DELETE FROM ca_duty WHERE id = ?", (duty.id,))

    def later(self, cx: Connection, duty: Duty) -> None:
        pause = min(2.0 ** min(duty.tries, 10), _LONGEST_PAUSE)
        cx.execute("UPDATE ca_duty SET tries = tries + 1, next_at = ? WHERE id = ?", (self._clock() + pause, duty.id))

    def _end(self, cx: Connection, row: Row) -> None:
        if row["certificate"]:
            self.tell(cx, row["certificate"], ReasonFlags.cessation_of_operation)
        cx.execute("DELETE FROM ca_order WHERE id = ?", (row["id"],))

    def _opened(self, row: Row) -> PreparedKey:
        plain = self._vault.unseal(row["prepared"], _context(row["id"]))
        public, random, record = msgspec.msgpack.decode(plain, type=tuple[bytes, bytes, WrappedKey])
        return PreparedKey(check_rsa(load_der_public_key(public)), random, record)


def _context(order: int) -> str:
    return f"ca-order:{order}"
