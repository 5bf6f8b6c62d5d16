"""The VID (virtual identifier, KCAC.TS.SIVID): a certificate says who owns it without showing the resident number."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError

IDENTIFY_DATA: Final = ObjectIdentifier("1.2.410.200004.10.1.1")
VID: Final = ObjectIdentifier("1.2.410.200004.10.1.1.1")
SHA256: Final = ObjectIdentifier("2.16.840.1.101.3.4.2.1")

RANDOM_BYTES: Final = 20
VID_BYTES: Final = 32
#: Digits of a resident number, and of a company's registration number.
IDN_DIGITS: Final = (13, 10)

_SEQUENCE, _PRINTABLE, _BIT_STRING = 0x30, 0x13, 0x03


class VidError(ValueError):
    """A certificate without a VID that could be checked, or one whose form is broken."""


@asn1.sequence
class _Algorithm:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None  # we write none; some programs write NULL


@asn1.sequence
class _Vid:
    hash_algorithm: _Algorithm
    value: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class _Item:
    type_id: ObjectIdentifier
    value: asn1.TLV


@asn1.sequence
class _VidItem:
    type_id: ObjectIdentifier
    value: _Vid


@asn1.sequence
class _Written:
    real_name: str
    items: list[_VidItem] | None


@asn1.sequence
class _Read:
    real_name: str
    items: list[_Item] | None


@dataclass(frozen=True, slots=True)
class IdentifyData:
    """What a subjectAltName says of the owner. A CA's has a name alone."""

    real_name: str
    vid: bytes | None


def hash_content(idn: Secret | memoryview, r: bytes) -> bytearray:
    """DER of `SEQUENCE { idn PrintableString, randomNum BIT STRING }`, in a buffer for the caller to wipe.

    Written by hand because an ASN.1 encoder would leave the number in a string that nobody can wipe.
    `idn` is 13 digits (10 for a company), `r` 20 bytes; ValueError otherwise.
    """
    digits = idn.view() if isinstance(idn, Secret) else idn
    if len(digits) not in IDN_DIGITS or not all(0x30 <= digit <= 0x39 for digit in digits):
        raise ValueError("an identification number has 13 or 10 digits")
    if len(r) != RANDOM_BYTES:
        raise ValueError(f"R has {RANDOM_BYTES} bytes")
    content = bytearray((_SEQUENCE, len(digits) + len(r) + 5, _PRINTABLE, len(digits)))
    # `+=` with what follows may move the buffer and leave the number behind: make room first.
    content.extend(bytes(len(digits) + len(r) + 3))
    content[4 : 4 + len(digits)] = digits
    content[4 + len(digits) :] = bytes((_BIT_STRING, len(r) + 1, 0)) + r
    return content


def vid(idn: Secret | memoryview, r: bytes) -> bytes:
    """SHA-256 of SHA-256 of the HashContent: 32 bytes. ValueError as for `hash_content`."""
    content = hash_content(idn, r)
    once = hashlib.sha256(content).digest()
    content[:] = bytes(len(content))
    return hashlib.sha256(once).digest()


def identify_data(real_name: str, value: bytes | None = None) -> x509.OtherName:
    """The otherName for a subjectAltName; `value` is the VID, None for a CA."""
    if value is not None and len(value) != VID_BYTES:
        raise ValueError(f"a VID has {VID_BYTES} bytes")
    items = None if value is None else [_VidItem(type_id=VID, value=_vid_of(value))]
    return x509.OtherName(IDENTIFY_DATA, asn1.encode_der(_Written(real_name=real_name, items=items)))


def read_identify_data(certificate: x509.Certificate) -> IdentifyData:
    """Name and VID out of the subjectAltName. Raises VidError where there is none, or it cannot be read."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError) as error:
        raise VidError("the certificate has no readable subjectAltName") from error
    values = [name.value for name in names.get_values_for_type(x509.OtherName) if name.type_id == IDENTIFY_DATA]
    if len(values) != 1:
        raise VidError(f"the certificate names its owner {len(values)} times")
    return parse_identify_data(values[0])


def parse_identify_data(der: bytes) -> IdentifyData:
    """The value of the otherName. Raises VidError for anything but the form with SHA-256."""
    try:
        read = asn1.decode_der(_Read, der)
        found = [item.value.parse(_Vid) for item in read.items or [] if item.type_id == VID]
    except ValueError as error:
        raise VidError("the owner's data cannot be read") from error
    if len(found) > 1:
        raise VidError("more than one VID")
    for data in found:
        if data.hash_algorithm.algorithm != SHA256 or len(data.value) != VID_BYTES:
            raise VidError("a VID of another hash than SHA-256")
    return IdentifyData(read.real_name, found[0].value if found else None)


def verify_owner(certificate: x509.Certificate, idn: Secret | memoryview, r: bytes) -> None:
    """Returns when the certificate was given to the person with this number.

    Raises ServiceError IDENTITY_MISMATCH when not, VidError where the certificate cannot say, ValueError as `vid`.
    """
    expected = read_identify_data(certificate).vid
    if expected is None:
        raise VidError("the certificate has no VID")
    if not hmac.compare_digest(expected, vid(idn, r)):
        raise ServiceError(Reason.IDENTITY_MISMATCH, field="rrn")


def _vid_of(value: bytes) -> _Vid:
    return _Vid(hash_algorithm=_Algorithm(algorithm=SHA256, parameters=None), value=value)
