"""An authority in memory behind a CMP responder: it believes who has the code, and issues what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.secret import Secret
from desktop.services.cmp.applying import load_name
from desktop.services.cmp.crmf import raw
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.registrar import Applicant, Application, Exchange, Later
from tests.services.cmp.pki import Pki, usage


@dataclass(slots=True)
class Made:
    application: Application
    certificate: x509.Certificate
    confirmed: bool = False
    revoked: x509.ReasonFlags | None = None


@dataclass(slots=True)
class Register:
    """`wait` is how many times a client is told to ask again; `instead` is handed out, whatever is asked."""

    pki: Pki
    codes: dict[str, str] = field(default_factory=dict)
    made: dict[int, Made] = field(default_factory=dict)
    exchanges: dict[bytes, Exchange] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    wait: int = 0
    check_after: int = 1
    days: float = 30
    entered: int = 0
    instead: x509.Certificate | None = None
    denied: Failure | None = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.entered += 1
        yield

    def secret_of(self, reference: str) -> Secret | None:
        code = self.codes.get(reference)
        return None if code is None else Secret.of(code)

    def has_secret(self, reference: str) -> bool:
        return reference in self.codes

    def wrong_secret(self, reference: str) -> None:
        self.wrong[reference] = self.wrong.get(reference, 0) + 1

    def check_signer(self, certificate: x509.Certificate) -> None:
        made = self.made.get(certificate.serial_number)
        if made is None or made.certificate != certificate:
            raise RefusedError(Failure.SIGNER_NOT_TRUSTED)
        if made.revoked is not None:
            raise RefusedError(Failure.CERT_REVOKED)

    def request(self, application: Application) -> bytes | Later:
        if application.replaces is not None and application.replaces not in self.made:
            raise RefusedError(Failure.BAD_CERT_ID)
        certificate = self.instead or self.pki.ca.issue(
            load_name(raw(application.subject)), application.public_key, usage("digital_signature"), days=self.days
        )
        self.made[certificate.serial_number] = Made(application, certificate)
        answer = self.collect(application.transaction)
        if application.final and not isinstance(answer, Later):
            self.confirm(application.transaction)
        return answer

    def collect(self, transaction: bytes) -> bytes | Later:
        if self.denied is not None:
            raise RefusedError(self.denied)
        if self.wait:
            self.wait -= 1
            return Later(self.check_after)
        return self._of(transaction).certificate.public_bytes(Encoding.DER)

    def confirm(self, transaction: bytes) -> None:
        made = self._of(transaction)
        made.confirmed = True
        if made.application.replaces is not None:
            self.made[made.application.replaces].revoked = x509.ReasonFlags.superseded

    def reject(self, transaction: bytes) -> None:
        self._of(transaction).revoked = x509.ReasonFlags.cessation_of_operation

    def revoke(self, applicant: Applicant, serial: int, reason: x509.ReasonFlags) -> None:
        if serial not in self.made:
            raise RefusedError(Failure.BAD_CERT_ID)
        if applicant.certificate is None or applicant.certificate.serial_number != serial:
            raise RefusedError(Failure.NOT_AUTHORIZED)
        self.made[serial].revoked = reason

    def exchange(self, transaction: bytes) -> Exchange | None:
        return self.exchanges.get(transaction)

    def keep(self, exchange: Exchange) -> None:
        self.exchanges[exchange.transaction] = exchange

    def ca_certificates(self) -> tuple[bytes, ...]:
        return self.pki.chain

    def crl(self) -> bytes:
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder(self.pki.ca.certificate.subject, now, now + timedelta(days=1))
        for made in self.made.values():
            if made.revoked is not None:
                entry = x509.RevokedCertificateBuilder(made.certificate.serial_number, now)
                builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.pki.ca.key, hashes.SHA256()).public_bytes(Encoding.DER)

    @property
    def last(self) -> Made:
        return list(self.made.values())[-1]

    def _of(self, transaction: bytes) -> Made:
        return next(made for made in self.made.values() if made.application.transaction == transaction)
