"""That a new certificate works: it is registered, it signs, and its own public key verifies the signature."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from desktop.secret import Secret
from desktop.services.api import Authorize, Issued, Reason, ServiceError, Services, SignHash, Status
from desktop.wizard.flow.steps import Proof

SHA256_OID = "2.16.840.1.101.3.4.2.1"
SHA256_WITH_RSA_OID = "1.2.840.113549.1.1.11"


async def prove(services: Services, journey: str, issued: Issued, pin: Secret) -> Proof:
    """Signs a fresh document through the CSC calls. Raises ServiceError: PROOF_FAILED, or what a call said.

    The document carries a nonce, so that an old signature cannot pass for a new one; each try is a new call.
    """
    document, now = new_statement(issued)
    digest = hashlib.sha256(document).digest()
    listed = await services.credentials_list(journey)
    if issued.credential_id not in listed.credential_ids:
        raise ServiceError(Reason.PROOF_FAILED, detail="not_registered")
    info = await services.credentials_info(journey, issued.credential_id)
    if info.cert_status is not Status.GOOD or info.certificates[0] != issued.certificate:
        raise ServiceError(Reason.PROOF_FAILED, detail="not_good")
    authorize = Authorize(issued.credential_id, (digest,), SHA256_OID, pin)
    granted = await services.credentials_authorize(journey, authorize, key=secrets.token_urlsafe(16))
    request = SignHash(issued.credential_id, granted.sad, (digest,), SHA256_OID, SHA256_WITH_RSA_OID)
    answer = await services.sign_hash(journey, request, key=secrets.token_urlsafe(16))
    await asyncio.to_thread(verify, issued, document, answer.signatures[0])
    return Proof(document, answer.signatures[0], now)


def new_statement(issued: Issued) -> tuple[bytes, float]:
    """A document that nobody has signed yet, and the time in it (seconds, UTC)."""
    now = time.time()
    return f"changgu proof\nserial {issued.serial}\ntime {now:.0f}\nnonce {secrets.token_hex(16)}\n".encode(), now


def verify(issued: Issued, document: bytes, signature: bytes) -> None:
    """The chain holds by signature up to the root, and the leaf's key verifies the document. Raises PROOF_FAILED."""
    try:
        certificates = [x509.load_der_x509_certificate(der) for der in (issued.certificate, *issued.chain)]
        for child, parent in zip(certificates, [*certificates[1:], certificates[-1]], strict=True):
            child.verify_directly_issued_by(parent)
        public = certificates[0].public_key()
        if not isinstance(public, rsa.RSAPublicKey):
            raise ServiceError(Reason.PROOF_FAILED, detail="key_type")
        public.verify(signature, document, padding.PKCS1v15(), SHA256())
    except (ValueError, TypeError, InvalidSignature) as error:
        raise ServiceError(Reason.PROOF_FAILED, detail="signature") from error
