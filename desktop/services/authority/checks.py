"""The checks of a journey, one method a call: each in its turn, counted before it is made, and answered once."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar, assert_never

from desktop.services.api import (
    AcceptTerms,
    AnswerMedium,
    ChallengeMedium,
    Channel,
    Check,
    CloudCodeSent,
    CloudVerified,
    CodeSent,
    ConfirmCloud,
    ConfirmCode,
    IdentityVerified,
    Medium,
    MediumChallenge,
    MediumVerified,
    OpenCloud,
    PhoneVerified,
    Reason,
    SendCode,
    ServiceError,
    TermsAccepted,
    VerifyIdentity,
)
from desktop.services.authority.answering import cloud_verified, phone_verified
from desktop.services.authority.bank import masked_phone
from desktop.services.authority.card import Cards
from desktop.services.authority.cloudcheck import check_person
from desktop.services.authority.codes import Sent
from desktop.services.authority.connection import Connection
from desktop.services.authority.idempotency import Call
from desktop.services.authority.identity import Counted, Told
from desktop.services.authority.journeys import Journey
from desktop.services.authority.losses import is_hardened
from desktop.services.authority.otp import Tokens
from desktop.services.authority.outside import Outside, ask_states
from desktop.services.authority.parts import Parts
from desktop.services.hooks.directory import Person

Fact = TypeVar("Fact", PhoneVerified, CloudVerified)


class Checks:
    """Blocking; called from worker threads. `name` is a journey's id. Each raises what its Services method may."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def accept_terms(self, name: str, request: AcceptTerms, key: str) -> TermsAccepted:
        def effect(cx: Connection) -> TermsAccepted:
            journey = self._turn(cx, name, Check.TERMS)
            accepted = self._parts.terms.accept(cx, journey, request)
            self._parts.journeys.mark_done(cx, journey, Check.TERMS)
            return accepted

        return self._parts.calls.once(Call(key, name, "accept_terms", request, TermsAccepted), effect)

    def verify_identity(self, name: str, request: VerifyIdentity, key: str) -> IdentityVerified:
        def count(cx: Connection) -> str:
            return str(self._parts.identity.count(cx, self._turn(cx, name, Check.IDENTITY), request))

        def check(cx: Connection, note: str, told: Told) -> IdentityVerified:
            journey = self._turn(cx, name, Check.IDENTITY)
            proven = self._parts.identity.check(cx, journey, request, Counted.read(note), told)
            self._parts.ca.expire_holds(cx)
            hardened = is_hardened(cx, journey.bank.id, proven.customer)
            self._parts.portfolio.refuse_in_vain(cx, journey, proven.customer, hardened=hardened)
            self._parts.journeys.know(cx, journey, proven.customer, proven.account or None)
            return self._welcome(cx, proven.verified, name)

        def prepare(note: str) -> Told:
            if self._parts.estates:
                self._parts.estates.hand_over(Counted.read(note).customer)
            told = self._parts.identity.ask(name, request, Counted.read(note), key)
            if self._parts.outside and isinstance(told, Person):
                self._ask_states(self._parts.outside, told)
            return told

        call = Call(key, name, "verify_identity", request, IdentityVerified)
        return self._parts.calls.twice(call, count, check, between=prepare)

    def _ask_states(self, outside: Outside, told: Person) -> None:
        """What the CA has done to this person's certificates without us."""
        with self._parts.store.read() as cx:
            customer = self._parts.customers.by_rrn(cx, told.rrn.reveal())
            held = self._parts.portfolio.of(cx, customer) if customer else ()
        ask_states(self._parts.store, outside, (each.credential.serial for each in held))

    def _welcome(self, cx: Connection, verified: IdentityVerified, name: str) -> IdentityVerified:
        """Tells a person who comes back, and is known again, of a code that is already on its way."""
        journey = self._parts.journeys.enter(cx, name)
        if Check.PHONE not in journey.done:
            sent = self._parts.codes.waiting(cx, journey, Check.PHONE)
            if sent is None:
                return verified
            channel = self._parts.codes.channel(cx, journey, Check.PHONE)
            return replace(verified, code_sent=_code_sent(sent, channel, verified.phone))
        if Check.CLOUD not in journey.done and (sent := self._parts.codes.waiting(cx, journey, Check.CLOUD)):
            return replace(verified, cloud_code_sent=_cloud_code_sent(sent, verified.phone))
        return verified

    def send_code(self, name: str, request: SendCode, key: str) -> CodeSent:
        def effect(cx: Connection) -> CodeSent:
            journey = self._turn(cx, name, Check.PHONE)
            if request.channel not in journey.bank.policies.channels:
                raise ServiceError(Reason.BAD_REQUEST, field="channel")
            with self._parts.customers.known(cx, journey) as customer:
                phone = customer.phone
            sent = self._parts.codes.send(cx, journey, Check.PHONE, request.channel, to=phone)
            return _code_sent(sent, request.channel, masked_phone(phone))

        return self._parts.calls.once(Call(key, name, "send_code", request, CodeSent), effect)

    def confirm_code(self, name: str, request: ConfirmCode, key: str) -> PhoneVerified:
        def count(cx: Connection) -> str:
            if self._replied(cx, name, PhoneVerified):
                return ""
            return self._parts.codes.count(cx, self._turn(cx, name, Check.PHONE), Check.PHONE, request.code)

        def check(cx: Connection, note: str) -> PhoneVerified:
            if replied := self._replied(cx, name, PhoneVerified):
                return replied
            journey = self._turn(cx, name, Check.PHONE)
            self._parts.codes.check(cx, journey, Check.PHONE, request.code, note)
            return phone_verified(self._parts, cx, journey)

        return self._parts.calls.counted(Call(key, name, "confirm_code", request, PhoneVerified), count, check)

    def challenge_medium(self, name: str, request: ChallengeMedium, key: str) -> MediumChallenge:
        if self._parts.asked_media:
            return self._parts.asked_media.challenge(name, request, key)

        def effect(cx: Connection) -> MediumChallenge:
            journey = self._turn(cx, name, Check.MEDIUM)
            if request.medium not in journey.bank.policies.media:
                raise ServiceError(Reason.BAD_REQUEST, field="medium")
            self._parts.journeys.choose_medium(cx, journey, request.medium)
            return self._medium(request.medium).challenge(cx, journey)

        return self._parts.calls.once(Call(key, name, "challenge_medium", request, MediumChallenge), effect)

    def answer_medium(self, name: str, request: AnswerMedium, key: str) -> MediumVerified:
        if self._parts.asked_media:
            return self._parts.asked_media.answer(name, request, key)

        def count(cx: Connection) -> str:
            journey = self._turn(cx, name, Check.MEDIUM)
            if journey.medium is None:
                raise ServiceError(Reason.OUT_OF_ORDER)
            return f"{journey.medium.value} {self._medium(journey.medium).count(cx, journey, request)}"

        def check(cx: Connection, note: str) -> MediumVerified:
            # The note names the medium that the try was counted on; another may have been challenged since.
            counted_on, _, rest = note.partition(" ")
            journey, medium = self._turn(cx, name, Check.MEDIUM), Medium(counted_on)
            self._medium(medium).check(cx, journey, request, rest)
            self._parts.journeys.mark_done(cx, journey, Check.MEDIUM)
            return MediumVerified(medium)

        return self._parts.calls.counted(Call(key, name, "answer_medium", request, MediumVerified), count, check)

    def open_cloud(self, name: str, request: OpenCloud, key: str) -> CloudCodeSent:
        def effect(cx: Connection) -> CloudCodeSent:
            journey = self._turn(cx, name, Check.CLOUD)
            with self._parts.customers.known(cx, journey) as customer:
                check_person(customer, request)
            sent = self._parts.codes.send(cx, journey, Check.CLOUD, Channel.SMS, to=request.phone)
            return _cloud_code_sent(sent, masked_phone(request.phone))

        return self._parts.calls.once(Call(key, name, "open_cloud", request, CloudCodeSent), effect)

    def confirm_cloud(self, name: str, request: ConfirmCloud, key: str) -> CloudVerified:
        def count(cx: Connection) -> str:
            if self._replied(cx, name, CloudVerified):
                return ""
            return self._parts.codes.count(cx, self._turn(cx, name, Check.CLOUD), Check.CLOUD, request.code)

        def check(cx: Connection, note: str) -> CloudVerified:
            if replied := self._replied(cx, name, CloudVerified):
                return replied
            journey = self._turn(cx, name, Check.CLOUD)
            self._parts.codes.check(cx, journey, Check.CLOUD, request.code, note)
            return cloud_verified(self._parts, cx, journey, by_reply=False)

        return self._parts.calls.counted(Call(key, name, "confirm_cloud", request, CloudVerified), count, check)

    def _turn(self, cx: Connection, name: str, check: Check) -> Journey:
        journey = self._parts.journeys.enter(cx, name)
        journey.expect(check)
        return journey

    def _replied(self, cx: Connection, name: str, kind: type[Fact]) -> Fact | None:
        found = self._parts.codes.replied(cx, self._parts.journeys.enter(cx, name))
        return found if isinstance(found, kind) else None

    def _medium(self, medium: Medium) -> Cards | Tokens:
        match medium:
            case Medium.CARD:
                return self._parts.cards
            case Medium.OTP:
                return self._parts.tokens
            case _:
                assert_never(medium)


def _code_sent(sent: Sent, channel: Channel, phone: str) -> CodeSent:
    return CodeSent(
        channel=channel,
        phone=phone,
        sender=sent.sender,
        digits=sent.digits,
        shown=sent.shown,
        reply=sent.reply,
        expires_in=sent.expires_in,
        resend_in=sent.resend_in,
    )


def _cloud_code_sent(sent: Sent, phone: str) -> CloudCodeSent:
    return CloudCodeSent(phone, sent.sender, sent.digits, sent.expires_in, sent.resend_in)
