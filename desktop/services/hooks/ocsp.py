"""A CA's own word on a certificate, by OCSP (RFC 6960): believed only as it is signed, and while it is fresh."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from desktop.services.api import Reason, ServiceError, Status

MEDIA_TYPE: Final = "application/ocsp-request"
_SKEW: Final = timedelta(minutes=10)
_OLDEST: Final = timedelta(days=1)


def question(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """DER. SHA-1 names the issuer, as every responder can; nothing is secret or signed by it."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1())  # noqa: S303 - see above
    return builder.build().public_bytes(Encoding.DER)


def answer(told: bytes, certificate: x509.Certificate, issuer: x509.Certificate, now: float) -> Status | None:
    """Good, revoked or suspended; None for one the CA does not know. Raises ServiceError NONSENSE, UNREACHABLE."""
    try:
        response = ocsp.load_der_ocsp_response(told)
        if response.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise ServiceError(Reason.UNREACHABLE)
        _check_signer(response, issuer)
        _check_time(response, datetime.fromtimestamp(now, UTC))
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
        raise ServiceError(Reason.NONSENSE) from error
    if response.serial_number != certificate.serial_number:
        raise ServiceError(Reason.NONSENSE)
    match response.certificate_status:
        case ocsp.OCSPCertStatus.GOOD:
            return Status.GOOD
        case ocsp.OCSPCertStatus.REVOKED:
            held = response.revocation_reason == x509.ReasonFlags.certificate_hold
            return Status.SUSPENDED if held else Status.REVOKED
        case _:
            return None


def _check_signer(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> None:
    """The CA itself, or who has the CA's certificate for this. Raises InvalidSignature, ValueError and others."""
    signer = issuer
    if response.certificates:
        signer = response.certificates[0]
    if signer != issuer:
        signer.verify_directly_issued_by(issuer)
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        if ExtendedKeyUsageOID.OCSP_SIGNING not in usage:
            raise ValueError("no responder")
    key, hash_algorithm = signer.public_key(), response.signature_hash_algorithm
    if hash_algorithm is None or hash_algorithm.name in {"md5", "sha1"}:
        raise ValueError("a weak signature")
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), hash_algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(hash_algorithm))
    else:
        raise TypeError("a key of another kind")


def _check_time(response: ocsp.OCSPResponse, now: datetime) -> None:
    ends = response.next_update_utc or response.this_update_utc + _OLDEST
    if not response.this_update_utc - _SKEW <= now <= ends + _SKEW:
        raise ValueError("an old answer")
