"""That a change took hold: the CA itself says so, in an OCSP answer whose signature we check (RFC 6960)."""

from __future__ import annotations

import asyncio
import time

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from desktop.services.api import Changed, Issued, Reason, ServiceError, Services, Status
from desktop.wizard.flow.steps import Confirmed


def ocsp_request(subject: Issued | Changed) -> bytes:
    """An OCSPRequest, DER. RFC 5019 has SHA-1 in CertID, and that is what peers look up."""
    leaf, issuer = (x509.load_der_x509_certificate(der) for der in (subject.certificate, subject.chain[0]))
    request = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, SHA1()).build()  # noqa: S303 — see above
    return request.public_bytes(Encoding.DER)


async def confirm(services: Services, changed: Changed) -> Confirmed:
    """Asks the CA. Raises ServiceError: PROOF_FAILED when it says something else, or what cannot be trusted."""
    answer = await services.ocsp(await asyncio.to_thread(ocsp_request, changed))
    status = await asyncio.to_thread(_status, answer, changed)
    if status is not _expected(changed):
        raise ServiceError(Reason.PROOF_FAILED, detail="status")
    return Confirmed(status, time.time())


def _expected(changed: Changed) -> Status:
    """OCSP knows good, revoked and on hold; that a certificate has expired stands in itself."""
    return Status.GOOD if changed.status is Status.EXPIRED else changed.status


def _status(answer: bytes, changed: Changed) -> Status:
    try:
        response = ocsp.load_der_ocsp_response(answer)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise ServiceError(Reason.PROOF_FAILED, detail="ocsp")
        if str(response.serial_number) != changed.serial:
            raise ServiceError(Reason.PROOF_FAILED, detail="ocsp_other")
        _verify(response, x509.load_der_x509_certificate(changed.chain[0]))
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise ServiceError(Reason.PROOF_FAILED, detail="ocsp_signature") from error
    match response.certificate_status:
        case ocsp.OCSPCertStatus.GOOD:
            return Status.GOOD
        case ocsp.OCSPCertStatus.REVOKED if response.revocation_reason is x509.ReasonFlags.certificate_hold:
            return Status.SUSPENDED
        case ocsp.OCSPCertStatus.REVOKED:
            return Status.REVOKED
        case _:
            raise ServiceError(Reason.PROOF_FAILED, detail="ocsp_unknown")


def _verify(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> None:
    """Signed by the issuing CA, or by a responder that the CA itself delegated (RFC 6960, 4.2.2.2)."""
    signer = next((c for c in response.certificates if c.subject != issuer.subject), issuer)
    if signer is not issuer:
        signer.verify_directly_issued_by(issuer)
        usages = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        if ExtendedKeyUsageOID.OCSP_SIGNING not in usages:
            raise ValueError("the responder may not answer for the CA")
    key, hash_algorithm = signer.public_key(), response.signature_hash_algorithm
    if hash_algorithm is None:
        raise ValueError("an answer without a hash algorithm")
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), hash_algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(hash_algorithm))
    else:
        raise TypeError("a key of a kind we cannot check")
