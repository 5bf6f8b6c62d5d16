"""Whether a certificate may be believed: a chain to an anchor, the moment, its purpose, and what a CRL says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

#: Certificates from a person's to the anchor; in Korea three.
_DEEPEST: Final = 6


class Doubt(StrEnum):
    """Why it should not be believed; the wording is `certs.doubt.<code>`."""

    UNKNOWN_ISSUER = "unknown_issuer"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    NOT_FOR_SIGNING = "not_for_signing"


class Revocation(StrEnum):
    """What is known of a revocation; the wording is `certs.revocation.<code>`."""

    UNCHECKED = "unchecked"  # no CRL of its issuer was at hand
    OUTDATED = "outdated"  # the CRL says no, but a newer one is due
    CLEAR = "clear"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Trust:
    """`chain`: from the certificate to the anchor, both included; the certificate alone where there is none."""

    chain: tuple[x509.Certificate, ...]
    doubts: tuple[Doubt, ...]
    revocation: Revocation


def judge(
    certificate: x509.Certificate,
    *,
    at: datetime,
    anchors: Iterable[x509.Certificate],
    others: Iterable[x509.Certificate] = (),
    crls: Iterable[x509.CertificateRevocationList] = (),
) -> Trust:
    """What speaks against the certificate at this moment (aware). `others` may be on the way to one of the `anchors`.

    Nothing is fetched: without a CRL it stays unknown whether it was revoked, and that is said.
    """
    roots = tuple(anchors)
    chain = _chain(certificate, roots, tuple(others), at)
    doubts = [] if len(chain) > 1 or certificate in roots else [Doubt.UNKNOWN_ISSUER]
    if at < certificate.not_valid_before_utc:
        doubts.append(Doubt.NOT_YET_VALID)
    if at > certificate.not_valid_after_utc:
        doubts.append(Doubt.EXPIRED)
    if not _signs(certificate):
        doubts.append(Doubt.NOT_FOR_SIGNING)
    revocation, doubt = _revocation(chain, crls, at)
    return Trust(chain, (*doubts, *([doubt] if doubt else [])), revocation)


def _chain(
    certificate: x509.Certificate,
    anchors: Sequence[x509.Certificate],
    others: Sequence[x509.Certificate],
    at: datetime,
) -> tuple[x509.Certificate, ...]:
    """The way up, depth first, anchors before others; the certificate alone where none leads to an anchor."""

    def climb(way: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, ...] | None:
        for issuer in (one for one in (*anchors, *others) if one not in way and _issued(way, one, at)):
            longer = (*way, issuer)
            if issuer in anchors:
                return longer
            if len(longer) < _DEEPEST and (found := climb(longer)):
                return found
        return None

    return climb((certificate,)) or (certificate,)


def _issued(way: tuple[x509.Certificate, ...], issuer: x509.Certificate, at: datetime) -> bool:
    """Whether `issuer` is a CA, valid then, that signed the last of `way` and may stand so far above the first."""
    if issuer.subject != way[-1].issuer or not issuer.not_valid_before_utc <= at <= issuer.not_valid_after_utc:
        return False
    try:
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        way[-1].verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return (
        basic.ca and (basic.path_length is None or len(way) - 1 <= basic.path_length) and _may(issuer, "key_cert_sign")
    )


def _signs(certificate: x509.Certificate) -> bool:
    return _may(certificate, "digital_signature") or _may(certificate, "content_commitment")


def _may(certificate: x509.Certificate, use: str) -> bool:
    """Whether the key may be used so; without the extension it may be for anything."""
    try:
        return bool(getattr(certificate.extensions.get_extension_for_class(x509.KeyUsage).value, use))
    except x509.ExtensionNotFound:
        return True
    except ValueError:
        return False


def _revocation(
    chain: Sequence[x509.Certificate], crls: Iterable[x509.CertificateRevocationList], at: datetime
) -> tuple[Revocation, Doubt | None]:
    """Only a CRL signed by the very issuer counts."""
    if len(chain) < 2:
        return Revocation.UNCHECKED, None
    certificate, issuer = chain[0], chain[1].public_key()
    if not isinstance(issuer, RSAPublicKey):
        return Revocation.UNCHECKED, None
    known = Revocation.UNCHECKED
    for crl in crls:
        if crl.issuer != certificate.issuer or not crl.is_signature_valid(issuer):
            continue
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None:
            return Revocation.FOUND, Doubt.SUSPENDED if _held(entry) else Doubt.REVOKED
        due = crl.next_update_utc
        if due is not None and due >= at:
            known = Revocation.CLEAR
        elif known is Revocation.UNCHECKED:
            known = Revocation.OUTDATED
    return known, None


def _held(entry: x509.RevokedCertificate) -> bool:
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, ValueError):
        return False
    return reason is x509.ReasonFlags.certificate_hold
