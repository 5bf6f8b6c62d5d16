"""Signing a document as CMS SignedData (RFC 5652) with a joint certificate, and what such a signature proves."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ObjectIdentifier

from desktop.services.api import Reason, ServiceError
from desktop.services.npki.ber import to_der
from desktop.services.npki.cms_form import (
    Algorithm,
    AsSent,
    Attribute,
    ContentInfo,
    IssuerAndSerial,
    SignedData,
    SignerInfo,
    Sorted,
)

T = TypeVar("T")

SIGNED_DATA: Final = ObjectIdentifier("1.2.840.113549.1.7.2")
CONTENT_TYPE: Final = ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST: Final = ObjectIdentifier("1.2.840.113549.1.9.4")
SIGNING_TIME: Final = ObjectIdentifier("1.2.840.113549.1.9.5")

_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
#: rsaEncryption, and RSA with each of the hashes (PKCS#1 v1.5).
_RSA: Final = frozenset(f"1.2.840.113549.1.1.{n}" for n in (1, 11, 12, 13))
#: More than any chain has; each of them costs time.
_MOST_CERTIFICATES: Final = 64


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed. The signature fits the document: that is proven, and nothing yet about the certificate.

    `signed_at` is what the signer's own clock said (None when it said nothing). `others` are certificates that came
    with the signature, in no order.
    """

    certificate: x509.Certificate
    signed_at: datetime | None
    others: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class SignedBy:
    """A document and who signed it, one signer or more."""

    document: bytes
    signers: tuple[Signer, ...]


def sign_cms(
    document: bytes,
    certificate: x509.Certificate,
    key: RSAPrivateKey,
    chain: Iterable[x509.Certificate] = (),
    *,
    detached: bool = False,
) -> bytes:
    """DER. SHA-256 with RSA; content type, digest and signing time are signed; certificate and chain go along.

    `detached` leaves the document out: whoever verifies needs it besides.
    """
    builder = pkcs7.PKCS7SignatureBuilder().set_data(document).add_signer(certificate, key, hashes.SHA256())
    for issuer in chain:
        builder = builder.add_certificate(issuer)
    options = [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities]
    if detached:
        options.append(pkcs7.PKCS7Options.DetachedSignature)
    return builder.sign(Encoding.DER, options)


def verify_cms(cms: bytes, document: bytes | None = None, *, where: str = "") -> SignedBy:
    """Returns when every signature in it fits the document; what to think of each signer is for `trust`.

    `document` is needed where the signature does not hold it, and must be the same where it does. Raises ServiceError
    SIGNATURE_BROKEN, SIGNATURE_UNREADABLE (no CMS, or nobody signed), FORM_UNKNOWN (an algorithm that is unsafe or not
    ours), FILE_MISSING (no document).
    """
    data = _signed_data(cms, where)
    held = data.content.octets
    if held is None and document is None:
        raise ServiceError(Reason.FILE_MISSING, detail="document", where=where)
    signed = held if document is None else document
    if signed is None or (held is not None and held != signed):
        raise ServiceError(Reason.SIGNATURE_BROKEN, where=where)
    certificates = _certificates(data, where)
    infos = data.signers.as_list()
    if not 0 < len(infos) <= _MOST_CERTIFICATES:
        raise ServiceError(Reason.SIGNATURE_UNREADABLE, where=where)
    return SignedBy(signed, tuple(_signer(info, data, signed, certificates, where) for info in infos))


def _signed_data(cms: bytes, where: str) -> SignedData:
    """Java programs write BER where nothing says that it must be DER: what is not DER is read as that."""
    try:
        try:
            return _read(cms, where)
        except ValueError:
            return _read(to_der(cms), where)
    except ValueError as error:
        raise ServiceError(Reason.SIGNATURE_UNREADABLE, where=where) from error


def _read(cms: bytes, where: str) -> SignedData:
    info = asn1.decode_der(ContentInfo, cms)
    if info.type_id != SIGNED_DATA:
        raise ServiceError(Reason.FORM_UNKNOWN, where=where)
    return _parsed(info.content, SignedData)


def _certificates(data: SignedData, where: str) -> tuple[x509.Certificate, ...]:
    found = data.certificates or ()
    if len(found) > _MOST_CERTIFICATES:
        raise ServiceError(Reason.SIGNATURE_UNREADABLE, where=where)
    try:
        return tuple(map(_certificate, found))
    except ValueError as error:
        raise ServiceError(Reason.SIGNATURE_UNREADABLE, where=where) from error


def _certificate(tlv: asn1.TLV) -> x509.Certificate:
    """Names and times are parsed when they are asked for, so they are asked for here. Raises ValueError."""
    certificate = x509.load_der_x509_certificate(asn1.encode_der(tlv))
    for part in (certificate.subject, certificate.issuer, certificate.not_valid_before_utc):
        assert part is not None
    return certificate


def _signer(
    info: SignerInfo, data: SignedData, document: bytes, certificates: Sequence[x509.Certificate], where: str
) -> Signer:
    certificate = next((found for found in certificates if _names(info.sid, found)), None)
    if certificate is None:
        raise ServiceError(Reason.SIGNATURE_UNREADABLE, detail="signer", where=where)
    public, algorithm = _public_key(certificate), _HASHES.get(_oid(info.digest_algorithm))
    if algorithm is None or _oid(info.signature_algorithm) not in _RSA or public is None:
        raise ServiceError(Reason.FORM_UNKNOWN, where=where)
    try:
        covered = [document] if info.signed is None else _attributes(info.signed, data, document, algorithm)
        if not any(_fits(public, info.signature, one, algorithm) for one in covered):
            raise InvalidSignature
    except InvalidSignature as error:
        raise ServiceError(Reason.SIGNATURE_BROKEN, where=where) from error
    except ValueError as error:
        raise ServiceError(Reason.SIGNATURE_UNREADABLE, where=where) from error
    rest = tuple(other for other in certificates if other != certificate)
    return Signer(certificate, _signing_time(info.signed or []), rest)


def _public_key(certificate: x509.Certificate) -> RSAPublicKey | None:
    """None for a key of another kind."""
    try:
        public = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return public if isinstance(public, RSAPublicKey) else None


def _oid(algorithm: asn1.TLV) -> str:
    """Empty for one with parameters, which none that we know has."""
    try:
        return _parsed(algorithm, Algorithm).algorithm.dotted_string
    except ValueError:
        return ""


def _names(sid: IssuerAndSerial | bytes, certificate: x509.Certificate) -> bool:
    """Whether the signer is said to be this one, by issuer and serial number or by key identifier."""
    if isinstance(sid, bytes):
        try:
            found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        except (x509.ExtensionNotFound, ValueError):
            return False
        return found == sid
    return sid.serial == certificate.serial_number and asn1.encode_der(sid.issuer) == certificate.issuer.public_bytes()


def _attributes(
    attributes: list[Attribute], data: SignedData, document: bytes, algorithm: hashes.HashAlgorithm
) -> list[bytes]:
    """The bytes that may have been signed. Raises InvalidSignature where the attributes speak of another document."""
    digest = hashlib.new(algorithm.name, document).digest()
    if _value(attributes, MESSAGE_DIGEST, bytes) != digest:
        raise InvalidSignature
    if _value(attributes, CONTENT_TYPE, ObjectIdentifier) != data.content.type_id:
        raise InvalidSignature
    in_order, as_sent = (
        asn1.encode_der(Sorted(signed=asn1.SetOf(attributes))),
        asn1.encode_der(AsSent(signed=attributes)),
    )
    first, second = (bytes(asn1.decode_der(asn1.TLV, one).data) for one in (in_order, as_sent))
    return [first, first[:1] + second[1:]]  # a list has another tag than a set, and is the same otherwise


def _fits(public: RSAPublicKey, signature: bytes, covered: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    try:
        public.verify(signature, covered, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True


def _value(attributes: list[Attribute], type_id: ObjectIdentifier, kind: type[T]) -> T | None:
    """The only value of the only attribute of this type; None where there is none. Raises ValueError."""
    found = [value for attribute in attributes if attribute.type_id == type_id for value in attribute.values.as_list()]
    if len(found) > 1:
        raise ValueError("an attribute with two values")
    return _parsed(found[0], kind) if found else None


def _signing_time(attributes: list[Attribute]) -> datetime | None:
    """In UTC, as the signer's clock had it; years from 2050 on are written in another type."""
    with contextlib.suppress(ValueError):
        found = _value(attributes, SIGNING_TIME, asn1.UTCTime)
        return found.as_datetime() if found else None
    with contextlib.suppress(ValueError):
        later = _value(attributes, SIGNING_TIME, asn1.GeneralizedTime)
        return later.as_datetime() if later else None
    return None


def _parsed(tlv: asn1.TLV, kind: type[T]) -> T:
    """Raises ValueError."""
    parsed = tlv.parse(kind)
    assert isinstance(parsed, kind)
    return parsed
