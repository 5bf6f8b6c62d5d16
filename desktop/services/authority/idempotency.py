"""One key, one effect: the same call asked again gets the same answer, whatever broke in between."""

from __future__ import annotations

import dataclasses
import hmac
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.authority.audit import Audit
from desktop.services.authority.connection import Connection
from desktop.services.authority.store import Store
from desktop.services.authority.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS call (
    key TEXT PRIMARY KEY, request BLOB NOT NULL, at REAL NOT NULL, state TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '', result BLOB
);
"""
T = TypeVar("T")
P = TypeVar("P")
_KEY_LENGTH = 255
#: Longer than any journey lives, so that nobody asks again for what is forgotten.
KEPT_SECONDS = 86_400.0
#: The machine's troubles and not the call's outcome: undone as a whole and asked again.
PASSING = frozenset(
    {Reason.STORE_BUSY, Reason.STORE_FULL, Reason.STORE_READ_ONLY, Reason.STORE_CORRUPT, Reason.INTERNAL}
)


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A write as it came in. `answer` is the type that the answer is decoded as when it is asked again."""

    key: str
    journey: str
    method: str
    request: object
    answer: type[T]


@dataclass(frozen=True, slots=True)
class _Refusal:
    reason: Reason
    field: str | None = None
    tries_left: int | None = None
    retry_after: float | None = None
    detail: str | None = None

    def error(self) -> ServiceError:
        return ServiceError(
            self.reason,
            field=self.field,
            tries_left=self.tries_left,
            retry_after=self.retry_after,
            detail=self.detail,
        )


@dataclass(frozen=True, slots=True)
class _Claimed:
    note: str


@dataclass(frozen=True, slots=True)
class _Settled(Generic[T]):
    """An outcome on record."""

    value: T | None
    refusal: _Refusal | None

    def deliver(self) -> T:
        if self.refusal:
            raise self.refusal.error()
        return self.value  # type: ignore[return-value]  # None only where T is None


class Calls:
    """The record of writes. An outcome is stored in the transaction of its effect, sealed, with an audit row.

    A refusal is an outcome too: what the effect wrote before it raised ServiceError stays written.
    """

    def __init__(self, store: Store, vault: Vault, audit: Audit, clock: Callable[[], float]) -> None:
        self._store, self._vault, self._audit, self._clock = store, vault, audit, clock
        self._running: set[str] = set()
        self._lock = threading.Lock()

    def once(self, call: Call[T], effect: Callable[[Connection], T]) -> T:
        """Effect and outcome in one transaction. Raises what the effect raises, KEY_REUSED or KEY_IN_FLIGHT."""
        with self._alone(call), self._store.transaction() as cx:
            known = self._recall(cx, call)
            settled = known if isinstance(known, _Settled) else self._conclude(cx, call, lambda: effect(cx))
        return settled.deliver()

    def twice(
        self,
        call: Call[T],
        first: Callable[[Connection], str],
        second: Callable[[Connection, str, P], T],
        *,
        between: Callable[[str], P],
    ) -> T:
        """Two transactions with slow work between: `first` counts the try and leaves a note for the other two.

        Asked again after a crash in the middle, the call goes on from the note and `first` is not run again.
        """
        with self._alone(call), self._store.held(call.key):
            with self._store.transaction() as cx:
                known = self._recall(cx, call)
                if known is None:
                    known = self._claim(cx, call, first)
            if isinstance(known, _Claimed):
                note, made = known.note, between(known.note)
                with self._store.transaction() as cx:
                    # Another program may have concluded it, if the database lost us for a moment.
                    known = self._recall(cx, call)
                    if not isinstance(known, _Settled):
                        known = self._conclude(cx, call, lambda: second(cx, note, made))
        return known.deliver()

    def counted(
        self,
        call: Call[T],
        count: Callable[[Connection], str],
        check: Callable[[Connection, str], T],
    ) -> T:
        """A check of a secret: the try is on disk before anything is compared."""
        return self.twice(call, count, lambda cx, note, _: check(cx, note), between=lambda _: None)

    def forget_old(self, cx: Connection) -> None:
        cx.execute("DELETE FROM call WHERE at < ?", (self._clock() - KEPT_SECONDS,))

    @contextmanager
    def _alone(self, call: Call[T]) -> Iterator[None]:
        """A key that is being worked on is not started a second time; who asks again waits for the first."""
        if not 0 < len(call.key) <= _KEY_LENGTH or not call.key.isascii() or not call.key.isprintable():
            raise ServiceError(Reason.BAD_REQUEST, detail="key")
        with self._lock:
            if call.key in self._running:
                raise ServiceError(Reason.KEY_IN_FLIGHT)
            self._running.add(call.key)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(call.key)

    def _recall(self, cx: Connection, call: Call[T]) -> _Settled[T] | _Claimed | None:
        row = cx.execute("SELECT * FROM call WHERE key = ?", (call.key,)).fetchone()
        if row is None:
            return None
        if not hmac.compare_digest(row["request"], self._fingerprint(call)):
            raise ServiceError(Reason.KEY_REUSED)
        if row["state"] == "claimed":
            return _Claimed(row["note"])
        result = self._vault.unseal(row["result"], f"call:{call.key}")
        if row["state"] == "refused":
            return _Settled(None, msgspec.msgpack.decode(result, type=_Refusal))
        return _Settled(msgspec.msgpack.decode(result, type=call.answer), None)

    def _claim(self, cx: Connection, call: Call[T], first: Callable[[Connection], str]) -> _Settled[T] | _Claimed:
        try:
            note = first(cx)
        except ServiceError as error:
            return self._refuse(cx, call, error)
        row = (call.key, self._fingerprint(call), self._clock(), "claimed", note)
        cx.execute("INSERT INTO call (key, request, at, state, note) VALUES (?, ?, ?, ?, ?)", row)
        return _Claimed(note)

    def _conclude(self, cx: Connection, call: Call[T], work: Callable[[], T]) -> _Settled[T]:
        try:
            value = work()
        except ServiceError as error:
            return self._refuse(cx, call, error)
        self._settle(cx, call, "answered", msgspec.msgpack.encode(value))
        # The call that opens a journey names it only in its answer.
        self._audit.write(cx, journey=getattr(value, "journey", call.journey), event=call.method)
        return _Settled(value, None)

    def _refuse(self, cx: Connection, call: Call[T], error: ServiceError) -> _Settled[T]:
        if error.reason in PASSING:
            raise error
        refusal = _Refusal(error.reason, error.field, error.tries_left, error.retry_after, error.detail)
        self._settle(cx, call, "refused", msgspec.msgpack.encode(refusal))
        self._audit.write(cx, journey=call.journey, event=call.method, reason=error.reason.value)
        return _Settled(None, refusal)

    def _settle(self, cx: Connection, call: Call[T], state: str, result: bytes) -> None:
        sealed = self._vault.seal(result, f"call:{call.key}")
        cx.execute(
            "INSERT INTO call (key, request, at, state, result) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET state = excluded.state, result = excluded.result",
            (call.key, self._fingerprint(call), self._clock(), state, sealed),
        )

    def _fingerprint(self, call: Call[T]) -> bytes:
        """Of everything in the request, secrets included, fed in place so that no copy of them is left behind."""
        mac = hmac.new(self._vault.derive("call"), digestmod="sha256")
        for part in (call.journey, call.method, call.request):
            _feed(mac, part)
        return mac.digest()


def _feed(mac: hmac.HMAC, value: Any) -> None:
    """Each part with its type and length before it, so that no two requests read the same."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        value = [item for key in sorted(value) for item in (key, value[key])]
    if isinstance(value, (list, tuple)):
        mac.update(struct.pack(">cI", b"l", len(value)))
        for item in value:
            _feed(mac, item)
        return
    data = value.view() if isinstance(value, Secret) else value if isinstance(value, bytes) else str(value).encode()
    with memoryview(data) as view:
        mac.update(struct.pack(">cI", b"n" if value is None else b"v", len(view)))
        mac.update(view)
