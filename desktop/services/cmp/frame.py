"""Knows a CMP message as a whole: header, protected part, extra certificates, taken apart before any is believed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import BitString
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from msgspec import Struct

from desktop.services.cmp.crmf import parsed
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.messages import BODIES, PVNO, Body, Content, Envelope, Header, Parts
from desktop.services.npki.der import BIT_STRING, CONTEXT_0, INTEGER, OCTET_STRING, SEQUENCE, element, tlv

#: Bytes of a request; of an answer, which may hold a CRL. A message of the largest key has about 3 kB.
MAX_REQUEST: Final = 64 << 10
MAX_ANSWER: Final = 4 << 20
MAX_EXTRA_CERTS: Final = 10
NONCE_BYTES: Final = 16
_CONTEXT_1, _CONTEXT_4 = CONTEXT_0 + 1, CONTEXT_0 + 4
_GENERALIZED_TIME: Final = 0x18
_PVNO: Final = tlv(INTEGER, bytes([PVNO]))
#: Seconds a message may be old, or early, by its messageTime.
WINDOW: Final = 600.0
#: The longest transactionID, nonce and key id that is looked at.
MAX_ID: Final = 128


@asn1.sequence
class _Alone:
    """The encoder takes no choice at the top."""

    body: Body


class Addressee(Struct, frozen=True, array_like=True):
    """What an answer says of the message it is to: who sent it (a DER Name), its transactionID and its nonce."""

    name: bytes
    transaction: bytes | None
    nonce: bytes | None

    @classmethod
    def of(cls, header: Header) -> Addressee:
        return cls(asn1.encode_der(header.sender), header.transaction, header.sender_nonce)


@dataclass(frozen=True, slots=True)
class Message:
    """One that came, its body unread. `part` is the DER that `protection` is over; `extra_certs` are DER."""

    header: Header
    part: bytes
    protection: bytes | None
    extra_certs: tuple[bytes, ...]

    def body(self) -> Body:
        """Read when asked, after the protection was checked. Raises RefusedError BAD_DATA_FORMAT or BAD_REQUEST."""
        try:
            return asn1.decode_der(Content, self.part).body
        except ValueError as error:
            kind = asn1.decode_der(Parts, self.part).body.tag_bytes
            known = len(kind) == 1 and kind[0] - 0xA0 in BODIES
            raise RefusedError(Failure.BAD_DATA_FORMAT if known else Failure.BAD_REQUEST) from error


def read_message(der: bytes, *, limit: int) -> Message:
    """Takes a message apart. Raises RefusedError BAD_DATA_FORMAT, for one longer than `limit` bytes as well."""
    if len(der) > limit:
        raise RefusedError(Failure.BAD_DATA_FORMAT)
    try:
        envelope = asn1.decode_der(Envelope, der)
        header = parsed(envelope.header, Header)
        part = asn1.encode_der(Parts(header=envelope.header, body=envelope.body))
        extra = tuple(asn1.encode_der(certificate) for certificate in envelope.extra_certs or ())
    except ValueError as error:
        raise RefusedError(Failure.BAD_DATA_FORMAT) from error
    ids = (header.transaction, header.sender_nonce, header.recipient_nonce, header.sender_kid, header.recipient_kid)
    if len(extra) > MAX_EXTRA_CERTS or any(len(value) > MAX_ID for value in ids if value is not None):
        raise RefusedError(Failure.BAD_DATA_FORMAT)
    return Message(header, part, _octets(envelope.protection), extra)


def write_message(part: bytes, protection: bytes | None, extra_certs: tuple[bytes, ...] = ()) -> bytes:
    """PKIMessage, DER: a ProtectedPart, and after what is in it what protects it, and certificates."""
    shield = b"" if protection is None else tlv(CONTEXT_0, tlv(BIT_STRING, b"\0", protection))
    extra = tlv(_CONTEXT_1, tlv(SEQUENCE, *extra_certs)) if extra_certs else b""
    return tlv(SEQUENCE, part[element(part).start :], shield, extra)


def write_part(header: bytes, body: Body) -> bytes:
    """ProtectedPart, DER, of a header that `write_header` made."""
    alone = asn1.encode_der(_Alone(body=body))
    return tlv(SEQUENCE, header, alone[element(alone).start :])


def write_header(
    *,
    sender: bytes,
    recipient: bytes,
    now: float,
    protection: bytes,
    sender_kid: bytes,
    transaction: bytes | None,
    nonce: bytes,
    reply_to: bytes | None,
    general_info: Sequence[bytes] = (),
) -> bytes:
    """PKIHeader, DER. `sender` and `recipient` are DER Names, `protection` an AlgorithmIdentifier, `general_info`
    InfoTypeAndValues; `now` is in seconds since the epoch; `reply_to` is the other's nonce.
    """
    at = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(now)).encode()
    return tlv(
        SEQUENCE,
        _PVNO,
        tlv(_CONTEXT_4, sender),  # a directoryName
        tlv(_CONTEXT_4, recipient),
        tlv(CONTEXT_0, tlv(_GENERALIZED_TIME, at)),
        tlv(_CONTEXT_1, protection),
        _octets_in(2, sender_kid),
        _octets_in(4, transaction),
        _octets_in(5, nonce),
        _octets_in(6, reply_to),
        tlv(CONTEXT_0 + 8, tlv(SEQUENCE, *general_info)) if general_info else b"",
    )


def _octets_in(tag: int, value: bytes | None) -> bytes:
    return b"" if value is None else tlv(CONTEXT_0 + tag, tlv(OCTET_STRING, value))


def check_header(header: Header, *, now: float) -> None:
    """Raises RefusedError for what no answer could be to, or is not of our time (RFC 9483, 3.1 and 3.5)."""
    if header.pvno != PVNO:
        raise RefusedError(Failure.UNSUPPORTED_VERSION)
    if not header.transaction:
        raise RefusedError(Failure.BAD_REQUEST)
    if header.sender_nonce is None or len(header.sender_nonce) < NONCE_BYTES:
        raise RefusedError(Failure.BAD_SENDER_NONCE)
    check_time(header, now=now, window=WINDOW)


def check_time(header: Header, *, now: float, window: float) -> None:
    """Raises RefusedError BAD_TIME for a message more than `window` seconds old, or early. It may have no time."""
    if header.message_time is None:
        return
    at = header.message_time.as_datetime().replace(tzinfo=UTC).timestamp()
    if abs(at - now) > window:
        raise RefusedError(Failure.BAD_TIME)


def load_certificate(der: bytes, failure: Failure) -> x509.Certificate:
    """Raises RefusedError with this failure where it is none, or not fit to be looked at."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        certificate.public_key()
        _ = certificate.extensions, certificate.subject, certificate.issuer, certificate.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise RefusedError(failure) from error
    return certificate


def certificate_hash(der: bytes) -> bytes:
    """By the hash of the certificate's own signature (RFC 9810, 5.3.18)."""
    algorithm = x509.load_der_x509_certificate(der).signature_hash_algorithm
    digest = Hash(algorithm or SHA256())
    digest.update(der)
    return digest.finalize()


def _octets(bits: BitString | None) -> bytes | None:
    """RefusedError for a protection that is not whole bytes."""
    if bits is None:
        return None
    if bits.padding_bits():
        raise RefusedError(Failure.BAD_DATA_FORMAT)
    return bits.as_bytes()
