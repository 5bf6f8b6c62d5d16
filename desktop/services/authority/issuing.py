"""The certificate itself: issued once a journey when every check is done, then used through its PIN or password."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from cryptography.x509 import ReasonFlags

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
    Status,
    Task,
)
from desktop.services.authority.bank import Customer, masked_name
from desktop.services.authority.ca import CertificateRequest
from desktop.services.authority.cloud import PreparedKey, Purpose
from desktop.services.authority.dates import renewed_until
from desktop.services.authority.idempotency import Call
from desktop.services.authority.journeys import Journey
from desktop.services.authority.keyrules import new_secret
from desktop.services.authority.losses import end_loss
from desktop.services.authority.parts import Parts
from desktop.services.authority.portfolio import Held
from desktop.services.authority.store import whole

_TASKS = frozenset({Task.ISSUE, Task.REISSUE, Task.RENEW})


@dataclass(frozen=True, slots=True)
class Admitted:
    """A journey that may have its certificate now. `old` is replaced by it; `elsewhere` are revoked for it (C1)."""

    journey: Journey
    old: Held | None
    elsewhere: tuple[Held, ...] = ()


class Issuing:
    """Blocking; called from worker threads. `name` is a journey's id. Each raises what its Services method may."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def issue(self, name: str, request: Issue, key: str) -> Issued:
        """Key and wrapping are made between two transactions; the second looks at everything again."""

        def admit(cx: sqlite3.Connection) -> str:
            self._admit(cx, name, request)
            return ""

        def apply(cx: sqlite3.Connection, _: str, prepared: PreparedKey) -> Issued:
            return self.deliver(cx, self._admit(cx, name, request), prepared, usage=request.usage)

        return self._parts.calls.twice(
            Call(key, name, "issue", request, Issued),
            admit,
            apply,
            between=lambda _: self._parts.cloud.prepare_key(request.password or request.pin or Secret()),
        )

    def deliver(self, cx: sqlite3.Connection, admitted: Admitted, prepared: PreparedKey, *, usage: str = "") -> Issued:
        """A certificate for the prepared key, with all that it replaces: whole or not at all."""
        journey, old = admitted.journey, admitted.old
        with whole(cx), self._parts.customers.known(cx, journey) as customer:
            if old and old.status in {Status.GOOD, Status.SUSPENDED}:
                self._parts.ca.revoke(cx, old.credential.serial, ReasonFlags.superseded)
            for other in admitted.elsewhere:
                self._parts.ca.revoke(cx, other.credential.serial, ReasonFlags.superseded)
            issued = self._issue(cx, admitted, customer, prepared, usage)
            self._settle_loss(cx, journey)
            self._parts.journeys.mark_issued(cx, journey, issued)
        return issued

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

        def count(cx: sqlite3.Connection) -> str:
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
        def effect(cx: sqlite3.Connection) -> Signatures:
            account = self._admit_use(cx, self._proven(cx, name), request.credential_id)
            return self._parts.signing.sign(cx, account, name, request)

        return self._parts.calls.once(Call(key, name, "sign_hash", request, Signatures), effect)

    def crl(self) -> bytes:
        with self._parts.store.transaction() as cx:
            self._parts.ca.expire_holds(cx)
            return self._parts.status.crl(cx)

    def ocsp(self, request: bytes) -> bytes:
        with self._parts.store.transaction() as cx:
            self._parts.ca.expire_holds(cx)
            return self._parts.status.answer_ocsp(cx, request)

    def _admit(self, cx: sqlite3.Connection, name: str, request: Issue) -> Admitted:
        """Raises OUT_OF_ORDER, NOT_OFFERED, ALREADY_ISSUED, BAD_REQUEST, WEAK_PIN, WEAK_PASSWORD, ISSUED_ELSEWHERE,
        or why the certificate that was named can be neither replaced nor renewed."""
        journey = self._proven(cx, name)
        if journey.kind == Kind.MOBILE or journey.task not in _TASKS:
            raise ServiceError(Reason.NOT_OFFERED)
        admitted = self.admit_certificate(cx, journey, request)
        own, foreign = request.pin, request.password
        if journey.kind == Kind.JOINT:
            own, foreign = foreign, own
        if foreign is not None:
            raise ServiceError(Reason.BAD_REQUEST, field="pin" if journey.kind == Kind.JOINT else "password")
        with self._parts.customers.known(cx, journey) as customer:
            new_secret(journey.kind, own, customer, pin_digits=journey.bank.policies.pin_digits)
        usages = {usage.id for usage in journey.bank.product(journey.kind).usages}
        if request.usage and request.usage not in usages:
            raise ServiceError(Reason.BAD_REQUEST, field="usage")
        return admitted

    def admit_certificate(self, cx: sqlite3.Connection, journey: Journey, request: Issue) -> Admitted:
        """What there is already decides: one a kind and bank, and C1 for those of other banks."""
        self._parts.ca.expire_holds(cx)
        if journey.issued:
            raise ServiceError(Reason.ALREADY_ISSUED)
        if journey.task != Task.ISSUE:
            return Admitted(journey, self._parts.portfolio.choose(cx, journey, request.credential_id))
        self._parts.portfolio.refuse_in_vain(cx, journey, journey.owner(), hardened=journey.hardened)
        elsewhere = self._parts.portfolio.good_elsewhere(cx, journey, journey.owner())
        if elsewhere and not request.replace_elsewhere:
            raise ServiceError(Reason.ISSUED_ELSEWHERE, field="existing")
        return Admitted(journey, None, elsewhere if journey.bank.policies.replaces_elsewhere else ())

    def _issue(
        self, cx: sqlite3.Connection, admitted: Admitted, customer: Customer, prepared: PreparedKey, usage: str
    ) -> Issued:
        journey, old = admitted.journey, admitted.old
        bank, product = journey.bank, journey.bank.product(journey.kind)
        usage = usage or (old.credential.purpose.usage if old else "")
        usage = usage if any(u.id == usage for u in product.usages) else next((u.id for u in product.usages), "")
        policy = next((u.policy for u in product.usages if u.id == usage), product.policy)
        made = self._parts.ca.issue(
            cx,
            CertificateRequest(
                bank_unit=bank.unit,
                bank_code=bank.code,
                name=customer.name,
                public_key=prepared.public_key,
                idn=customer.rrn,
                random=prepared.random,
                policy=policy,
                years=product.years,
                until=_until(journey, old, product.years),
            ),
        )
        account = self._parts.cloud.open_account(cx, str(journey.owner())).id
        purpose = Purpose(bank.id, journey.kind, usage, product.renewal)
        credential = self._parts.cloud.store_credential(cx, account, prepared, made, purpose)
        self._parts.devices.used(cx, account, journey.device)
        if old:
            self._parts.devices.inherit(cx, account, old.credential.id, credential, here=journey.device)
        return Issued(
            bank=bank.id,
            kind=journey.kind,
            serial=str(made.serial),
            certificate=made.der,
            chain=self._parts.ca.chain(),
            not_before=made.not_before,
            not_after=made.not_after,
            policy=policy,
            owner=masked_name(customer.name),
            credential_id=credential,
            task=journey.task,
            renewal=product.renewal,
            usage=usage,
        )

    def _settle_loss(self, cx: sqlite3.Connection, journey: Journey) -> None:
        """A reissue ends what a reported loss began; an issue too, where the bank has asked more for it."""
        asked_more = journey.checks != journey.bank.checks(journey.kind, journey.task)
        if journey.hardened and (journey.task == Task.REISSUE or asked_more):
            end_loss(cx, journey.bank.id, journey.owner())

    def _admit_use(self, cx: sqlite3.Connection, journey: Journey, credential_id: str) -> int:
        """The cloud account. Raises NO_CERTIFICATE or DEVICE_NOT_ALLOWED."""
        account = self._parts.portfolio.usable(cx, journey, credential_id).credential.account
        self._parts.devices.check(cx, credential_id, journey.device)
        return account

    def _proven(self, cx: sqlite3.Connection, name: str) -> Journey:
        journey = self._parts.journeys.enter(cx, name)
        journey.expect_all()
        return journey


def _until(journey: Journey, old: Held | None, years: int) -> float | None:
    """The end: of the one replaced, or as many years after that of the one renewed; None for years from today."""
    if journey.task == Task.RENEW and old:
        return renewed_until(old.not_after, years)
    if journey.task == Task.REISSUE and old and old.status != Status.EXPIRED:
        return old.not_after
    return None
