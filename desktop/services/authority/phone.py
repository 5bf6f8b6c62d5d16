"""The virtual phone of practice: the SMS and calls a made-up customer received, and a bell for who waits for one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import msgspec

from desktop.services.api import Channel, PhoneEvent, Reason, ServiceError
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.vault import Vault
from desktop.services.hooks.gateway import Dispatch

SCHEMA = """
CREATE TABLE IF NOT EXISTS phone_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, code INTEGER NOT NULL, at REAL NOT NULL,
    answered INTEGER NOT NULL DEFAULT 0, message BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS phone_owner (
    journey INTEGER NOT NULL, event INTEGER NOT NULL, PRIMARY KEY (journey, event)
);
"""
_CONTEXT = "phone-event"
#: Who sends the codes of the cloud; those of a bank come from its id.
CLOUD_SENDER = "cloud"
KEPT_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Message:
    """What arrived, as in PhoneEvent; a notice of the app carries its ticket as the code.

    Some have defaults, so that what an older program left here can still be read.
    """

    channel: Channel
    phone: str
    sender: str
    code: str
    expects: str
    says: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


class Phone:
    """Events on a connection, sealed: the codes in them are as good as the check they answer."""

    def __init__(
        self, vault: Vault, clock: Callable[[], float], posted: Callable[[Connection, int], None] | None = None
    ) -> None:
        """`posted` is told of each event, in its transaction, where a gateway sends them; None: practice shows them."""
        self._vault, self._clock, self._posted = vault, clock, posted

    def deliver(self, cx: Connection, message: Message, *, code: int, journey: int) -> None:
        """`code` is the row id of the code that the message carries, `journey` that of the journey it is for."""
        sealed = self._vault.seal(msgspec.msgpack.encode(message), _CONTEXT)
        made = cx.execute(
            "INSERT INTO phone_event (code, at, message) VALUES (?, ?, ?) RETURNING id", (code, self._clock(), sealed)
        ).fetchone()
        cx.execute("INSERT INTO phone_owner (journey, event) VALUES (?, ?)", (journey, made["id"]))
        if self._posted:
            self._posted(cx, made["id"])

    def events(self, cx: Connection, *, after: int, journey: int | None = None) -> tuple[PhoneEvent, ...]:
        """Of every phone, or what came for one journey alone."""
        if journey is None:
            rows = cx.execute("SELECT * FROM phone_event WHERE id > ? ORDER BY id", (after,))
        else:
            rows = cx.execute(
                "SELECT phone_event.* FROM phone_owner JOIN phone_event ON phone_event.id = event"
                " WHERE journey = ? AND event > ? ORDER BY event",
                (journey, after),
            )
        return tuple(self._event(row) for row in rows)

    def dispatch(self, cx: Connection, event: int, expires_at: float) -> Dispatch:
        """What a gateway is to send; what the person answers with is compared here, and not told."""
        row = cx.execute("SELECT * FROM phone_event WHERE id = ?", (event,)).fetchone()
        message = self._message(row)
        return Dispatch(
            channel=message.channel,
            phone=message.phone,
            sender=message.sender,
            says=message.says,
            expects=message.expects,
            data=message.data,
            expires_at=expires_at,
        )

    def take(self, cx: Connection, event: int) -> tuple[PhoneEvent, int]:
        """The event as it was, now marked as answered, and the row id of its code. Raises BAD_REQUEST for no such."""
        row = cx.execute("SELECT * FROM phone_event WHERE id = ?", (event,)).fetchone()
        if row is None:
            raise ServiceError(Reason.BAD_REQUEST, field="event")
        self.mark_answered(cx, event)
        return self._event(row), row["code"]

    def carried(self, cx: Connection, event: int) -> tuple[int, str] | None:
        """The row id of the hand-off that a notice of the app is about, and its ticket; None for no such notice."""
        row = cx.execute("SELECT * FROM phone_event WHERE id = ?", (event,)).fetchone()
        message = self._message(row) if row else None
        return (row["code"], message.code) if message and message.channel == Channel.APP else None

    def mark_answered(self, cx: Connection, event: int) -> None:
        cx.execute("UPDATE phone_event SET answered = 1 WHERE id = ?", (event,))

    def forget_old(self, cx: Connection) -> None:
        cx.execute("DELETE FROM phone_event WHERE at < ?", (self._clock() - KEPT_SECONDS,))
        cx.execute("DELETE FROM phone_owner WHERE event NOT IN (SELECT id FROM phone_event)")

    def _event(self, row: Row) -> PhoneEvent:
        message = self._message(row)
        return PhoneEvent(
            id=row["id"],
            channel=message.channel,
            phone=message.phone,
            sender=message.sender,
            says=message.says,
            data=message.data,
            code=None if message.channel == Channel.APP else message.code,
            expects=message.expects,
            at=row["at"],
            answered=bool(row["answered"]),
        )

    def _message(self, row: Row) -> Message:
        return msgspec.msgpack.decode(self._vault.unseal(row["message"], _CONTEXT), type=Message)


class Bell:
    """Wakes coroutines of any event loop from any thread, so that waiting holds no thread and polls nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def ring(self) -> None:
        with self._lock:
            for loop, heard in self._waiting:
                with suppress(RuntimeError):  # a loop that closed while somebody waited on it
                    loop.call_soon_threadsafe(heard.set)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event of the running loop that each ring sets; clear it before looking, wait on it after."""
        entry = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting.add(entry)
        try:
            yield entry[1]
        finally:
            with self._lock:
                self._waiting.discard(entry)
