"""Messages to telephones: written with what they are about, sent after the commit, at least once, under one key."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Final

from desktop.services.api import UNCERTAIN, Reason, ServiceError
from desktop.services.authority.connection import Connection
from desktop.services.authority.idempotency import PASSING
from desktop.services.authority.phone import Phone
from desktop.services.authority.store import Store
from desktop.services.hooks.gateway import Dispatch, Gateway

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS outbox (
    event INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, next_at REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    sent_at REAL
);
CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (next_at) WHERE sent_at IS NULL;
"""
#: How long who took a message has it for itself (seconds): longer than a gateway may take.
LEASE: Final = 60.0
AT_ONCE: Final = 8
_LONGEST_PAUSE: Final = 30.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    event: int
    key: str
    tries: int
    dispatch: Dispatch = field(repr=False)


class Outbox:
    """Rows beside those of the phone. One is sent while its code is the latest of its journey, and not expired."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def put(self, cx: Connection, event: int) -> None:
        values = (event, secrets.token_hex(16), self._clock())
        cx.execute("INSERT INTO outbox (event, key, next_at) VALUES (?, ?, ?)", values)

    def waiting(self, cx: Connection) -> bool:
        row = cx.execute("SELECT 1 FROM outbox WHERE sent_at IS NULL AND next_at <= ?", (self._clock(),)).fetchone()
        return row is not None

    def count(self, cx: Connection) -> int:
        """Of those that no gateway has taken, whether their time has come or not."""
        row = cx.execute("SELECT COUNT(*) AS waiting FROM outbox WHERE sent_at IS NULL").fetchone()
        return int(row["waiting"]) if row else 0

    def take(self, cx: Connection, phone: Phone) -> tuple[Letter, ...]:
        """The next few, for who asks alone until the lease is over. What helps nobody any more is forgotten."""
        now = self._clock()
        cx.execute(
            "DELETE FROM outbox WHERE sent_at IS NULL AND NOT EXISTS (SELECT 1 FROM phone_event"
            " JOIN code ON code.id = phone_event.code WHERE phone_event.id = outbox.event AND expires_at > ?)",
            (now,),
        )
        rows = cx.execute(
            "SELECT outbox.*, expires_at FROM outbox JOIN phone_event ON phone_event.id = event"
            " JOIN code ON code.id = phone_event.code WHERE outbox.sent_at IS NULL AND next_at <= ?"
            " ORDER BY event LIMIT ?",
            (now, AT_ONCE),
        ).fetchall()
        for row in rows:
            cx.execute("UPDATE outbox SET next_at = ? WHERE event = ?", (now + LEASE, row["event"]))
        return tuple(
            Letter(row["event"], row["key"], row["tries"], phone.dispatch(cx, row["event"], row["expires_at"]))
            for row in rows
        )

    def sent(self, cx: Connection, letter: Letter) -> None:
        cx.execute("UPDATE outbox SET sent_at = ? WHERE event = ?", (self._clock(), letter.event))

    def later(self, cx: Connection, letter: Letter) -> None:
        pause = min(2.0**letter.tries, _LONGEST_PAUSE)
        values = (self._clock() + pause, letter.event)
        cx.execute("UPDATE outbox SET tries = tries + 1, next_at = ? WHERE event = ?", values)

    def drop(self, cx: Connection, letter: Letter) -> None:
        cx.execute("DELETE FROM outbox WHERE event = ?", (letter.event,))

    def event(self, cx: Connection, key: str) -> int | None:
        """Of a message that was handed to the gateway, by its key."""
        row = cx.execute("SELECT event FROM outbox WHERE key = ?", (key,)).fetchone()
        return row["event"] if row else None

    def forget_old(self, cx: Connection) -> None:
        cx.execute("DELETE FROM outbox WHERE NOT EXISTS (SELECT 1 FROM phone_event WHERE id = outbox.event)")


class Post:
    """Sends what waits; called from the courier's thread."""

    def __init__(self, store: Store, phone: Phone, outbox: Outbox, gateway: Gateway, threads: Executor) -> None:
        self._store, self._phone, self._outbox, self._gateway, self._threads = store, phone, outbox, gateway, threads

    def round(self) -> bool:
        """Whether there was anything to send."""
        with self._store.read() as cx:
            if not self._outbox.waiting(cx):
                return False
        with self._store.transaction() as cx:
            letters = self._outbox.take(cx, self._phone)
        for letter, failed in zip(letters, self._threads.map(self._send, letters), strict=True):
            with self._store.transaction() as cx:
                if failed is None:
                    self._outbox.sent(cx, letter)
                elif failed.reason in UNCERTAIN | PASSING:
                    self._outbox.later(cx, letter)
                else:
                    self._outbox.drop(cx, letter)
            if failed is not None:
                _log.warning("a message was not taken: %s", failed.reason.value)
        return bool(letters)

    def _send(self, letter: Letter) -> ServiceError | None:
        try:
            self._gateway.send(letter.dispatch, key=letter.key)
        except ServiceError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a fault of one adapter's must not keep back the other letters
            _log.error("internal error: %s", type(error).__name__)
            return ServiceError(Reason.INTERNAL)
        return None
