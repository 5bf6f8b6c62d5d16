"""CMP messages as a test wants them: right, or wrong in one place."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import BitString, Variant
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.secret import Secret
from desktop.services.cmp.asking import public_der
from desktop.services.cmp.crmf import (
    Attribute,
    CertReqMsg,
    CertRequest,
    PublicKeyInfo,
    SigningProof,
    parsed,
    raw,
    template,
    written,
)
from desktop.services.cmp.failures import Failure, failures_of
from desktop.services.cmp.frame import MAX_ANSWER, read_message, write_header, write_message, write_part
from desktop.services.cmp.messages import Body, CertReply, CertRequests, ErrorMessage, Header, RevocationReply
from desktop.services.cmp.peer import key_id_of
from desktop.services.cmp.protect import mac, mac_algorithm, sign, signature_algorithm
from tests.services.cmp.desk import CODE, REFERENCE
from tests.services.cmp.pki import SigningKey, named, pki, rsa_key


@dataclass(frozen=True, slots=True)
class Holder:
    certificate: x509.Certificate
    key: SigningKey


def spoken(
    body: Body, *, by: Holder | None = None, code: str = CODE, reference: str = REFERENCE, **header: Any
) -> bytes:
    """A message by code, or by a certificate; `header`: fields that are to be otherwise."""
    made = write_header(
        sender=(named("hong") if by is None else by.certificate.subject).public_bytes(),
        recipient=pki().ca.certificate.subject.public_bytes(),
        now=time.time(),
        protection=written(mac_algorithm() if by is None else signature_algorithm(by.key.public_key())),
        sender_kid=reference.encode() if by is None else key_id_of(by.certificate),
        transaction=os.urandom(16),
        nonce=os.urandom(16),
        reply_to=None,
    )
    said = parsed(raw(made), Header)
    for name, value in header.items():
        setattr(said, name, value)
    return protected(said, body, by=by, code=code)


def protected(header: Header, body: Body, *, by: Holder | None = None, code: str = CODE) -> bytes:
    part = write_part(asn1.encode_der(header), body)
    if by is not None:
        return write_message(part, sign(by.key, part), (by.certificate.public_bytes(Encoding.DER),))
    assert header.protection is not None
    return write_message(part, mac(Secret.of(code), header.protection, part))


def requested(
    tag: str = "ir",
    *,
    key: SigningKey | None = None,
    proof: object = ...,
    number: int = 0,
    info: list[Attribute] | None = None,
    controls: list[Attribute] | None = None,
    issuer: x509.Name | None = None,
    subject: bytes | None = None,
    times: int = 1,
) -> Body:
    """ir, cr or kur; `proof` other than that of the key."""
    own = key or rsa_key("leaf")
    wanted = template(
        issuer=None if issuer is None else raw(issuer.public_bytes()),
        subject=raw(subject or named("hong").public_bytes()),
        public_key=parsed(raw(public_der(own.public_key())), PublicKeyInfo),
    )
    request = raw(CertRequest(id=number, template=wanted, controls=controls))
    right = proof_of(own, request)
    message = CertReqMsg(request=request, proof=right if proof is ... else proof, reg_info=info)  # type: ignore[arg-type]  # a test may give anything
    return Variant(CertRequests(requests=[message] * times), tag)


def proof_of(key: SigningKey, request: object) -> SigningProof:
    return SigningProof(
        input=None,
        algorithm=signature_algorithm(key.public_key()),
        signature=BitString(sign(key, asn1.encode_der(request)), 0),
    )


def heard(answer: bytes) -> tuple[Header, Body]:
    message = read_message(answer, limit=MAX_ANSWER)
    return message.header, message.body()


def failure_in(answer: bytes) -> Failure | None:
    """Why an answer says no, be it an error message or a status; None where it says yes."""
    value = heard(answer)[1].value
    match value:
        case ErrorMessage():
            status = value.status
        case CertReply():
            status = value.responses[0].status
        case RevocationReply():
            status = value.statuses[0]
        case _:
            return None
    found = failures_of(status.failure)
    assert len(found) == (status.status == 2)
    return found[0] if found else None
