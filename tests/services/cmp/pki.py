"""A small CA for the tests: root, issuing CA (which signs alone), who speaks for it in CMP, and who reads R."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import NameOID

from desktop.services.cmp.applying import Decryption
from desktop.services.cmp.peer import Identity
from desktop.services.cmp.registrar import PublicKey
from desktop.services.cmp.talk import SPEAKERS

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def named(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "changgu test"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """One for each name, since making one takes a while."""
    return rsa.generate_private_key(65537, 2048)


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True, slots=True)
class Authority:
    """A name, a key, and the certificate of both."""

    certificate: x509.Certificate
    key: SigningKey

    def issue(
        self,
        subject: x509.Name,
        key: PublicKey,
        *extensions: x509.ExtensionType,
        days: float = 30,
        start: datetime | None = None,
    ) -> x509.Certificate:
        return build(subject, key, self.certificate.subject, self.key, *extensions, days=days, start=start)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def build(
    subject: x509.Name,
    key: PublicKey,
    issuer: x509.Name,
    by: SigningKey,
    *extensions: x509.ExtensionType,
    days: float = 30,
    start: datetime | None = None,
) -> x509.Certificate:
    begins = start or datetime.now(UTC) - timedelta(minutes=1)
    builder = x509.CertificateBuilder(
        issuer, subject, key, x509.random_serial_number(), begins, begins + timedelta(days=days)
    )
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return builder.sign(by, hashes.SHA256())


def usage(*flags: str) -> x509.KeyUsage:
    names = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign "
        "crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{name: name in flags for name in names.split()})


@dataclass(frozen=True, slots=True)
class Pki:
    root: Authority
    ca: Authority
    speaker: Identity
    reader: Decryption

    @property
    def chain(self) -> tuple[bytes, bytes]:
        return self.ca.der, self.root.der


@cache
def pki() -> Pki:
    is_ca = (x509.BasicConstraints(ca=True, path_length=None), usage("key_cert_sign", "crl_sign"))
    root_key, ca_key, speaker_key, reader_key = rsa_key("root"), rsa_key("ca"), ec_key("speaker"), rsa_key("reader")
    root_name = named("Test Root")
    root = Authority(build(root_name, root_key.public_key(), root_name, root_key, *is_ca), root_key)
    ca = Authority(root.issue(named("Test CA"), ca_key.public_key(), *is_ca), ca_key)
    speaker = ca.issue(
        named("Test CMP"),
        speaker_key.public_key(),
        usage("digital_signature"),
        x509.ExtendedKeyUsage(sorted_speakers()),
    )
    reader = ca.issue(named("Test Reader"), reader_key.public_key(), usage("key_encipherment"))
    return Pki(root, ca, Identity(speaker, speaker_key, (ca.der,)), Decryption(reader, reader_key))


def sorted_speakers() -> list[x509.ObjectIdentifier]:
    return sorted(SPEAKERS, key=lambda oid: oid.dotted_string)
