"""The end of a journey that makes a certificate: who may have it, what it replaces, and how it is handed over."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.x509 import ReasonFlags

from desktop.services.api import Enrol, Issue, Issued, Reason, ServiceError, Status, Task
from desktop.services.authority.ca import IssuedCertificate, Naming
from desktop.services.authority.cloud import PreparedKey
from desktop.services.authority.connection import Connection
from desktop.services.authority.dates import renewed_until
from desktop.services.authority.journeys import Journey
from desktop.services.authority.keys import PublicKey
from desktop.services.authority.losses import end_loss
from desktop.services.authority.making import Wish, policy_of, usage_of
from desktop.services.authority.parts import Parts
from desktop.services.authority.portfolio import Held

TASKS = frozenset({Task.ISSUE, Task.REISSUE, Task.RENEW})


@dataclass(frozen=True, slots=True)
class Admitted:
    """A journey that may have its certificate now. `old` is replaced by it; `elsewhere` are revoked for it (C1)."""

    journey: Journey
    usage: str
    old: Held | None
    elsewhere: tuple[Held, ...] = ()


class Delivery:
    """Runs in the caller's transaction."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def admit(self, cx: Connection, journey: Journey, request: Issue | Enrol) -> Admitted:
        """Every check done, one a kind and bank, C1 for those of other banks, and a use that the product has.

        Raises OUT_OF_ORDER, NOT_OFFERED, ALREADY_ISSUED, ISSUED_ELSEWHERE, BAD_REQUEST, NO_CERTIFICATE, or why the
        certificate that was named can be neither replaced nor renewed.
        """
        journey.expect_all()
        if journey.task not in TASKS:
            raise ServiceError(Reason.NOT_OFFERED)
        self._parts.ca.expire_holds(cx)
        if journey.issued:
            raise ServiceError(Reason.ALREADY_ISSUED)
        product = journey.bank.product(journey.kind)
        if request.usage and request.usage not in {usage.id for usage in product.usages}:
            raise ServiceError(Reason.BAD_REQUEST, field="usage")
        if journey.task != Task.ISSUE:
            old = self._parts.portfolio.choose(cx, journey, request.credential_id)
            return Admitted(journey, usage_of(product, request.usage, old.credential.purpose.usage), old)
        elsewhere = self._parts.portfolio.beside(cx, journey)
        if elsewhere and not request.replace_elsewhere:
            raise ServiceError(Reason.ISSUED_ELSEWHERE, field="existing")
        replaced = elsewhere if journey.bank.policies.replaces_elsewhere else ()
        return Admitted(journey, usage_of(product, request.usage), None, replaced)

    def make(
        self,
        cx: Connection,
        admitted: Admitted,
        public_key: PublicKey,
        random: bytes,
        *,
        naming: Naming | None = None,
    ) -> IssuedCertificate:
        """The certificate alone; nothing is replaced yet."""
        journey = admitted.journey
        wish = Wish(
            bank=journey.bank,
            kind=journey.kind,
            usage=admitted.usage,
            public_key=public_key,
            random=random,
            until=_until(admitted),
            naming=naming,
        )
        with self._parts.customers.known(cx, journey) as person:
            return self._parts.maker.make(cx, person, wish)

    def hand_over(self, cx: Connection, admitted: Admitted, key: PreparedKey, made: IssuedCertificate) -> Issued:
        """From here on it is the person's, and what it replaces is revoked."""
        journey, old = admitted.journey, admitted.old
        if old and old.status in {Status.GOOD, Status.SUSPENDED}:
            self._parts.ca.revoke(cx, old.credential.serial, ReasonFlags.superseded)
        for other in admitted.elsewhere:
            self._parts.ca.revoke(cx, other.credential.serial, ReasonFlags.superseded)
        kept = self._parts.maker.keep(
            cx, journey.owner(), key, made, bank=journey.bank, kind=journey.kind, usage=admitted.usage
        )
        self._parts.devices.used(cx, kept.account, journey.device)
        if old:
            self._parts.devices.inherit(cx, kept.account, old.credential.id, kept.credential, here=journey.device)
        self._settle_loss(cx, journey)
        issued = self._told(cx, admitted, made, kept.credential)
        self._parts.journeys.mark_issued(cx, journey, issued)
        return issued

    def _told(self, cx: Connection, admitted: Admitted, made: IssuedCertificate, credential: str) -> Issued:
        journey = admitted.journey
        product = journey.bank.product(journey.kind)
        return Issued(
            bank=journey.bank.id,
            kind=journey.kind,
            serial=str(made.serial),
            certificate=made.der,
            chain=self._parts.ca.chain(),
            not_before=made.not_before,
            not_after=made.not_after,
            policy=policy_of(product, admitted.usage),
            owner=self._parts.customers.name(cx, journey.owner()),
            credential_id=credential,
            task=journey.task,
            renewal=product.renewal,
            usage=admitted.usage,
        )

    def _settle_loss(self, cx: Connection, journey: Journey) -> None:
        """A reissue ends what a reported loss began; an issue too, where the bank has asked more for it."""
        if not journey.hardened:
            return
        asked_more = journey.checks != journey.bank.checks(journey.kind, journey.task)
        if journey.task == Task.REISSUE or asked_more:
            end_loss(cx, journey.bank.id, journey.owner())


def _until(admitted: Admitted) -> float | None:
    """The end: of the one replaced, or as many years after that of the one renewed; None for years from today."""
    journey, old = admitted.journey, admitted.old
    if journey.task == Task.RENEW and old:
        return renewed_until(old.not_after, journey.bank.product(journey.kind).years)
    if journey.task == Task.REISSUE and old and old.status != Status.EXPIRED:
        return old.not_after
    return None
