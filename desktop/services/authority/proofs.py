"""The checks that only some journeys have: ID document, account, and the password of the certificate they replace."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from desktop.services.api import (
    AccountVerified,
    Check,
    DocumentVerified,
    Kind,
    PasswordVerified,
    Reason,
    ServiceError,
    Status,
    Task,
    VerifyAccount,
    VerifyDocument,
    VerifyPassword,
    password_statement,
)
from desktop.services.authority.cloud import Credential
from desktop.services.authority.connection import Connection
from desktop.services.authority.idempotency import Call
from desktop.services.authority.identity import Counted, Told
from desktop.services.authority.journeys import Journey
from desktop.services.authority.keys import check_own, verify
from desktop.services.authority.parts import Parts


class Proofs:
    """Blocking; called from worker threads. `name` is a journey's id. Each raises what its Services method may."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def verify_document(self, name: str, request: VerifyDocument, key: str) -> DocumentVerified:
        documents = self._parts.documents

        def check(cx: Connection, note: str, refused: ServiceError | None) -> DocumentVerified:
            journey = self._turn(cx, name, Check.DOCUMENT)
            verified = documents.check(cx, journey, request, note, refused)
            self._parts.journeys.mark_done(cx, journey, Check.DOCUMENT)
            return verified

        return self._parts.calls.twice(
            Call(key, name, "verify_document", request, DocumentVerified),
            lambda cx: documents.count(cx, self._turn(cx, name, Check.DOCUMENT), request),
            check,
            between=lambda _: documents.ask(name, request, key),
        )

    def verify_account(self, name: str, request: VerifyAccount, key: str) -> AccountVerified:
        identity = self._parts.identity

        def check(cx: Connection, note: str, told: Told) -> AccountVerified:
            journey = self._turn(cx, name, Check.ACCOUNT)
            verified = identity.check_account(cx, journey, request, Counted.read(note), told)
            self._parts.journeys.mark_done(cx, journey, Check.ACCOUNT)
            return verified

        return self._parts.calls.twice(
            Call(key, name, "verify_account", request, AccountVerified),
            lambda cx: str(identity.count_account(cx, self._turn(cx, name, Check.ACCOUNT), request)),
            check,
            between=lambda note: identity.ask_account(name, request, Counted.read(note), key),
        )

    def verify_password(self, name: str, request: VerifyPassword, key: str) -> PasswordVerified:
        """The password was tried on its file, by its owner's own side; what comes here is a signature by the key.

        Nothing is counted: there is nothing to guess. The document may stand in for it.
        """

        def check(cx: Connection) -> PasswordVerified:
            journey = self._turn(cx, name, Check.PASSWORD)
            held = next((h for h in self._targets(cx, journey) if h.certificate == request.certificate), None)
            if held is None:
                raise ServiceError(Reason.NO_CERTIFICATE)
            _check_signature(held.certificate, request.signature, password_statement(name))
            cx.execute("UPDATE journey SET opened = ? WHERE id = ?", (held.id, journey.id))
            self._parts.journeys.mark_done(cx, journey, Check.PASSWORD)
            return PasswordVerified(held.id)

        return self._parts.calls.once(Call(key, name, "verify_password", request, PasswordVerified), check)

    def _targets(self, cx: Connection, journey: Journey) -> tuple[Credential, ...]:
        """This bank's newest certificate with a password, or all of other banks that could be registered.

        Raises NO_CERTIFICATE.
        """
        foreign = journey.task == Task.REGISTER
        found = tuple(
            held.credential
            for held in self._parts.portfolio.of(cx, journey.owner())
            if held.credential.purpose.kind == Kind.JOINT
            and (held.credential.purpose.bank != journey.bank.id) == foreign
            and held.status != Status.REVOKED
        )
        if not found:
            raise ServiceError(Reason.NO_CERTIFICATE)
        return found if foreign else found[:1]

    def _turn(self, cx: Connection, name: str, check: Check) -> Journey:
        journey = self._parts.journeys.enter(cx, name)
        journey.expect(check)
        return journey


def _check_signature(certificate: bytes, signature: bytes, document: bytes) -> None:
    """Raises WRONG_PASSWORD."""
    public_key = check_own(x509.load_der_x509_certificate(certificate).public_key())
    try:
        verify(public_key, signature, document)
    except InvalidSignature:
        raise ServiceError(Reason.WRONG_PASSWORD, field="current_password") from None
