"""Knows how to read what a message asks for: a certificate for a key that is proven, or a revocation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV, BitString, Implicit, SetOf
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import SignatureAlgorithmOID
from cryptography.x509.oid import CRLEntryExtensionOID

from desktop.services.cmp.crmf import (
    ENCRYPTED_RANDOM,
    OLD_CERT_ID,
    CertId,
    CertReqMsg,
    CertRequest,
    SigningProof,
    algorithm,
    parsed,
    raw,
)
from desktop.services.cmp.escort import decrypt_random
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.messages import CertRequests, Pkcs10, Revocation, Revocations
from desktop.services.cmp.protect import check_signature, checked_key, usable_key, verifies, verify
from desktop.services.cmp.registrar import Applicant, Application, Asked, PublicKey

CERT_REQ_ID = 0
#: What stands for the certReqId that a PKCS#10 request has not (RFC 9810, 5.3.4).
PKCS10_ID = -1

_ENUMERATED = b"\x0a"


@dataclass(frozen=True, slots=True)
class Decryption:
    """To whom R is encrypted."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Wanted:
    """A certificate asked for, before it is known under which transaction and by whom. `subject` is a DER Name."""

    subject: bytes
    public_key: PublicKey
    random: bytes | None
    replaces: int | None

    def application(self, transaction: bytes, asked: Asked, applicant: Applicant, *, final: bool) -> Application:
        """Raises RefusedError BAD_CERT_ID for an update that does not say of what."""
        replaces = self.replaces if asked is Asked.KUR else None
        if asked is Asked.KUR and replaces is None:
            if applicant.certificate is None:
                raise RefusedError(Failure.BAD_CERT_ID)
            replaces = applicant.certificate.serial_number
        return Application(
            transaction=transaction,
            asked=asked,
            applicant=applicant,
            subject=self.subject,
            public_key=self.public_key,
            random=self.random,
            replaces=replaces,
            final=final,
        )


def read_requests(body: CertRequests, ca: x509.Name, decryption: Decryption | None) -> Wanted:
    """ir, cr or kur with one request. Raises RefusedError: BAD_POP for a key not proven, and what is wrong with it."""
    if len(body.requests) != 1:
        raise RefusedError(Failure.BAD_REQUEST)
    message = body.requests[0]
    try:
        request = parsed(message.request, CertRequest)
    except ValueError as error:
        raise RefusedError(Failure.BAD_DATA_FORMAT) from error
    wanted = request.template
    if request.id != CERT_REQ_ID:
        raise RefusedError(Failure.BAD_REQUEST)
    if wanted.public_key is None or (wanted.issuer is not None and load_name(wanted.issuer.value) != ca):
        raise RefusedError(Failure.BAD_CERT_TEMPLATE)
    empty = raw(x509.Name([]).public_bytes())
    plain = _as_pkcs10(empty if wanted.subject is None else wanted.subject.value, raw(wanted.public_key))
    key = usable_key(plain, Failure.BAD_CERT_TEMPLATE)
    _check_proof(message, key)
    return Wanted(_subject_of(plain).public_bytes(), key, _random(message, decryption), _replaces(request, ca))


def read_pkcs10(body: Pkcs10) -> Wanted:
    """p10cr. Raises RefusedError as `read_requests` does."""
    try:
        request = x509.load_der_x509_csr(asn1.encode_der(body.request))
    except ValueError as error:
        raise RefusedError(Failure.BAD_DATA_FORMAT) from error
    key = usable_key(request, Failure.BAD_CERT_TEMPLATE)
    _check_signature(request, key)
    return Wanted(_subject_of(request).public_bytes(), key, None, None)


def load_key(der: bytes) -> PublicKey:
    """A SubjectPublicKeyInfo of a key that was usable before. Raises RefusedError BAD_CERT_TEMPLATE."""
    return checked_key(load_der_public_key(der), Failure.BAD_CERT_TEMPLATE)


def read_revocation(body: Revocations, ca: x509.Name) -> tuple[int, x509.ReasonFlags]:
    """Serial number and reason of the one certificate an rr names. Raises RefusedError BAD_CERT_ID, BAD_REQUEST."""
    if len(body.requests) != 1:
        raise RefusedError(Failure.BAD_REQUEST)
    details = body.requests[0].details
    if details.issuer is None or details.serial_number is None or load_name(details.issuer.value) != ca:
        raise RefusedError(Failure.BAD_CERT_ID)
    return details.serial_number, _reason(body.requests[0])


def load_name(name: TLV) -> x509.Name:
    """A Name. Raises RefusedError BAD_DATA_FORMAT."""
    return _subject_of(_as_pkcs10(name, raw(_NO_KEY)))


def _check_signature(request: x509.CertificateSigningRequest, key: PublicKey) -> None:
    """Raises RefusedError BAD_POP. Other threads go on meanwhile, where the algorithm is one of the usual."""
    try:
        oid, signature = request.signature_algorithm_oid, request.signature
        if verifies(key, oid):
            verify(key, oid, request.tbs_certrequest_bytes, signature, Failure.BAD_POP)
        elif not request.is_signature_valid:
            raise RefusedError(Failure.BAD_POP)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RefusedError(Failure.BAD_DATA_FORMAT) from error


def _check_proof(message: CertReqMsg, key: PublicKey) -> None:
    """An RA that vouches for the key (raVerified) is not known here; a signing key proves itself by signing."""
    proof = message.proof
    if not isinstance(proof, SigningProof) or proof.input is not None or proof.signature.padding_bits():
        raise RefusedError(Failure.BAD_POP)
    signed = asn1.encode_der(message.request)
    check_signature(key, proof.algorithm, signed, proof.signature.as_bytes(), Failure.BAD_POP)


def _random(message: CertReqMsg, decryption: Decryption | None) -> bytes | None:
    """R, where there is one; regInfo of other kinds is passed over, as RFC 4211 wants."""
    found = [info for info in message.reg_info or () if info.oid == ENCRYPTED_RANDOM]
    if not found:
        return None
    if len(found) > 1 or decryption is None:
        raise RefusedError(Failure.INCORRECT_DATA)
    return decrypt_random(asn1.encode_der(found[0].value), decryption.certificate, decryption.key)


def _replaces(request: CertRequest, ca: x509.Name) -> int | None:
    found = [control.value for control in request.controls or () if control.oid == OLD_CERT_ID]
    if not found:
        return None
    try:
        old = parsed(found[0], CertId)
    except ValueError as error:
        raise RefusedError(Failure.BAD_DATA_FORMAT) from error
    if len(found) > 1 or load_name(old.issuer) != ca:
        raise RefusedError(Failure.BAD_CERT_ID)
    return old.serial_number


def _reason(request: Revocation) -> x509.ReasonFlags:
    """The CRL entry's reasonCode, `unspecified` where none is given."""
    found = [e.value for e in request.entry or () if e.oid == CRLEntryExtensionOID.CRL_REASON]
    if not found:
        return x509.ReasonFlags.unspecified
    try:
        code = asn1.decode_der(TLV, found[0])
    except ValueError as error:
        raise RefusedError(Failure.BAD_DATA_FORMAT) from error
    for reason in x509.ReasonFlags:
        if code.tag_bytes == _ENUMERATED and asn1.encode_der(code) == x509.CRLReason(reason).public_bytes():
            return reason
    raise RefusedError(Failure.BAD_REQUEST)


@asn1.sequence
class _Plain:
    """CertificationRequestInfo."""

    version: int
    subject: TLV
    key: TLV
    attributes: Annotated[SetOf[TLV], Implicit(0)]


@asn1.sequence
class _Unsigned:
    """CertificationRequest."""

    info: _Plain
    algorithm: list[TLV]
    signature: BitString


@asn1.sequence
class _Key:
    algorithm: list[TLV]
    key: BitString


_ED25519 = algorithm(SignatureAlgorithmOID.ED25519)
_NO_KEY = _Key(algorithm=_ED25519, key=BitString(bytes(32), 0))


def _as_pkcs10(subject: TLV, key: TLV) -> x509.CertificateSigningRequest:
    """A template as the PKCS#10 request that it would be, unsigned: so `cryptography` reads names and keys for us."""
    info = _Plain(version=0, subject=subject, key=key, attributes=SetOf([]))
    try:
        return x509.load_der_x509_csr(
            asn1.encode_der(_Unsigned(info=info, algorithm=_ED25519, signature=BitString(b"", 0)))
        )
    except ValueError as error:
        raise RefusedError(Failure.BAD_DATA_FORMAT) from error


def _subject_of(request: x509.CertificateSigningRequest) -> x509.Name:
    try:
        return request.subject
    except ValueError as error:
        raise RefusedError(Failure.BAD_DATA_FORMAT) from error
