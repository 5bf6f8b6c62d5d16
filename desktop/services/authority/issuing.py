"""Certificates in the cloud: issued once a journey when every check is done, then used through their PIN."""

from __future__ import annotations

from desktop.secret import Secret
from desktop.services.api import (
    Authorize,
    Authorized,
    CredentialInfo,
    CredentialsList,
    Issue,
    Issued,
    Kind,
    Reason,
    ServiceError,
    Signatures,
    SignHash,
)
from desktop.services.authority.ca import IssuedCertificate
from desktop.services.authority.cloud import PreparedKey
from desktop.services.authority.connection import Connection
from desktop.services.authority.delivery import Admitted, Delivery
from desktop.services.authority.idempotency import Call
from desktop.services.authority.journeys import Journey
from desktop.services.authority.keyrules import new_pin
from desktop.services.authority.ordering import Ordering
from desktop.services.authority.parts import Parts
from desktop.services.authority.store import whole


class Issuing:
    """Blocking; called from worker threads. `name` is a journey's id. Each raises what its Services method may."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self.delivery = parts, Delivery(parts)
        self._ordering = Ordering(parts, parts.outside, self) if parts.outside else None

    def issue(self, name: str, request: Issue, key: str) -> Issued:
        """Key and wrapping are made between two transactions; the second looks at everything again."""
        if self._ordering:
            return self._ordering.issue(name, request, key)

        def admit(cx: Connection) -> str:
            self.admit(cx, name, request)
            return ""

        def apply(cx: Connection, _: str, prepared: PreparedKey) -> Issued:
            return self.deliver(cx, self.admit(cx, name, request), prepared)

        return self._parts.calls.twice(
            Call(key, name, "issue", request, Issued),
            admit,
            apply,
            between=lambda _: self._parts.cloud.prepare_key(request.pin or Secret()),
        )

    def deliver(self, cx: Connection, admitted: Admitted, prepared: PreparedKey) -> Issued:
        """A certificate for the prepared key, with all that it replaces: whole or not at all."""
        with whole(cx):
            made = self.delivery.make(cx, admitted, prepared.public_key, prepared.random)
            return self.hand_over(cx, admitted, prepared, made)

    def hand_over(self, cx: Connection, admitted: Admitted, key: PreparedKey, made: IssuedCertificate) -> Issued:
        return self.delivery.hand_over(cx, admitted, key, made)

    def credentials_list(self, name: str) -> CredentialsList:
        with self._parts.store.transaction() as cx:
            return CredentialsList(self._parts.portfolio.all_usable(cx, self._proven(cx, name)))

    def credentials_info(self, name: str, credential_id: str) -> CredentialInfo:
        with self._parts.store.transaction() as cx:
            self._parts.ca.expire_holds(cx)
            journey = self._proven(cx, name)
            account = self._parts.portfolio.usable(cx, journey, credential_id).credential.account
            tries = journey.bank.policies.pin_tries
            return self._parts.signing.info(cx, account, credential_id, pin_tries=tries)

    def authorize(self, name: str, request: Authorize, key: str) -> Authorized:
        signing = self._parts.signing

        def count(cx: Connection) -> str:
            journey = self._proven(cx, name)
            account = self._admit_use(cx, journey, request.credential_id)
            policies = journey.bank.policies
            counted = signing.count(cx, account, request, pin_tries=policies.pin_tries, pin_digits=policies.pin_digits)
            self._parts.devices.used(cx, account, journey.device)
            return f"{account} {counted}"

        return self._parts.calls.twice(
            Call(key, name, "credentials_authorize", request, Authorized),
            count,
            lambda cx, note, unlocked: signing.authorize(
                cx,
                name,
                unlocked,
                counted=int(note.split()[1]),
                pin_tries=self._proven(cx, name).bank.policies.pin_tries,
            ),
            between=lambda note: signing.unlock(int(note.split()[0]), request),
        )

    def sign_hash(self, name: str, request: SignHash, key: str) -> Signatures:
        def effect(cx: Connection) -> Signatures:
            account = self._admit_use(cx, self._proven(cx, name), request.credential_id)
            return self._parts.signing.sign(cx, account, name, request)

        return self._parts.calls.once(Call(key, name, "sign_hash", request, Signatures), effect)

    def crl(self) -> bytes:
        self._refuse_outside()
        with self._parts.store.transaction() as cx:
            self._parts.ca.expire_holds(cx)
            return self._parts.status.crl(cx)

    def ocsp(self, request: bytes) -> bytes:
        self._refuse_outside()
        with self._parts.store.transaction() as cx:
            self._parts.ca.expire_holds(cx)
            return self._parts.status.answer_ocsp(cx, request)

    def _refuse_outside(self) -> None:
        """Of certificates that another CA signs, that CA alone says how they are: at the address they name."""
        if self._parts.outside:
            raise ServiceError(Reason.NOT_OFFERED, detail="outside_ca")

    def admit(self, cx: Connection, name: str, request: Issue) -> Admitted:
        """Raises WEAK_PIN, and what `Delivery.admit` raises. Only in the cloud are keys made here."""
        journey = self._proven(cx, name)
        if journey.kind != Kind.FINANCIAL:
            raise ServiceError(Reason.NOT_OFFERED)
        admitted = self.delivery.admit(cx, journey, request)
        with self._parts.customers.known(cx, journey) as customer:
            new_pin(request.pin, customer, pin_digits=journey.bank.policies.pin_digits)
        return admitted

    def _admit_use(self, cx: Connection, journey: Journey, credential_id: str) -> int:
        """The cloud account. Raises NO_CERTIFICATE or DEVICE_NOT_ALLOWED."""
        account = self._parts.portfolio.usable(cx, journey, credential_id).credential.account
        self._parts.devices.check(cx, credential_id, journey.device)
        return account

    def _proven(self, cx: Connection, name: str) -> Journey:
        journey = self._parts.journeys.enter(cx, name)
        journey.expect_all()
        return journey
