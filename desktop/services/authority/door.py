"""What the CA does at its CMP door: certificates for who has a leave, on hold until confirmed, and revocations."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags

from desktop.banks import Product
from desktop.secret import Secret
from desktop.services.api import Kind, ServiceError, Status
from desktop.services.authority import keys, ledger
from desktop.services.authority.cloud import foreign_key
from desktop.services.authority.connection import Connection
from desktop.services.authority.delivery import Admitted, Delivery
from desktop.services.authority.enrolments import Leave, State
from desktop.services.authority.idempotency import PASSING
from desktop.services.authority.keys import check_own, kind_of
from desktop.services.authority.parts import Parts
from desktop.services.authority.store import whole
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.registrar import Applicant, Application, Asked, Exchange, PublicKey
from desktop.services.npki.vid import RANDOM_BYTES

#: Larger keys cost the CA more than they are worth to their owner.
MOST_KEY_BITS: Final = 4096
#: What a holder may say of their own certificate. To put one on hold, or take it off, is the bank's to decide.
_REASONS: Final = frozenset(
    {
        ReasonFlags.unspecified,
        ReasonFlags.key_compromise,
        ReasonFlags.affiliation_changed,
        ReasonFlags.superseded,
        ReasonFlags.cessation_of_operation,
    }
)


class Door:
    """A Registrar for all messages: the store lets one transaction in at a time, whose connection is kept here.

    `require_random`: refuse who sends no R, since a VID made of another one proves nothing to its owner.
    """

    def __init__(self, parts: Parts, delivery: Delivery, *, require_random: bool = True) -> None:
        self._parts, self._delivery, self._require_random = parts, delivery, require_random
        self._connection: Connection | None = None
        self._leaves: dict[str, Leave | None] = {}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._parts.store.transaction() as cx:
            self._connection = cx
            try:
                yield
            finally:
                self._connection = None
                self._leaves.clear()

    @property
    def _cx(self) -> Connection:
        assert self._connection is not None, "within `transaction`"
        return self._connection

    # ── Who is there ──

    def secret_of(self, reference: str) -> Secret | None:
        leave = self._known(reference)
        return self._parts.enrolments.code(leave) if leave else None

    def has_secret(self, reference: str) -> bool:
        leave = self._known(reference)
        return leave is not None and leave.has_code

    def wrong_secret(self, reference: str) -> None:
        """One too many makes the number void, and undoes what was fetched with it and not confirmed."""
        leave = self._parts.enrolments.by_reference(self._cx, reference)
        if leave and self._parts.enrolments.count_wrong_code(self._cx, leave):
            withdraw(self._cx, self._parts, leave)
        self._audit("code", Failure.BAD_MESSAGE_CHECK)

    def check_signer(self, certificate: x509.Certificate) -> None:
        """One on hold may sign too: its owner can still revoke it. An unconfirmed one is nobody's yet."""
        found = ledger.find(self._cx, certificate.serial_number)
        if found is None or found.certificate != certificate.public_bytes(Encoding.DER):
            raise RefusedError(Failure.SIGNER_NOT_TRUSTED)
        status = self._parts.ca.status(self._cx, found.serial)
        if status == Status.REVOKED:
            raise RefusedError(Failure.CERT_REVOKED)
        held = self._parts.cloud.by_serial(self._cx, found.serial)
        if status == Status.EXPIRED or held is None or held.purpose.kind != Kind.JOINT:
            raise RefusedError(Failure.SIGNER_NOT_TRUSTED)

    # ── A certificate ──

    def request(self, application: Application) -> bytes:
        """Made and registered, but on hold until it is confirmed, so that there never are two good ones.

        One that is `final` is handed over at once, and what it replaces is revoked with it.
        """
        cx, leave = self._cx, self._leave(application)
        try:
            admitted = self._admit(leave)
            product = admitted.journey.bank.product(admitted.journey.kind)
            public_key, random = _suitable(application.public_key, product), self._random(application)
            made = self._delivery.make(cx, admitted, public_key, random, naming=leave.naming)
        except ServiceError as error:
            self._refuse(application.asked.value, error)
        # It is in the ledger, so whatever is raised from here on is no refusal: it undoes all of the message.
        if application.final:
            self._delivery.hand_over(cx, admitted, foreign_key(public_key), made)
        else:
            self._parts.ca.suspend(cx, made.serial, until=leave.expires_at)
        state = State.CONFIRMED if application.final else State.PENDING
        self._parts.enrolments.pend(cx, leave, application.transaction, made.serial, state)
        self._audit(application.asked.value)
        return made.der

    def collect(self, transaction: bytes) -> bytes:
        """Nobody was told to ask later."""
        raise RefusedError(Failure.BAD_REQUEST)

    def confirm(self, transaction: bytes) -> None:
        """It is stored where its owner wants it: everything that an issue does is done here, or nothing."""
        cx, leave = self._cx, self._parts.enrolments.by_transaction(self._cx, transaction)
        if leave is not None and leave.state == State.CONFIRMED:
            return
        if leave is None or leave.state != State.PENDING or leave.serial is None:
            raise RefusedError(Failure.CERT_REVOKED)
        try:
            with whole(cx):
                admitted = self._admit(leave)
                self._parts.ca.resume(cx, leave.serial)
                made = self._parts.ca.issued(cx, leave.serial)
                certificate = x509.load_der_x509_certificate(made.der)
                key = foreign_key(check_own(certificate.public_key()))
                self._delivery.hand_over(cx, admitted, key, made)
                self._parts.enrolments.confirm(cx, leave)
        except ServiceError as error:
            if error.reason not in PASSING:
                withdraw(cx, self._parts, leave)
            self._refuse("certconf", error)
        self._audit("certconf")

    def reject(self, transaction: bytes) -> None:
        leave = self._parts.enrolments.by_transaction(self._cx, transaction)
        if leave is not None and leave.state == State.CONFIRMED:
            raise RefusedError(Failure.CERT_CONFIRMED)
        if leave is not None:
            withdraw(self._cx, self._parts, leave)
        self._audit("reject")

    def revoke(self, applicant: Applicant, serial: int, reason: ReasonFlags) -> None:
        """By who has the key, and nothing else needs proof: whoever stole it does the owner a service."""
        signer = applicant.certificate
        if signer is None or signer.serial_number != serial or reason == ReasonFlags.remove_from_crl:
            raise RefusedError(Failure.NOT_AUTHORIZED)
        if reason not in _REASONS:
            raise RefusedError(Failure.BAD_REQUEST)
        try:
            self._parts.ca.revoke(self._cx, serial, reason)
        except ServiceError as error:
            self._refuse("rr", error, Failure.CERT_REVOKED)
        self._audit("rr")

    # ── What is kept and told ──

    def exchange(self, transaction: bytes) -> Exchange | None:
        return self._parts.exchanges.find(self._cx, transaction)

    def keep(self, exchange: Exchange) -> None:
        self._parts.exchanges.keep(self._cx, exchange)

    def ca_certificates(self) -> tuple[bytes, ...]:
        return self._parts.ca.chain()

    def crl(self) -> bytes:
        self._parts.ca.expire_holds(self._cx)
        return self._parts.status.crl(self._cx)

    # ── Parts of it ──

    def _leave(self, application: Application) -> Leave:
        """The leave that was told by its number, or the one to replace the very certificate that signed."""
        reference, signer = application.applicant.reference, application.applicant.certificate
        leave, old = None, None
        if application.replaces is not None:
            old = self._parts.cloud.by_serial(self._cx, application.replaces)
        if reference is not None:
            leave = self._known(reference)
        elif signer is not None and old is not None and signer.serial_number == old.serial:
            leave = self._parts.enrolments.for_renewal(self._cx, old.id)
        if leave is None or leave.state == State.ENDED:
            raise RefusedError(Failure.NOT_AUTHORIZED)
        if leave.state != State.OPEN:
            raise RefusedError(Failure.DUPLICATE_CERT_REQ)
        if application.asked == Asked.KUR and (old is None or old.id != leave.request.credential_id):
            raise RefusedError(Failure.BAD_CERT_ID)
        return leave

    def _known(self, reference: str) -> Leave | None:
        """Read once a message, of which nothing changes it but the end."""
        if reference not in self._leaves:
            self._leaves[reference] = self._parts.enrolments.by_reference(self._cx, reference)
        return self._leaves[reference]

    def _admit(self, leave: Leave) -> Admitted:
        """Everything is looked at again: what another journey did meanwhile counts."""
        return self._delivery.admit(self._cx, self._parts.journeys.enter_row(self._cx, leave.journey), leave.request)

    def _random(self, application: Application) -> bytes:
        if application.random is None and not self._require_random:
            return secrets.token_bytes(RANDOM_BYTES)
        if application.random is None or len(application.random) != RANDOM_BYTES:
            raise RefusedError(Failure.BAD_REQUEST)
        return application.random

    def _refuse(self, event: str, error: ServiceError, failure: Failure = Failure.NOT_AUTHORIZED) -> NoReturn:
        if error.reason in PASSING:
            raise error
        self._parts.audit.write(self._cx, journey="", event=f"pkix {event}", reason=error.reason.value)
        raise RefusedError(failure) from error

    def _audit(self, event: str, failure: Failure | None = None) -> None:
        reason = {"reason": failure.code} if failure else {}
        self._parts.audit.write(self._cx, journey="", event=f"pkix {event}", **reason)


def withdraw(cx: Connection, parts: Parts, leave: Leave) -> None:
    """Ends a leave, and revokes what was fetched with it and never confirmed."""
    parts.enrolments.end(cx, leave)
    if (
        leave.state == State.PENDING
        and leave.serial is not None
        and parts.ca.status(cx, leave.serial) == Status.SUSPENDED
    ):
        parts.ca.revoke(cx, leave.serial, ReasonFlags.cessation_of_operation)


def _suitable(key: PublicKey, product: Product) -> keys.PublicKey:
    """Of a kind and size that the bank's policy has certified."""
    if isinstance(key, Ed25519PublicKey) or kind_of(key) not in product.key_kinds:
        raise RefusedError(Failure.BAD_CERT_TEMPLATE)
    if isinstance(key, RSAPublicKey) and not product.key_bits <= key.key_size <= MOST_KEY_BITS:
        raise RefusedError(Failure.BAD_CERT_TEMPLATE)
    return key
