"""The order a journey must keep: its required checks one after another, its idle time, and its one outcome."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from desktop.banks import Bank
from desktop.services.api import (
    Changed,
    Check,
    Issued,
    JourneyOpened,
    JourneyStatus,
    Kind,
    Medium,
    OpenJourney,
    Reason,
    ServiceError,
    Task,
)
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.shelf import Shelf
from desktop.services.authority.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS journey (
    id INTEGER PRIMARY KEY, handle BLOB NOT NULL UNIQUE, bank TEXT NOT NULL, kind TEXT NOT NULL, task TEXT NOT NULL,
    opened_at REAL NOT NULL, touched_at REAL NOT NULL, closed_at REAL, resumed INTEGER NOT NULL DEFAULT 0,
    customer INTEGER REFERENCES customer (id), account INTEGER REFERENCES account (id), medium TEXT,
    identity_tries INTEGER NOT NULL DEFAULT 0, issued BLOB, changed BLOB,
    document_tries INTEGER NOT NULL DEFAULT 0, opened TEXT,
    device TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS journey_check (
    journey INTEGER NOT NULL REFERENCES journey (id), name TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (journey, name)
);
CREATE TABLE IF NOT EXISTS handoff (
    id INTEGER PRIMARY KEY AUTOINCREMENT, journey INTEGER NOT NULL UNIQUE REFERENCES journey (id),
    ticket BLOB NOT NULL, expires_at REAL NOT NULL
);
"""
_DEVICE_LENGTH = 64
#: A journey with all that stands in other tables of it: a row for each check that is done, one at least.
_FIND: Final = (
    "SELECT journey.*, journey_check.name AS done, EXISTS (SELECT 1 FROM loss WHERE loss.bank = journey.bank"
    " AND loss.customer = journey.customer) AS hardened"
    " FROM journey LEFT JOIN journey_check ON journey_check.journey = journey.id WHERE "
)


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey as it stood when this transaction began. `customer` and `account` are row ids.

    `opened`: the credential whose password was proven. `hardened`: its customer has reported a loss. `checks` are
    what the bank then insists on, `stand_in` the one that counts instead of a password.
    """

    id: int
    bank: Bank
    kind: Kind
    task: Task
    customer: int | None
    account: int | None
    medium: Medium | None
    done: frozenset[Check]
    resumed: bool
    issued: bool
    changed: bool
    identity_tries: int
    document_tries: int
    opened: str | None
    device: str
    hardened: bool
    checks: tuple[Check, ...]
    stand_in: Check | None

    def is_done(self, check: Check) -> bool:
        """Whether it is proven, or what may stand in for it is."""
        return check in self.done or (check == Check.PASSWORD and self.stand_in in self.done)

    def expect(self, check: Check) -> None:
        """Raises OUT_OF_ORDER unless this check is the next one; after a restart identity comes first again."""
        following = next((c for c in self.checks if not self.is_done(c)), None)
        if following == Check.PASSWORD and check == self.stand_in:
            following = check
        if check != (Check.IDENTITY if self.resumed else following):
            raise ServiceError(Reason.OUT_OF_ORDER)

    def expect_all(self) -> None:
        """Raises OUT_OF_ORDER unless every check of this journey is done."""
        if self.resumed or not self.checks or not all(map(self.is_done, self.checks)):
            raise ServiceError(Reason.OUT_OF_ORDER)

    def owner(self) -> int:
        """The customer's row id, once the identity is proven. Raises OUT_OF_ORDER."""
        if self.customer is None or self.resumed or Check.IDENTITY not in self.done:
            raise ServiceError(Reason.OUT_OF_ORDER)
        return self.customer


class Journeys:
    """Journeys on a connection. Their ids are as good as a key, so the database keeps only digests of them."""

    def __init__(
        self, vault: Vault, shelf: Shelf, clock: Callable[[], float], banks: Mapping[str, Bank], *, practice: bool
    ) -> None:
        """`shelf`: how an outcome is sealed, which has the CA's certificates in it."""
        self._vault, self._shelf = vault, shelf
        self._clock, self._banks, self._practice = clock, banks, practice
        self._remembered: dict[tuple[str, Kind, Task, bool], tuple[tuple[Check, ...], Check | None]] = {}

    def open(self, cx: Connection, request: OpenJourney) -> JourneyOpened:
        bank = self._banks.get(request.bank)
        if bank is None or bank.journey(request.kind, request.task) is None:
            raise ServiceError(Reason.NOT_OFFERED)
        if len(request.device) > _DEVICE_LENGTH or not (request.device.isascii() and request.device.isprintable()):
            raise ServiceError(Reason.BAD_REQUEST, field="device")
        name, now = f"{bank.id}.{secrets.token_hex(16)}", self._clock()
        cx.execute(
            "INSERT INTO journey (handle, bank, kind, task, device, opened_at, touched_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._handle(name), bank.id, request.kind.value, request.task.value, request.device, now, now),
        )
        checks = bank.checks(request.kind, request.task)
        return JourneyOpened(name, checks, self._practice, float(bank.policies.idle_seconds))

    def enter(self, cx: Connection, name: str, *, touch: bool = True) -> Journey:
        """The journey, if it may go on; `touch` begins its idle time anew.

        Raises JOURNEY_UNKNOWN, JOURNEY_CLOSED or SESSION_EXPIRED.
        """
        return self._enter(cx, self._rows(cx, name), touch=touch)

    def enter_row(self, cx: Connection, journey: int) -> Journey:
        """As `enter`, by row id: for what comes from the phone, which knows no journey ids."""
        return self._enter(cx, cx.execute(f"{_FIND}journey.id = ?", (journey,)).fetchall(), touch=False)

    def number(self, cx: Connection, name: str) -> int:
        """The row id, of one that is over too. Raises JOURNEY_UNKNOWN."""
        found: int = self._row(cx, name)["id"]
        return found

    def status(self, cx: Connection, name: str) -> JourneyStatus:
        """What became of it. Asking means that somebody sat down anew: identity must be proven again to go on."""
        rows = self._rows(cx, name)
        row, journey = rows[0], self._load(rows)
        closed = row["closed_at"] is not None or self._is_stale(row, journey.bank)
        resumed = not closed and not (journey.issued or journey.changed) and Check.IDENTITY in journey.done
        if resumed and not journey.resumed:
            cx.execute("UPDATE journey SET resumed = 1, touched_at = ? WHERE id = ?", (self._clock(), journey.id))
        return JourneyStatus(
            journey=name,
            done=tuple(c for c in Check if c in journey.done or (c in journey.checks and journey.is_done(c))),
            reprove=(Check.IDENTITY,) if resumed else (),
            issued=self._issued(row),
            closed=closed,
            practice=self._practice,
            changed=self._changed(row),
        )

    def close(self, cx: Connection, name: str) -> None:
        """Ends it, expired or not. Raises JOURNEY_UNKNOWN or JOURNEY_CLOSED."""
        row = self._row(cx, name)
        if row["closed_at"] is not None:
            raise ServiceError(Reason.JOURNEY_CLOSED)
        self.shut(cx, row["id"])

    def shut(self, cx: Connection, journey: int) -> None:
        cx.execute("UPDATE journey SET closed_at = ? WHERE id = ?", (self._clock(), journey))

    def know(self, cx: Connection, journey: Journey, customer: int, account: int | None) -> None:
        """Whose journey this is, once the identity is proven."""
        cx.execute("UPDATE journey SET customer = ?, account = ? WHERE id = ?", (customer, account, journey.id))
        self.mark_done(cx, journey, Check.IDENTITY)

    def mark_done(self, cx: Connection, journey: Journey, check: Check) -> None:
        """Proven; a second proof of the same check is the identity of a resumed journey, and takes its place."""
        cx.execute(
            "INSERT INTO journey_check VALUES (?, ?, ?) ON CONFLICT (journey, name) DO UPDATE SET at = excluded.at",
            (journey.id, check.value, self._clock()),
        )
        if check == Check.IDENTITY:
            cx.execute("UPDATE journey SET resumed = 0 WHERE id = ?", (journey.id,))

    def choose_medium(self, cx: Connection, journey: Journey, medium: Medium) -> None:
        """The one that was challenged last, and that the next answer is for."""
        cx.execute("UPDATE journey SET medium = ? WHERE id = ?", (medium.value, journey.id))

    def mark_issued(self, cx: Connection, journey: Journey, issued: Issued) -> None:
        sealed = self._shelf.seal(msgspec.msgpack.encode(issued), "issued")
        cx.execute("UPDATE journey SET issued = ? WHERE id = ?", (sealed, journey.id))

    def mark_changed(self, cx: Connection, journey: Journey, changed: Changed) -> None:
        sealed = self._shelf.seal(msgspec.msgpack.encode(changed), "changed")
        cx.execute("UPDATE journey SET changed = ? WHERE id = ?", (sealed, journey.id))

    def _enter(self, cx: Connection, rows: list[Row], *, touch: bool) -> Journey:
        row, journey = rows[0], self._load(rows)
        if row["closed_at"] is not None:
            raise ServiceError(Reason.JOURNEY_CLOSED)
        if self._is_stale(row, journey.bank):
            raise ServiceError(Reason.SESSION_EXPIRED)
        if touch:
            cx.execute("UPDATE journey SET touched_at = ? WHERE id = ?", (self._clock(), journey.id))
        return journey

    def issued(self, cx: Connection, journey: Journey) -> Issued | None:
        return self._issued(cx.execute("SELECT issued FROM journey WHERE id = ?", (journey.id,)).fetchone())

    def outcome(self, cx: Connection, name: str) -> Issued | None:
        """What was issued in it, whether it is open still or over. Raises JOURNEY_UNKNOWN."""
        return self._issued(self._row(cx, name))

    def _issued(self, row: Row) -> Issued | None:
        if row["issued"] is None:
            return None
        return msgspec.msgpack.decode(self._shelf.unseal(row["issued"], "issued"), type=Issued)

    def _changed(self, row: Row) -> Changed | None:
        if row["changed"] is None:
            return None
        return msgspec.msgpack.decode(self._shelf.unseal(row["changed"], "changed"), type=Changed)

    def _row(self, cx: Connection, name: str) -> Row:
        return self._rows(cx, name)[0]

    def _rows(self, cx: Connection, name: str) -> list[Row]:
        rows: list[Row] = cx.execute(f"{_FIND}handle = ?", (self._handle(name),)).fetchall()
        if not rows or rows[0]["bank"] not in self._banks:
            raise ServiceError(Reason.JOURNEY_UNKNOWN)
        return rows

    def _load(self, rows: list[Row]) -> Journey:
        row = rows[0]
        bank, kind, task = self._banks[row["bank"]], Kind(row["kind"]), Task(row["task"])
        checks, stand_in = self._asked(bank, kind, task, hardened=bool(row["hardened"]))
        return Journey(
            id=row["id"],
            bank=bank,
            kind=kind,
            task=task,
            customer=row["customer"],
            account=row["account"],
            medium=Medium(row["medium"]) if row["medium"] else None,
            done=frozenset(Check(each["done"]) for each in rows if each["done"]),
            resumed=bool(row["resumed"]),
            issued=row["issued"] is not None,
            changed=row["changed"] is not None,
            identity_tries=row["identity_tries"],
            document_tries=row["document_tries"],
            opened=row["opened"],
            device=row["device"],
            hardened=bool(row["hardened"]),
            checks=checks,
            stand_in=stand_in,
        )

    def _asked(self, bank: Bank, kind: Kind, task: Task, *, hardened: bool) -> tuple[tuple[Check, ...], Check | None]:
        """Remembered: a profile never changes, and each call of a journey asks."""
        which = bank.id, kind, task, hardened
        if which not in self._remembered:
            self._remembered[which] = bank.checks(kind, task, hardened=hardened), bank.stand_in(kind, task)
        return self._remembered[which]

    def _is_stale(self, row: Row, bank: Bank) -> bool:
        return bool(self._clock() - row["touched_at"] > bank.policies.idle_seconds)

    def _handle(self, name: str) -> bytes:
        return self._vault.digest(name.encode(), "journey")
