"""Made-up certificates with keys and R, as a Korean CA would give them: made once, since a key takes its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from desktop.secret import Secret
from desktop.services.npki.key import new_key
from desktop.services.npki.vid import identify_data, vid

PASSWORD = "WTuA8Ev0lWXVFSiI!"
IDN = "8801019000001"
OWNER = "홍길동"
FROM = datetime(2026, 11, 22, 15, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Made:
    """`plain` is PKCS#8 with R; use it through `secret`, which is yours to wipe."""

    certificate: x509.Certificate
    key: RSAPrivateKey
    plain: bytes
    r: bytes

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def secret(self) -> Secret:
        return Secret(self.plain)


def name(cn: str, *units: str, o: str = "yessign") -> x509.Name:
    """In DER's order: the country first."""
    attributes = [(NameOID.COUNTRY_NAME, "kr"), (NameOID.ORGANIZATION_NAME, o)]
    attributes += [(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in [*attributes, (NameOID.COMMON_NAME, cn)]])


def certify(
    key: RSAPrivateKey, subject: x509.Name, *, issuer: x509.Name, by: RSAPrivateKey, r: bytes = b"", signs: bool = True
) -> x509.Certificate:
    """Signed by `by`; with R also the owner's VID. `signs` is what the key usage says."""
    number = x509.random_serial_number()
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), number, FROM, FROM + timedelta(days=365))
    usage = x509.KeyUsage(signs, signs, not signs, False, False, False, False, False, False)
    builder = builder.add_extension(usage, critical=True)
    if r:
        owner = identify_data(OWNER, vid(Secret.of(IDN), r))
        builder = builder.add_extension(x509.SubjectAlternativeName([owner]), critical=False)
    return builder.sign(by, hashes.SHA256())


@cache
def root() -> Made:
    return _made(name("KISA RootCA 4", "Korea Certification Authority Central", o="KISA"), None)


@cache
def issuing() -> Made:
    return _made(name("yessignCA Class 3", "AccreditedCA"), root())


@cache
def person() -> Made:
    return _made(name("홍길동()0020040200706130000001", "personal4IB", "WOORI"), issuing(), owned=True)


@cache
def other() -> Made:
    return _made(name("성춘향()0020040200706130000002", "personal4IB", "WOORI"), issuing(), owned=True)


@cache
def encipherment() -> Made:
    """The second pair that some people have, for encipherment alone."""
    return _made(person().certificate.subject, issuing(), signs=False)


def chain() -> tuple[bytes, bytes]:
    return issuing().der, root().der


def _made(subject: x509.Name, by: Made | None, *, owned: bool = False, signs: bool = True) -> Made:
    key, plain, r = new_key()
    issuer, signer = (subject, key) if by is None else (by.certificate.subject, by.key)
    certificate = certify(key, subject, issuer=issuer, by=signer, r=r if owned else b"", signs=signs)
    made = Made(certificate, key, bytes(plain.view()), r)
    plain.wipe()
    return made
