"""The revocation list as it is written (RFC 5280, 5.1): an entry is encoded once, however many lists it is in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV, BitString, Explicit, GeneralizedTime, UTCTime
from cryptography.x509 import ObjectIdentifier, ReasonFlags
from cryptography.x509.oid import CRLEntryExtensionOID, ExtensionOID

from desktop.services.authority import profile
from desktop.services.authority.profile import Issuer
from desktop.services.cmp.protect import sign, signature_algorithm

_V2: Final = 1
#: From this year on a time has four digits of the year (RFC 5280, 5.1.2.4).
_GENERALIZED: Final = 2050


@asn1.sequence
class _Extension:
    oid: ObjectIdentifier
    value: bytes


@asn1.sequence
class _Entry:
    serial: int
    at: UTCTime | GeneralizedTime
    extensions: list[_Extension] | None


@asn1.sequence
class _Unsigned:
    """TBSCertList."""

    version: int
    algorithm: list[TLV]
    issuer: TLV
    this_update: UTCTime | GeneralizedTime
    next_update: UTCTime | GeneralizedTime
    entries: list[TLV] | None
    extensions: Annotated[list[_Extension], Explicit(0)]


@asn1.sequence
class _List:
    unsigned: TLV
    algorithm: list[TLV]
    signature: BitString


@dataclass(frozen=True, slots=True)
class Gone:
    """A certificate that is revoked or on hold since `at` (seconds since the epoch)."""

    serial: int
    at: int
    reason: ReasonFlags | None


class RevocationLists:
    """Of one issuing CA, one after another. Not for several threads at once."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._name = _raw(issuer.certificate.subject.public_bytes())
        self._algorithm = signature_algorithm(issuer.key.public_key())
        self._key_identifier = _Extension(
            oid=ExtensionOID.AUTHORITY_KEY_IDENTIFIER, value=profile.key_identifier(issuer).public_bytes()
        )
        self._reasons: dict[ReasonFlags | None, _Extension] = {
            reason: _reason(reason) for reason in ReasonFlags if reason is not ReasonFlags.unspecified
        }
        self._entries: dict[Gone, TLV] = {}

    def write(self, gone: Iterable[Gone], *, number: int, now: int, life: timedelta) -> bytes:
        """DER. `gone` in the order of the list; what was in the list before is not encoded anew."""
        before = self._entries
        self._entries = {one: before.get(one) or self._entry(one) for one in gone}
        told = _Extension(oid=ExtensionOID.CRL_NUMBER, value=x509.CRLNumber(number).public_bytes())
        unsigned = asn1.encode_der(
            _Unsigned(
                version=_V2,
                algorithm=self._algorithm,
                issuer=self._name,
                this_update=_time(now),
                next_update=_time(now + int(life.total_seconds())),
                entries=list(self._entries.values()) or None,  # an empty one is left out (RFC 5280, 5.1.2.6)
                extensions=[self._key_identifier, told],
            )
        )
        signature = BitString(sign(self._issuer.key, unsigned), 0)
        return asn1.encode_der(_List(unsigned=_raw(unsigned), algorithm=self._algorithm, signature=signature))

    def _entry(self, one: Gone) -> TLV:
        """`unspecified` is said by saying nothing (RFC 5280, 5.3.1)."""
        why = self._reasons.get(one.reason)
        written = _Entry(serial=one.serial, at=_time(one.at), extensions=[why] if why else None)
        return _raw(asn1.encode_der(written))


def _reason(reason: ReasonFlags) -> _Extension:
    return _Extension(oid=CRLEntryExtensionOID.CRL_REASON, value=x509.CRLReason(reason).public_bytes())


def _time(seconds: int) -> UTCTime | GeneralizedTime:
    moment = datetime.fromtimestamp(seconds, UTC)
    return UTCTime(moment) if moment.year < _GENERALIZED else GeneralizedTime(moment)


def _raw(der: bytes) -> TLV:
    return asn1.decode_der(TLV, der)
