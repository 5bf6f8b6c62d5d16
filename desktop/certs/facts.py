"""What a certificate says, in the few facts a person or a program asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from desktop.services.npki.vid import VidError, read_identify_data
from desktop.services.vocabulary import Kind

#: Of the personal certificates whose key lies in the cloud; every other policy is a joint certificate's.
FINANCIAL_POLICY = "1.2.410.200005.1.1.1.10"
#: 1.2.410.200005.1.1.<n> by what it may be used for; the wording is `certs.use.<code>`.
USES = {"1": "general", "2": "bank_company", "4": "bank", "5": "general_company", "6": "special"}
_POLICIES = "1.2.410.200005.1.1."


@dataclass(frozen=True, slots=True)
class Facts:
    """Names are RFC 4514 strings, `serial` is decimal, `policy` a dotted OID (empty without one)."""

    subject: str = field(repr=False)
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    policy: str
    owner: str = field(repr=False)
    organization: str
    units: tuple[str, ...]
    marked: bool  # it holds a VID, by which its owner can be proven

    @property
    def kind(self) -> Kind:
        return Kind.FINANCIAL if self.policy == FINANCIAL_POLICY else Kind.JOINT

    @property
    def use(self) -> str:
        """A code of USES, `financial`, or `other`."""
        if self.kind is Kind.FINANCIAL:
            return self.kind.value
        below = self.policy.removeprefix(_POLICIES)
        return USES.get(below.partition(".")[0], "other") if below != self.policy else "other"


def facts_of(certificate: x509.Certificate) -> Facts:
    """Raises ValueError for a certificate whose names or times cannot be read."""
    owner, marked = _owner(certificate)
    return Facts(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        serial=str(certificate.serial_number),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        policy=_policy(certificate),
        owner=owner,
        organization=", ".join(_texts(certificate.issuer, NameOID.ORGANIZATION_NAME)),
        units=_texts(certificate.subject, NameOID.ORGANIZATIONAL_UNIT_NAME),
        marked=marked,
    )


@dataclass(frozen=True, slots=True)
class Technical:
    """The view behind the plain one, for whoever helps."""

    version: int
    signature: str
    key: str
    fingerprint: str  # SHA-256, hexadecimal
    extensions: tuple[str, ...]  # dotted OIDs, `!` after a critical one


def technical_of(certificate: x509.Certificate) -> Technical:
    """What cannot be read is a question mark: the rest is worth showing."""
    try:
        extensions = tuple(f"{one.oid.dotted_string}{'!' * one.critical}" for one in certificate.extensions)
    except ValueError:
        extensions = ("?",)
    return Technical(
        version=certificate.version.value + 1,
        signature=certificate.signature_algorithm_oid.dotted_string,
        key=_key(certificate),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        extensions=extensions,
    )


def now_utc() -> datetime:
    return datetime.now(UTC)


def _key(certificate: x509.Certificate) -> str:
    try:
        public = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return "?"
    return f"{type(public).__name__.removesuffix('PublicKey')} {getattr(public, 'key_size', '')}".strip()


def _policy(certificate: x509.Certificate) -> str:
    try:
        policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except (x509.ExtensionNotFound, ValueError):
        return ""
    return next((policy.policy_identifier.dotted_string for policy in policies), "")


def _owner(certificate: x509.Certificate) -> tuple[str, bool]:
    """The name, and whether there is a VID; without one the common name up to the digits that CAs add."""
    try:
        told = read_identify_data(certificate)
    except VidError:
        names = _texts(certificate.subject, NameOID.COMMON_NAME)
        return (names[0].partition("(")[0] if names else ""), False
    return told.real_name, told.vid is not None


def _texts(name: x509.Name, oid: x509.ObjectIdentifier) -> tuple[str, ...]:
    values = (one.value for one in name.get_attributes_for_oid(oid))
    return tuple(value if isinstance(value, str) else value.hex() for value in values)
