"""Handing a journey to the bank's app: a ticket for the phone's camera, good once and for minutes, pressed there."""

from __future__ import annotations

import hmac
import secrets

from desktop.services.api import Channel, HandOff, Issue, Issued, Kind, Reason, ServiceError, Task
from desktop.services.authority.connection import Connection
from desktop.services.authority.delivery import Admitted
from desktop.services.authority.idempotency import Call
from desktop.services.authority.issuing import Issuing
from desktop.services.authority.journeys import Journey
from desktop.services.authority.parts import Parts
from desktop.services.authority.phone import Message

SCHEME = "changgu-practice"


class HandOffs:
    """Blocking; called from worker threads."""

    def __init__(self, parts: Parts, issuing: Issuing) -> None:
        self._parts, self._issuing = parts, issuing

    def hand_off(self, name: str, key: str) -> HandOff:
        """A new ticket takes the place of the one before."""

        def effect(cx: Connection) -> HandOff:
            journey = self._parts.journeys.enter(cx, name)
            if self._parts.hooks.gateway:  # the notice is for the practice phone: a bank's app has its own way in
                raise ServiceError(Reason.NOT_OFFERED)
            self._admit(cx, journey)
            ticket, seconds = secrets.token_urlsafe(16), float(journey.bank.policies.handoff_seconds)
            cx.execute("DELETE FROM handoff WHERE journey = ?", (journey.id,))
            made = cx.execute(
                "INSERT INTO handoff (journey, ticket, expires_at) VALUES (?, ?, ?) RETURNING id",
                (journey.id, self._digest(ticket), self._parts.clock() + seconds),
            ).fetchone()
            notice = self._notice(cx, journey, ticket)
            self._parts.phone.deliver(cx, notice, code=made["id"], journey=journey.id)
            return HandOff(f"{SCHEME}://{journey.bank.id}/{journey.kind.value}?ticket={ticket}", seconds)

        return self._parts.calls.once(Call(key, name, "hand_off", None, HandOff), effect)

    def press(self, event: int) -> bool:
        """The person goes on in the app: the phone makes its key, and the certificate is issued for it.

        False for what is no notice of the app. Pressing again changes nothing.
        Raises HANDOFF_EXPIRED, and what stands against the issue.
        """
        with self._parts.store.transaction() as cx:
            notice = self._parts.phone.carried(cx, event)
            if notice is None:
                return False
            if self._redeemed(cx, *notice) is None:
                return True
        prepared = self._parts.cloud.prepare_phone_key()
        with self._parts.store.transaction() as cx:
            journey = self._redeemed(cx, *notice)
            if journey is not None:
                issued = self._issuing.deliver(cx, self._admit(cx, journey), prepared)
                self._parts.audit.write(cx, journey="", event=f"press {issued.task.value}")
                self._parts.phone.mark_answered(cx, event)
        return True

    def reply(self, name: str) -> Issued | None:
        """What the phone reported back. Raises HANDOFF_EXPIRED when the time is over without a report."""
        with self._parts.store.read() as cx:
            return self._delivered(cx, self._parts.journeys.enter(cx, name, touch=False))

    def _delivered(self, cx: Connection, journey: Journey) -> Issued | None:
        row = cx.execute("SELECT expires_at FROM handoff WHERE journey = ?", (journey.id,)).fetchone()
        if row is None or journey.issued:
            return self._parts.journeys.issued(cx, journey) if row else None
        if self._parts.clock() > row["expires_at"]:
            raise ServiceError(Reason.HANDOFF_EXPIRED)
        return None

    def _admit(self, cx: Connection, journey: Journey) -> Admitted:
        """Raises NOT_OFFERED, OUT_OF_ORDER or ALREADY_ISSUED."""
        if (journey.kind, journey.task) != (Kind.MOBILE, Task.ISSUE):
            raise ServiceError(Reason.NOT_OFFERED)
        return self._issuing.delivery.admit(cx, journey, Issue())

    def _redeemed(self, cx: Connection, handoff: int, ticket: str) -> Journey | None:
        """The journey that the ticket is for; None once it has its certificate. Raises HANDOFF_EXPIRED."""
        row = cx.execute("SELECT * FROM handoff WHERE id = ?", (handoff,)).fetchone()
        if row is None or not hmac.compare_digest(row["ticket"], self._digest(ticket)):
            raise ServiceError(Reason.HANDOFF_EXPIRED)
        journey = self._parts.journeys.enter_row(cx, row["journey"])
        if journey.issued:
            return None
        if self._parts.clock() > row["expires_at"]:
            raise ServiceError(Reason.HANDOFF_EXPIRED)
        return journey

    def _digest(self, ticket: str) -> bytes:
        return self._parts.vault.digest(ticket.encode(), "handoff")

    def _notice(self, cx: Connection, journey: Journey, ticket: str) -> Message:
        with self._parts.customers.known(cx, journey) as customer:
            phone = customer.phone
        return Message(
            channel=Channel.APP,
            phone=phone,
            sender=journey.bank.id,
            code=ticket,
            expects="press",
            says="app",
            data={"bank": journey.bank.id, "kind": journey.kind.value},
        )
