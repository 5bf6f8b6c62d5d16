"""Codes sent to a phone, by SMS or by call: typed on the screen, keyed during the call, or sent back by SMS."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from desktop.banks import Policies
from desktop.secret import Secret
from desktop.services.api import Channel, Check, CloudVerified, PhoneVerified, Reason, ServiceError
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.inputs import digits
from desktop.services.authority.journeys import Journey
from desktop.services.authority.phone import CLOUD_SENDER, Message, Phone
from desktop.services.authority.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS code (
    id INTEGER PRIMARY KEY AUTOINCREMENT, journey INTEGER NOT NULL REFERENCES journey (id), purpose TEXT NOT NULL,
    channel TEXT NOT NULL, typed BLOB NOT NULL, replied BLOB, sent_at REAL NOT NULL, expires_at REAL NOT NULL,
    tries INTEGER NOT NULL, sends INTEGER NOT NULL, done_by TEXT,
    fact BLOB, UNIQUE (journey, purpose)
);
"""
_SHOWN_DIGITS = 2
_FACTS: dict[Check, type[PhoneVerified] | type[CloudVerified]] = {
    Check.PHONE: PhoneVerified,
    Check.CLOUD: CloudVerified,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A code on its way; the times are seconds from now. `shown` as in CodeSent."""

    sender: str
    digits: int
    shown: str | None
    reply: bool
    expires_in: float
    resend_in: float


@dataclass(frozen=True, slots=True)
class _Rules:
    """How the phone check and the cloud check differ in saying no."""

    wrong: Reason
    expired: Reason
    locked: Reason
    field: str
    digits: int
    tries: int
    tries_outlive_code: bool  # two digits are soon guessed, so a new code brings no new tries


def _rules(check: Check, policies: Policies) -> _Rules:
    if check == Check.CLOUD:
        reasons = (Reason.WRONG_CLOUD_CODE, Reason.CLOUD_CODE_EXPIRED, Reason.CLOUD_LOCKED)
        return _Rules(*reasons, "cloud_code", policies.cloud_code_digits, policies.cloud_tries, True)
    reasons = (Reason.WRONG_CODE, Reason.CODE_EXPIRED, Reason.CODE_LOCKED)
    return _Rules(*reasons, "code", policies.code_digits, policies.code_tries, False)


class Codes:
    """One outstanding code a journey and check, kept as a digest."""

    def __init__(self, vault: Vault, clock: Callable[[], float], phone: Phone) -> None:
        self._vault, self._clock, self._phone = vault, clock, phone

    def send(self, cx: Connection, journey: Journey, check: Check, channel: Channel, *, to: str) -> Sent:
        """Replaces the code before it. Raises RESEND_TOO_SOON, TOO_MANY_CODES or CLOUD_LOCKED."""
        policies, now = journey.bank.policies, self._clock()
        rules, before = _rules(check, policies), self._row(cx, journey, check)
        sends, tries = 1, 0
        if before is not None:
            sends, tries = before["sends"] + 1, before["tries"] if rules.tries_outlive_code else 0
            self._may_send_again(before, channel, policies, rules, tries)
            cx.execute("DELETE FROM code WHERE id = ?", (before["id"],))
        typed = _random(rules.digits)
        keyed = channel == Channel.ARS and policies.ars == "keyed"
        replied = _random(_SHOWN_DIGITS) if keyed else typed if check == Check.CLOUD else None
        made = cx.execute(
            "INSERT INTO code (journey, purpose, channel, typed, replied, sent_at, expires_at, tries, sends)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                journey.id,
                check.value,
                channel.value,
                self._digest(journey, check, typed),
                self._digest(journey, check, replied) if replied else None,
                now,
                now + policies.code_seconds,
                tries,
                sends,
            ),
        ).fetchone()
        message = self._message(journey, check, channel, to, typed=typed, replied=replied)
        self._phone.deliver(cx, message, code=made["id"], journey=journey.id)
        return Sent(
            sender=message.sender,
            digits=rules.digits,
            shown=replied if keyed else None,
            reply=replied is not None,
            expires_in=float(policies.code_seconds),
            resend_in=float(policies.resend_seconds),
        )

    def waiting(self, cx: Connection, journey: Journey, check: Check) -> Sent | None:
        """The code that is on its way to a person who comes back to an interrupted journey.

        None for digits to be keyed on the phone: they were shown once and are kept as a digest alone.
        """
        row, now, rules = self._row(cx, journey, check), self._clock(), _rules(check, journey.bank.policies)
        if row is None or now > row["expires_at"] or row["tries"] >= rules.tries:
            return None
        if check == Check.PHONE and row["replied"] is not None:
            return None
        return Sent(
            sender=self._sender(journey, check),
            digits=rules.digits,
            shown=None,
            reply=row["replied"] is not None,
            expires_in=row["expires_at"] - now,
            resend_in=max(row["sent_at"] + journey.bank.policies.resend_seconds - now, 0.0),
        )

    def count(self, cx: Connection, journey: Journey, check: Check, code: Secret) -> str:
        """Counts a try of a typed code; the note names the code it was counted on, and how many tries it has seen."""
        rules = _rules(check, journey.bank.policies)
        digits(code, rules.field, rules.digits)
        return "{} {}".format(*self._count(cx, journey, check, rules))

    def check(self, cx: Connection, journey: Journey, check: Check, code: Secret, note: str) -> None:
        """Compares it. Raises WRONG_…, …_LOCKED, or …_EXPIRED, also for a code that was replaced meanwhile."""
        rules = _rules(check, journey.bank.policies)
        counted_on, counted = map(int, note.split())
        row = self._row(cx, journey, check)
        if row is None or row["id"] != counted_on or self._clock() > row["expires_at"]:
            raise ServiceError(rules.expired, field=rules.field)
        with code.view() as view:
            given = self._vault.digest(view, _context(journey, check))
        self._compare(cx, row, given, by="typed", rules=rules, counted=counted)

    def reply(self, cx: Connection, journey: Journey, check: Check, text: str) -> None:
        """Counts and compares an answer given on the phone, both in this transaction. Raises like `check`."""
        rules = _rules(check, journey.bank.policies)
        _, counted = self._count(cx, journey, check, rules)
        row = self._row(cx, journey, check)
        assert row is not None
        given = self._digest(journey, check, "".join(text.split()))
        self._compare(cx, row, given, by="replied", rules=rules, counted=counted)

    def owner(self, cx: Connection, code: int) -> tuple[int, Check] | None:
        """The journey's row id and the check that a code belongs to; None for a code that was replaced."""
        row = cx.execute("SELECT journey, purpose FROM code WHERE id = ?", (code,)).fetchone()
        return (row["journey"], Check(row["purpose"])) if row else None

    def keep_fact(self, cx: Connection, journey: Journey, check: Check, fact: PhoneVerified | CloudVerified) -> None:
        """What the answer on the phone came to, for who waits for it."""
        encoded = msgspec.msgpack.encode(fact)
        cx.execute("UPDATE code SET fact = ? WHERE journey = ? AND purpose = ?", (encoded, journey.id, check.value))

    def replied(self, cx: Connection, journey: Journey) -> PhoneVerified | CloudVerified | None:
        """What the journey's latest code came to, if it was answered on the phone."""
        row = cx.execute("SELECT * FROM code WHERE journey = ? ORDER BY id DESC LIMIT 1", (journey.id,)).fetchone()
        if row is None or row["fact"] is None:
            return None
        return msgspec.msgpack.decode(row["fact"], type=_FACTS[Check(row["purpose"])])

    def channel(self, cx: Connection, journey: Journey, check: Check) -> Channel:
        """How the outstanding code was sent."""
        row = self._row(cx, journey, check)
        assert row is not None
        return Channel(row["channel"])

    def _may_send_again(self, before: Row, channel: Channel, policies: Policies, rules: _Rules, tries: int) -> None:
        if rules.tries_outlive_code and tries >= rules.tries:
            raise ServiceError(rules.locked, tries_left=0)
        if before["sends"] >= policies.codes_per_journey:
            raise ServiceError(Reason.TOO_MANY_CODES)
        # The other channel is another way in, not the same message again, so it need not wait.
        wait = before["sent_at"] + policies.resend_seconds - self._clock()
        if wait > 0 and before["channel"] == channel:
            raise ServiceError(Reason.RESEND_TOO_SOON, retry_after=wait)

    def _count(self, cx: Connection, journey: Journey, check: Check, rules: _Rules) -> tuple[int, int]:
        row = self._row(cx, journey, check)
        if row is None:
            raise ServiceError(Reason.CODE_NOT_SENT)
        if row["tries"] >= rules.tries:
            raise ServiceError(rules.locked, field=rules.field, tries_left=0)
        if self._clock() > row["expires_at"]:
            raise ServiceError(rules.expired, field=rules.field)
        cx.execute("UPDATE code SET tries = tries + 1 WHERE id = ?", (row["id"],))
        return row["id"], row["tries"] + 1

    def _compare(self, cx: Connection, row: Row, given: bytes, *, by: str, rules: _Rules, counted: int) -> None:
        if not hmac.compare_digest(row[by] or b"", given):
            left = max(rules.tries - counted, 0)
            raise ServiceError(rules.wrong if left else rules.locked, field=rules.field, tries_left=left)
        cx.execute("UPDATE code SET done_by = ? WHERE id = ?", (by, row["id"]))

    def _row(self, cx: Connection, journey: Journey, check: Check) -> Row | None:
        found: Row | None = cx.execute(
            "SELECT * FROM code WHERE journey = ? AND purpose = ?", (journey.id, check.value)
        ).fetchone()
        return found

    def _digest(self, journey: Journey, check: Check, code: str) -> bytes:
        return self._vault.digest(code.encode(), _context(journey, check))

    @staticmethod
    def _sender(journey: Journey, check: Check) -> str:
        return CLOUD_SENDER if check == Check.CLOUD else journey.bank.id

    def _message(
        self, journey: Journey, check: Check, channel: Channel, to: str, *, typed: str, replied: str | None
    ) -> Message:
        if check == Check.CLOUD:
            says, expects = "cloud", "reply"
        elif channel == Channel.SMS:
            says, expects = "sms", "type"
        else:
            says, expects = ("ars_keyed", "key") if replied else ("ars_typed", "type")
        minutes = journey.bank.policies.code_seconds // 60
        return Message(
            channel=channel,
            phone=to,
            sender=self._sender(journey, check),
            code=replied or typed,
            expects=expects,
            says=says,
            data={"bank": journey.bank.id, "code": typed, "minutes": str(minutes)},
        )


def _context(journey: Journey, check: Check) -> str:
    return f"code:{journey.id}:{check.value}"


def _random(length: int) -> str:
    return f"{secrets.randbelow(10**length):0{length}}"
