"""People's certificates after the yessign profile, pressed: what is the same in all of them is encoded once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV, BitString, Explicit, GeneralizedTime, UTCTime
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from desktop.services.authority import profile
from desktop.services.authority.keys import PublicKey
from desktop.services.authority.policies import policies
from desktop.services.authority.profile import Issuer, Names, validity
from desktop.services.cmp.protect import sign, signature_algorithm

_V3: Final = 2
#: From this year on a time has four digits of the year (RFC 5280, 4.1.2.5).
_GENERALIZED: Final = 2050


@asn1.sequence
class _Extension:
    oid: ObjectIdentifier
    critical: Annotated[bool, asn1.Default(False)]
    value: bytes


@asn1.sequence
class _Period:
    begin: UTCTime | GeneralizedTime
    end: UTCTime | GeneralizedTime


@asn1.sequence
class _Unsigned:
    """TBSCertificate."""

    version: Annotated[int, Explicit(0)]
    serial: int
    algorithm: list[TLV]
    issuer: TLV
    period: _Period
    subject: TLV
    public_key: TLV
    extensions: Annotated[list[TLV], Explicit(3)]


@asn1.sequence
class _Certificate:
    unsigned: TLV
    algorithm: list[TLV]
    signature: BitString


@dataclass(frozen=True, slots=True)
class _Form:
    """Extensions of one policy, in their order, but for the two that are the owner's: those come after `before`."""

    key_identifier: TLV  # of the issuer's key
    before: tuple[TLV, ...]
    after: tuple[TLV, ...]


class Press:
    """For one issuing CA. A certificate takes a third of the time that `CertificateBuilder` does, and is the same."""

    def __init__(self, issuer: Issuer, names: Names) -> None:
        self._issuer, self._names = issuer, names
        self._name = _raw(issuer.certificate.subject.public_bytes())
        self._algorithm = signature_algorithm(issuer.key.public_key())
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
    ) -> bytes:
        """A person's, DER; `policy` is a dotted OID, times as in `profile.validity`. ValueError where it cannot be."""
        form = self._forms.get(policy) or self._forms.setdefault(policy, self._form(policy))
        begin, end = validity(now, years, until=until)
        own = _extension(ExtensionOID.SUBJECT_KEY_IDENTIFIER, x509.SubjectKeyIdentifier.from_public_key(public_key))
        name = _extension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, x509.SubjectAlternativeName([identity]))
        unsigned = asn1.encode_der(
            _Unsigned(
                version=_V3,
                serial=x509.random_serial_number(),  # 159 bits: positive, at most 20 octets (RFC 5280, 4.1.2.2)
                algorithm=self._algorithm,
                issuer=self._name,
                period=_Period(begin=_time(begin), end=_time(end)),
                subject=_raw(subject.public_bytes()),
                public_key=_raw(public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
                extensions=[form.key_identifier, own, *form.before, name, *form.after],
            )
        )
        signature = BitString(sign(self._issuer.key, unsigned), 0)
        pressed = _Certificate(unsigned=_raw(unsigned), algorithm=self._algorithm, signature=signature)
        return asn1.encode_der(pressed)

    def _form(self, policy: str) -> _Form:
        names = self._names
        usage = profile.key_usage("digital_signature", "content_commitment")
        stated = policies(policy, notice=names.notice, cps_uri=names.cps_uri)
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(names.crl_uri)], None, None, None)
        access = {AuthorityInformationAccessOID.OCSP: names.ocsp_uri}
        if names.issuers_uri:
            access[AuthorityInformationAccessOID.CA_ISSUERS] = names.issuers_uri
        told = [x509.AccessDescription(method, x509.UniformResourceIdentifier(uri)) for method, uri in access.items()]
        return _Form(
            _extension(ExtensionOID.AUTHORITY_KEY_IDENTIFIER, profile.authority_key_identifier(self._issuer)),
            (
                _extension(ExtensionOID.KEY_USAGE, usage, critical=True),
                _extension(ExtensionOID.CERTIFICATE_POLICIES, stated, critical=True),
            ),
            (
                _extension(ExtensionOID.CRL_DISTRIBUTION_POINTS, x509.CRLDistributionPoints([point])),
                _extension(ExtensionOID.AUTHORITY_INFORMATION_ACCESS, x509.AuthorityInformationAccess(told)),
            ),
        )


def _extension(oid: ObjectIdentifier, value: x509.ExtensionType, *, critical: bool = False) -> TLV:
    return _raw(asn1.encode_der(_Extension(oid=oid, critical=critical, value=value.public_bytes())))


def _time(moment: datetime) -> UTCTime | GeneralizedTime:
    return UTCTime(moment) if moment.year < _GENERALIZED else GeneralizedTime(moment)


def _raw(der: bytes) -> TLV:
    return asn1.decode_der(TLV, der)
