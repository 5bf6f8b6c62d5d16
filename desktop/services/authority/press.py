"""People's certificates after the yessign profile, pressed: what is the same in all of them is encoded once."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import GeneralizedTime, UTCTime
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from desktop.services.authority import profile
from desktop.services.authority.dates import day_of
from desktop.services.authority.keys import PublicKey
from desktop.services.authority.policies import policies
from desktop.services.authority.profile import Issuer, Names, validity_from
from desktop.services.cmp.crmf import written
from desktop.services.cmp.protect import sign, signature_algorithm
from desktop.services.npki.der import BIT_STRING, CONTEXT_0, INTEGER, OCTET_STRING, SEQUENCE, children, element, tlv

_CONTEXT_3: Final = 0xA3
_V3: Final = tlv(CONTEXT_0, tlv(INTEGER, b"\x02"))
_CRITICAL: Final = b"\x01\x01\xff"
#: From this year on a time has four digits of the year (RFC 5280, 4.1.2.5).
_GENERALIZED: Final = 2050


@dataclass(frozen=True, slots=True)
class _Form:
    """Extensions of one policy, in their order, but for the two that are the owner's: those come after the first two.

    DER, one behind the other.
    """

    issuer_key: bytes
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Period:
    """Both ends in seconds since the epoch, whole and included; and the Validity that says them, DER."""

    begins: int
    ends: int
    der: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A certificate, DER, and what one needs to know of it without reading it again."""

    serial: int
    period: Period
    der: bytes = field(repr=False)


class Press:
    """For one issuing CA. It takes two fifths of the time of `CertificateBuilder`, and makes the same."""

    def __init__(self, issuer: Issuer, names: Names) -> None:
        self._issuer, self._names = issuer, names
        self._name = issuer.certificate.subject.public_bytes()
        self._algorithm = written(signature_algorithm(issuer.key.public_key()))
        self._forms: dict[str, _Form] = {}

    def end_entity(
        self,
        public_key: PublicKey,
        subject: x509.Name,
        identity: x509.OtherName,
        *,
        policy: str,
        now: float,
        years: int,
        until: float | None = None,
    ) -> Pressed:
        """A person's; `policy` is a dotted OID, times as in `profile.validity`. ValueError where it cannot be."""
        form = self._forms.get(policy) or self._forms.setdefault(policy, self._form(policy))
        key = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        extensions = (form.issuer_key, _key_identifier(key), form.before, _alternative_name(identity), form.after)
        serial = x509.random_serial_number()  # 159 bits: positive, at most 20 octets (RFC 5280, 4.1.2.2)
        period = _period(day_of(now), years, until)
        unsigned = tlv(
            SEQUENCE,
            _V3,
            _integer(serial),
            self._algorithm,
            self._name,
            period.der,
            subject.public_bytes(),
            key,
            tlv(_CONTEXT_3, tlv(SEQUENCE, *extensions)),
        )
        signature = tlv(BIT_STRING, b"\0", sign(self._issuer.key, unsigned))
        return Pressed(serial, period, tlv(SEQUENCE, unsigned, self._algorithm, signature))

    def _form(self, policy: str) -> _Form:
        names = self._names
        usage = profile.key_usage("digital_signature", "content_commitment")
        stated = policies(policy, notice=names.notice, cps_uri=names.cps_uri)
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(names.crl_uri)], None, None, None)
        access = {AuthorityInformationAccessOID.OCSP: names.ocsp_uri}
        if names.issuers_uri:
            access[AuthorityInformationAccessOID.CA_ISSUERS] = names.issuers_uri
        told = [x509.AccessDescription(method, x509.UniformResourceIdentifier(uri)) for method, uri in access.items()]
        issuer_key = profile.authority_key_identifier(self._issuer).public_bytes()
        return _Form(
            _extension(ExtensionOID.AUTHORITY_KEY_IDENTIFIER, issuer_key),
            _extension(ExtensionOID.KEY_USAGE, usage.public_bytes(), critical=True)
            + _extension(ExtensionOID.CERTIFICATE_POLICIES, stated.public_bytes(), critical=True),
            _extension(ExtensionOID.CRL_DISTRIBUTION_POINTS, x509.CRLDistributionPoints([point]).public_bytes())
            + _extension(
                ExtensionOID.AUTHORITY_INFORMATION_ACCESS, x509.AuthorityInformationAccess(told).public_bytes()
            ),
        )


def _extension(oid: ObjectIdentifier, value: bytes, *, critical: bool = False) -> bytes:
    return tlv(SEQUENCE, asn1.encode_der(oid), _CRITICAL if critical else b"", tlv(OCTET_STRING, value))


def _key_identifier(key: bytes) -> bytes:
    """Of a SubjectPublicKeyInfo: SHA-1 of what its BIT STRING has (RFC 5280, 4.2.1.2, method 1)."""
    *_, bits = children(key, element(key))
    digest = hashlib.sha1(key[bits.start + 1 : bits.end], usedforsecurity=False).digest()
    return _extension(ExtensionOID.SUBJECT_KEY_IDENTIFIER, tlv(OCTET_STRING, digest))


def _alternative_name(name: x509.OtherName) -> bytes:
    told = tlv(CONTEXT_0, asn1.encode_der(name.type_id), tlv(CONTEXT_0, name.value))
    return _extension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, tlv(SEQUENCE, told))


def _integer(number: int) -> bytes:
    """Of one that is not negative."""
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1))


@functools.lru_cache(maxsize=64)
def _period(first: date, years: int, until: float | None) -> Period:
    """The same for all who come on one day and ask for as many years."""
    begin, end = validity_from(first, years, until=until)
    return Period(int(begin.timestamp()), int(end.timestamp()), tlv(SEQUENCE, _time(begin), _time(end)))


def _time(moment: datetime) -> bytes:
    return asn1.encode_der(UTCTime(moment) if moment.year < _GENERALIZED else GeneralizedTime(moment))
