"""Knows why a CMP message is refused: the bits of PKIFailureInfo (RFC 9810, 5.2.3)."""

from __future__ import annotations

from enum import IntEnum

from cryptography.hazmat.asn1 import BitString


class Failure(IntEnum):
    """Bit numbers, in the order of the RFC."""

    BAD_ALG = 0
    BAD_MESSAGE_CHECK = 1
    BAD_REQUEST = 2
    BAD_TIME = 3
    BAD_CERT_ID = 4
    BAD_DATA_FORMAT = 5
    WRONG_AUTHORITY = 6
    INCORRECT_DATA = 7
    MISSING_TIME_STAMP = 8
    BAD_POP = 9
    CERT_REVOKED = 10
    CERT_CONFIRMED = 11
    WRONG_INTEGRITY = 12
    BAD_RECIPIENT_NONCE = 13
    TIME_NOT_AVAILABLE = 14
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16
    ADD_INFO_NOT_AVAILABLE = 17
    BAD_SENDER_NONCE = 18
    BAD_CERT_TEMPLATE = 19
    SIGNER_NOT_TRUSTED = 20
    TRANSACTION_ID_IN_USE = 21
    UNSUPPORTED_VERSION = 22
    NOT_AUTHORIZED = 23
    SYSTEM_UNAVAIL = 24
    SYSTEM_FAILURE = 25
    DUPLICATE_CERT_REQ = 26

    @property
    def code(self) -> str:
        """A word for logs and for the detail of a ServiceError, such as `bad_pop`."""
        return self.name.lower()

    def bits(self) -> BitString:
        """As DER wants a named bit list: no zeros after the last one."""
        data = bytearray(self // 8 + 1)
        data[-1] = 0x80 >> self % 8
        return BitString(bytes(data), 7 - self % 8)


class RefusedError(Exception):
    """A message that is not acted upon. It says the bit and no more, since the answer may reach a stranger."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


def failures_of(bits: BitString | None) -> tuple[Failure, ...]:
    """The bits that are set and known, lowest first."""
    if bits is None:
        return ()
    data = bits.as_bytes()
    return tuple(f for f in Failure if f // 8 < len(data) and data[f // 8] & 0x80 >> f % 8)
