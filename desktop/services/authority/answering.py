"""What somebody answers on the telephone itself: on the practice phone, or by what a bank's gateway brings back."""

from __future__ import annotations

from desktop.services.api import Check, CloudVerified, PhoneVerified, Reason, ServiceError
from desktop.services.authority.connection import Connection
from desktop.services.authority.idempotency import Call
from desktop.services.authority.journeys import Journey
from desktop.services.authority.parts import Parts


class Answering:
    """Blocking; called from worker threads. `name` is a journey's id."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def reply(self, name: str) -> PhoneVerified | CloudVerified | None:
        """What an answer on the phone has proven, if the journey's latest code was answered there."""
        with self._parts.store.read() as cx:
            return self._parts.codes.replied(cx, self._parts.journeys.enter(cx, name, touch=False))

    def answer_phone(self, event: int, text: str) -> None:
        """An answer given on the phone: a try like any other. Raises like `confirm_code` and `confirm_cloud`."""
        failed: ServiceError | None = None
        with self._parts.store.transaction() as cx:
            received, code = self._parts.phone.take(cx, event)
            owner = self._parts.codes.owner(cx, code)
            if owner is None or received.expects == "type":
                return
            try:
                self._take_reply(cx, *owner, text)
            except ServiceError as error:
                failed = error  # raised only after the try is on disk
        if failed:
            raise failed

    def take_reply(self, message: str, text: str, reply: str) -> None:
        """As `answer_phone`, for what came back to a gateway: `message` is the key that it was given,
        `reply` its own id of this reply, which is one try however often it comes.

        Raises BAD_REQUEST for a message that expects none, or that nobody was sent.
        """

        def effect(cx: Connection) -> None:
            event = self._parts.outbox.event(cx, message)
            if event is None:
                raise ServiceError(Reason.BAD_REQUEST, field="message")
            received, code = self._parts.phone.take(cx, event)
            owner = self._parts.codes.owner(cx, code)
            if received.expects == "type":
                raise ServiceError(Reason.BAD_REQUEST, field="message")
            if owner is not None:
                self._take_reply(cx, *owner, text)

        # Under a key that no client can choose.
        key = self._parts.vault.digest(reply.encode(), "reply").hex()
        self._parts.calls.once(Call(key, "", "take_reply", (message, text), type(None)), effect)

    def _take_reply(self, cx: Connection, row: int, check: Check, text: str) -> None:
        journey = self._parts.journeys.enter_row(cx, row)
        journey.expect(check)
        self._parts.codes.reply(cx, journey, check, text)
        fact: PhoneVerified | CloudVerified
        if check == Check.CLOUD:
            fact = cloud_verified(self._parts, cx, journey, by_reply=True)
        else:
            fact = phone_verified(self._parts, cx, journey)
        self._parts.codes.keep_fact(cx, journey, check, fact)


def phone_verified(parts: Parts, cx: Connection, journey: Journey) -> PhoneVerified:
    """From here on the check is done."""
    parts.journeys.mark_done(cx, journey, Check.PHONE)
    return PhoneVerified(parts.codes.channel(cx, journey, Check.PHONE))


def cloud_verified(parts: Parts, cx: Connection, journey: Journey, *, by_reply: bool) -> CloudVerified:
    """As `phone_verified`, with the person's account in the cloud."""
    account = parts.cloud.open_account(cx, str(journey.owner()))
    parts.journeys.mark_done(cx, journey, Check.CLOUD)
    return CloudVerified(new_account=account.new, by_reply=by_reply)
