"""Knows the bodies a client sends: requests with proof of possession, confirmations, revocations and questions."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import BitString, Variant
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import CRLEntryExtensionOID

from desktop.services.cmp.crmf import (
    OLD_CERT_ID,
    Attribute,
    CertId,
    CertReqMsg,
    CertRequest,
    Extension,
    PublicKeyInfo,
    SigningProof,
    algorithm,
    parsed,
    raw,
    template,
)
from desktop.services.cmp.failures import Failure
from desktop.services.cmp.frame import certificate_hash
from desktop.services.cmp.messages import (
    ACCEPTED,
    REJECTION,
    Body,
    CertConf,
    CertRequests,
    CertStatus,
    General,
    Pkcs10,
    Poll,
    PollRequest,
    Revocation,
    Revocations,
    StatusInfo,
)
from desktop.services.cmp.protect import PrivateKey, signature_algorithm
from desktop.services.cmp.registrar import PublicKey
from desktop.services.cmp.talk import signed


def public_der(key: PublicKey) -> bytes:
    """SubjectPublicKeyInfo."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


async def certificate_request(
    tag: str,
    subject: bytes,
    key: PrivateKey,
    *,
    info: Attribute | None = None,
    replaces: x509.Certificate | None = None,
) -> Body:
    """ir, cr or kur for one certificate: `subject` is a DER Name, `key` proves itself, `info` goes into regInfo."""
    wanted = template(subject=raw(subject), public_key=parsed(raw(public_der(key.public_key())), PublicKeyInfo))
    controls = None if replaces is None else [Attribute(oid=OLD_CERT_ID, value=raw(_id_of(replaces)))]
    request = asn1.encode_der(CertRequest(id=0, template=wanted, controls=controls))
    proof = SigningProof(
        input=None,
        algorithm=signature_algorithm(key.public_key()),
        signature=BitString(await signed(key, request), 0),
    )
    message = CertReqMsg(request=raw(request), proof=proof, reg_info=None if info is None else [info])
    return _tagged(tag, CertRequests(requests=[message]))


def pkcs10_request(request: x509.CertificateSigningRequest) -> Body:
    return Variant(Pkcs10(request=raw(request.public_bytes(Encoding.DER))), "p10cr")


def confirmation(certificate: bytes, number: int, failure: Failure | None) -> Body:
    """certConf: the certificate is kept, or it is not wanted because of `failure`."""
    status = StatusInfo(
        status=ACCEPTED if failure is None else REJECTION,
        text=None,
        failure=None if failure is None else failure.bits(),
    )
    digest = certificate_hash(certificate)
    return Variant(CertConf(statuses=[CertStatus(hash=digest, id=number, status=status, algorithm=None)]), "certConf")


def poll(number: int) -> Body:
    return Variant(PollRequest(polls=[Poll(id=number)]), "pollReq")


def revocation(certificate: x509.Certificate, reason: x509.ReasonFlags) -> Body:
    """rr. The reason `unspecified` is said by leaving it out (RFC 5280, 5.3.1)."""
    coded = Extension(oid=CRLEntryExtensionOID.CRL_REASON, critical=False, value=x509.CRLReason(reason).public_bytes())
    which = template(serial_number=certificate.serial_number, issuer=raw(certificate.issuer.public_bytes()))
    entry = None if reason is x509.ReasonFlags.unspecified else [coded]
    return Variant(Revocations(requests=[Revocation(details=which, entry=entry)]), "rr")


def question(oid: x509.ObjectIdentifier) -> Body:
    """genm for one kind of information."""
    return Variant(General(items=[algorithm(oid)]), "genm")


def _id_of(certificate: x509.Certificate) -> CertId:
    return CertId(issuer=raw(certificate.issuer.public_bytes()), serial_number=certificate.serial_number)


def _tagged(tag: str, requests: CertRequests) -> Body:
    return Variant(requests, tag)
