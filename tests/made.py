"""Made-up people's joint certificates, whole: chain, certificate, key with R, and the folder they lie in."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.secret import Secret
from desktop.services.authority.press import Press
from desktop.services.authority.profile import Issuer, Names, Owner, issuing, root, subject
from desktop.services.npki.container import Form, seal_key
from desktop.services.npki.key import new_key
from desktop.services.npki.names import user_path
from desktop.services.npki.vid import identify_data, vid

RRN = "9001019123456"
PASSWORD = "Wq7!mZ-4kP"
#: As yessign is called, so that its folder has the usual name.
NAMES = Names(organization="yessign", issuing="yessignCA Class 0", root="yessign Root 0")
_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Person:
    certificate: x509.Certificate
    key: RSAPrivateKey = field(repr=False)
    pkcs8: bytes = field(repr=False)
    r: bytes = field(repr=False)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def files(self, password: str = PASSWORD, *, form: Form = Form.KISA) -> dict[str, bytes]:
        sealed = seal_key(Secret(self.pkcs8), Secret.of(password), form=form)
        return {"signCert.der": self.der, "signPri.key": sealed}

    def kept_below(self, place: Path, password: str = PASSWORD, *, form: Form = Form.KISA) -> Path:
        """Puts the files where every program looks below `place`, and returns their folder."""
        folder = place / user_path(self.certificate)
        folder.mkdir(parents=True)
        for name, data in self.files(password, form=form).items():
            (folder / name).write_bytes(data)
        return folder


@dataclass(frozen=True, slots=True)
class Office:
    """A CA of two levels. `chain` is issuing CA, then root."""

    root: Issuer
    issuing: Issuer

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        return (self.issuing.certificate, self.root.certificate)

    def person(self, name: str = "홍길동", *, days_ago: float = 10, years: int = 1, sequence: int = 1) -> Person:
        """A certificate given so many days ago."""
        now = time.time() - days_ago * _DAY
        key, plain, r = new_key()
        owner = Owner(name=name, unit="WOORI", code="020", sequence=sequence)
        identity = identify_data(name, vid(Secret.of(RRN), r))
        pressed = Press(self.issuing, NAMES).end_entity(
            key.public_key(),
            subject(owner, NAMES, now),
            identity,
            policy="1.2.410.200005.1.1.4",
            now=now,
            years=years,
        )
        return Person(x509.load_der_x509_certificate(pressed.der), key, bytes(plain.view()), r)

    def crl(self, *gone: x509.Certificate, hold: bool = False, days: float = 1) -> x509.CertificateRevocationList:
        """`days` until the next one is due; negative for one that is out of date."""
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder(self.issuing.certificate.subject)
        builder = builder.last_update(now - timedelta(days=9)).next_update(now + timedelta(days=days))
        reason = x509.ReasonFlags.certificate_hold if hold else x509.ReasonFlags.key_compromise
        for certificate in gone:
            entry = x509.RevokedCertificateBuilder(certificate.serial_number, now - timedelta(days=5))
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.issuing.key, hashes.SHA256())


def open_office() -> Office:
    """A new one, which nobody else's chain leads to."""
    long_ago = time.time() - 400 * _DAY
    root_key, issuing_key = generate_private_key(65537, 2048), generate_private_key(65537, 2048)
    top = Issuer(root(root_key, NAMES, long_ago), root_key)
    return Office(top, Issuer(issuing(top, issuing_key.public_key(), NAMES, long_ago), issuing_key))


@cache
def office() -> Office:
    return open_office()


@cache
def gildong() -> Person:
    return office().person()
