"""Certificates byte for byte after the yessign profile: names, extensions and validity (see docs/decisions/0002)."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import (
    ExtendedKeyUsageOID,
    NameOID,
)

from desktop.services.authority.dates import KST, day_of, eve_of_anniversary, first_second, last_second
from desktop.services.authority.keys import PublicKey, SigningKey
from desktop.services.npki.vid import identify_data

ROOT_YEARS: Final = 20
ISSUING_YEARS: Final = 10
SERVANT_DAYS: Final = 7

#: id-kp-cmcCA (RFC 6402): speaks for a CA.
_CMC_CA: Final = ObjectIdentifier("1.3.6.1.5.5.7.3.27")


@dataclass(frozen=True, slots=True)
class Names:
    """What a certificate says of its issuer. The defaults say practice; `.invalid` never resolves (RFC 2606).

    `issuers_uri`: where the CA's certificate is to be had; yessign names none, nor do we unless it is served.
    """

    organization: str = "changgu-practice"
    unit: str = "AccreditedCA"
    issuing: str = "Changgu Practice CA Class 1"
    root: str = "Changgu Practice Root CA"
    people: str = "personal4IB"
    notice: str = "연습용 인증서입니다. 실제 금융거래에 쓸 수 없습니다."
    cps_uri: str = "http://changgu-practice.invalid/cps"
    crl_uri: str = "http://changgu-practice.invalid/ca.crl"
    ocsp_uri: str = "http://changgu-practice.invalid/ocsp"
    issuers_uri: str = ""

    def served_at(self, url: str) -> Names:
        """With the addresses of a server that answers by plain HTTP at `url`."""
        base = url.rstrip("/")
        return replace(self, crl_uri=f"{base}/ca.crl", ocsp_uri=f"{base}/ocsp", issuers_uri=f"{base}/ca.crt")


@dataclass(frozen=True, slots=True)
class Issuer:
    """A CA that can sign: its certificate and its key."""

    certificate: x509.Certificate
    key: SigningKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose certificate: `unit` and `code` of the bank, `sequence` counts the names that the CA has given."""

    name: str = field(repr=False)
    unit: str
    code: str
    sequence: int


def validity(now: float, years: int, *, until: float | None = None) -> tuple[datetime, datetime]:
    """Whole Korean days that hold `now` (epoch seconds) and make exactly `years`, both ends included, in UTC.

    `until` sets another end: that of the certificate replaced, or the day to which one is renewed.
    """
    return validity_from(day_of(now), years, until=until)


def validity_from(first: date, years: int, *, until: float | None = None) -> tuple[datetime, datetime]:
    """As `validity`, of a Korean day."""
    end = last_second(eve_of_anniversary(first, years)) if until is None else datetime.fromtimestamp(until, UTC)
    return first_second(first).astimezone(UTC), end.astimezone(UTC)


def root(key: SigningKey, names: Names, now: float) -> x509.Certificate:
    """The self-signed anchor."""
    name = _ca_name(names, names.root)
    builder = _builder(name, name, key.public_key(), validity(now, ROOT_YEARS))
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    builder = _ca_extensions(builder, names.root, path_length=1)
    return builder.sign(key, hashes.SHA256())


def issuing(issuer: Issuer, public_key: PublicKey, names: Names, now: float) -> x509.Certificate:
    """The CA below the root that signs people's certificates."""
    subject = _ca_name(names, names.issuing)
    begins, ends = validity(now, ISSUING_YEARS)
    period = begins, min(ends, issuer.certificate.not_valid_after_utc)
    builder = _builder(subject, issuer.certificate.subject, public_key, period)
    builder = _key_identifiers(builder, issuer, public_key)
    builder = _ca_extensions(builder, names.issuing, path_length=0)
    return builder.sign(issuer.key, hashes.SHA256())


def subject(owner: Owner, names: Names, now: float) -> x509.Name:
    """The name of a person's certificate, which nobody else's is."""
    return _name(names.organization, (names.people, owner.unit), common_name(owner, now))


def responder(issuer: Issuer, public_key: CertificatePublicKeyTypes, names: Names, now: float) -> x509.Certificate:
    """For signing OCSP answers in the CA's name (RFC 6960, 4.2.2.2), short-lived and never looked up itself."""
    builder = _servant(issuer, public_key, names, "OCSP", now)
    builder = builder.add_extension(key_usage("digital_signature"), critical=True)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def door(issuer: Issuer, public_key: RSAPublicKey, names: Names, now: float) -> x509.Certificate:
    """For CMP messages in the CA's name: they are signed by it (RFC 9810, 4.5), and R is encrypted to it."""
    builder = _servant(issuer, public_key, names, "CMP", now)
    builder = builder.add_extension(key_usage("digital_signature", "key_encipherment"), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([_CMC_CA]), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def _servant(
    issuer: Issuer, public_key: CertificatePublicKeyTypes, names: Names, what: str, now: float
) -> x509.CertificateBuilder:
    """A short-lived certificate of the CA's own."""
    subject = _ca_name(names, f"{names.issuing} {what}")
    start = datetime.fromtimestamp(int(now), UTC) - timedelta(hours=1)
    until = start + timedelta(days=SERVANT_DAYS)
    builder = _builder(subject, issuer.certificate.subject, public_key, (start, until))
    return _key_identifiers(builder, issuer, public_key)


def common_name(owner: Owner, now: float) -> str:
    """`name()` `0` bank `041` day sequence: the digits after the (empty) English name tell people of one name apart."""
    day = datetime.fromtimestamp(now, KST)
    return f"{owner.name}()0{owner.code}041{day.year:04}{day.month:02}{day.day:02}{owner.sequence:09}"


def authority_key_identifier(issuer: Issuer) -> x509.AuthorityKeyIdentifier:
    """With all three parts: key id, and the issuer's own issuer and serial."""
    key_id = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    return x509.AuthorityKeyIdentifier(
        key_id, [x509.DirectoryName(issuer.certificate.issuer)], issuer.certificate.serial_number
    )


def key_identifier(issuer: Issuer) -> x509.AuthorityKeyIdentifier:
    """Of a list: the key alone (RFC 5280, 5.2.1), which a CA keeps when its certificate is renewed."""
    key_id = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    return x509.AuthorityKeyIdentifier(key_id, None, None)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: CertificatePublicKeyTypes,
    period: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    # 159 random bits: positive, at most 20 octets (RFC 5280, 4.1.2.2).
    return x509.CertificateBuilder(issuer, subject, public_key, x509.random_serial_number(), *period)


def _ca_name(names: Names, common: str) -> x509.Name:
    return _name(names.organization, (names.unit,), common)


def _name(organization: str, units: tuple[str, ...], common: str) -> x509.Name:
    """Country in small letters as a PrintableString, all the rest UTF8String, as yessign has it."""
    own = x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    return x509.Name([*_above(organization, units), own])


@functools.lru_cache(maxsize=64)
def _above(organization: str, units: tuple[str, ...]) -> tuple[x509.RelativeDistinguishedName, ...]:
    """What all names of a bank's customers begin with."""
    attributes = (
        x509.NameAttribute(NameOID.COUNTRY_NAME, "kr"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
        *(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units),
    )
    return tuple(x509.RelativeDistinguishedName([attribute]) for attribute in attributes)


def _key_identifiers(
    builder: x509.CertificateBuilder, issuer: Issuer, public_key: CertificatePublicKeyTypes
) -> x509.CertificateBuilder:
    return builder.add_extension(authority_key_identifier(issuer), critical=False).add_extension(
        x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False
    )


def _ca_extensions(builder: x509.CertificateBuilder, real_name: str, *, path_length: int) -> x509.CertificateBuilder:
    builder = builder.add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName([identify_data(real_name)]), critical=False)
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)


def key_usage(*usages: str) -> x509.KeyUsage:
    known = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{usage: usage in usages for usage in known})
