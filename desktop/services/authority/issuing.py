"""The certificate itself: issued once a journey when every check is done, then used through its PIN."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from desktop.pin_rules import broken_rule
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
    Task,
)
from desktop.services.authority.bank import Customer, masked_name
from desktop.services.authority.ca import CertificateRequest
from desktop.services.authority.cloud import PreparedKey
from desktop.services.authority.idempotency import Call
from desktop.services.authority.inputs import digits
from desktop.services.authority.journeys import Journey
from desktop.services.authority.parts import Parts


class Issuing:
    """Blocking; called from worker threads. `name` is a journey's id. Each raises what its Services method may."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def issue(self, name: str, request: Issue, key: str) -> Issued:
        """Key and wrapping are made between two transactions; the second looks at everything again."""

        def admit(cx: sqlite3.Connection) -> str:
            self._admit(cx, name, request.pin)
            return ""

        def apply(cx: sqlite3.Connection, _: str, prepared: PreparedKey) -> Issued:
            journey = self._admit(cx, name, request.pin)
            with _whole(cx), self._parts.customers.known(cx, journey) as customer:
                issued = self._issue(cx, journey, customer, prepared)
                self._parts.journeys.mark_issued(cx, journey, issued)
            return issued

        return self._parts.calls.twice(
            Call(key, name, "issue", request, Issued),
            admit,
            apply,
            between=lambda _: self._parts.cloud.prepare_key(request.pin),
        )

    def credentials_list(self, name: str) -> CredentialsList:
        with self._parts.store.transaction() as cx:
            return self._parts.signing.list(cx, self._account(cx, self._proven(cx, name)))

    def credentials_info(self, name: str, credential_id: str) -> CredentialInfo:
        with self._parts.store.transaction() as cx:
            journey = self._proven(cx, name)
            tries = journey.bank.policies.pin_tries
            return self._parts.signing.info(cx, self._account(cx, journey), credential_id, pin_tries=tries)

    def authorize(self, name: str, request: Authorize, key: str) -> Authorized:
        signing = self._parts.signing

        def count(cx: sqlite3.Connection) -> str:
            journey = self._proven(cx, name)
            digits(request.pin, "pin", journey.bank.policies.pin_digits)
            account, tries = self._account(cx, journey), journey.bank.policies.pin_tries
            return f"{account} {signing.count(cx, account, request, pin_tries=tries)}"

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
            account = self._account(cx, self._proven(cx, name))
            return self._parts.signing.sign(cx, account, name, request)

        return self._parts.calls.once(Call(key, name, "sign_hash", request, Signatures), effect)

    def crl(self) -> bytes:
        with self._parts.store.transaction() as cx:
            return self._parts.status.crl(cx)

    def ocsp(self, request: bytes) -> bytes:
        with self._parts.store.read() as cx:
            return self._parts.status.answer_ocsp(cx, request)

    def _admit(self, cx: sqlite3.Connection, name: str, pin: Secret) -> Journey:
        """Raises OUT_OF_ORDER, NOT_OFFERED, ALREADY_ISSUED, BAD_REQUEST or WEAK_PIN."""
        journey = self._proven(cx, name)
        if (journey.kind, journey.task) != (Kind.FINANCIAL, Task.ISSUE):
            raise ServiceError(Reason.NOT_OFFERED)
        if journey.issued or self._parts.cloud.has_good_certificate(cx, self._account(cx, journey), self._parts.ca):
            raise ServiceError(Reason.ALREADY_ISSUED)
        digits(pin, "pin", journey.bank.policies.pin_digits)
        with self._parts.customers.known(cx, journey) as customer:
            rule = _rule_broken(pin, customer)
        if rule:
            raise ServiceError(Reason.WEAK_PIN, field="pin", detail=rule)
        return journey

    def _issue(self, cx: sqlite3.Connection, journey: Journey, customer: Customer, prepared: PreparedKey) -> Issued:
        bank, product = journey.bank, journey.bank.product(journey.kind)
        made = self._parts.ca.issue(
            cx,
            CertificateRequest(
                bank_unit=bank.unit,
                bank_code=bank.code,
                name=customer.name,
                public_key=prepared.public_key,
                idn=customer.rrn,
                random=prepared.random,
                policy=product.policy,
                years=product.years,
            ),
        )
        credential = self._parts.cloud.store_credential(cx, self._account(cx, journey), prepared, made)
        return Issued(
            bank=bank.id,
            kind=journey.kind,
            serial=str(made.serial),
            certificate=made.der,
            chain=self._parts.ca.chain(),
            not_before=made.not_before,
            not_after=made.not_after,
            policy=product.policy,
            owner=masked_name(customer.name),
            credential_id=credential,
        )

    def _proven(self, cx: sqlite3.Connection, name: str) -> Journey:
        journey = self._parts.journeys.enter(cx, name)
        journey.expect_all()
        return journey

    def _account(self, cx: sqlite3.Connection, journey: Journey) -> int:
        return self._parts.cloud.open_account(cx, str(journey.owner())).id


@contextmanager
def _whole(cx: sqlite3.Connection) -> Iterator[None]:
    """A refusal keeps what was written before it, but half a certificate is not to be kept."""
    cx.execute("SAVEPOINT whole")
    try:
        yield
    except BaseException:
        if cx.in_transaction:  # a full disk may have undone everything already
            cx.execute("ROLLBACK TO whole")
        raise
    cx.execute("RELEASE whole")


def _rule_broken(pin: Secret, customer: Customer) -> str | None:
    with pin.view() as digits_, customer.rrn.view() as rrn, customer.account.view() as account:
        return broken_rule(
            digits_,
            rrn=rrn,
            birth_date=customer.birth_date.encode(),
            phone=customer.phone.encode(),
            account=account,
        )
