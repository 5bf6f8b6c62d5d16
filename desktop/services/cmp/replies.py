"""Knows the bodies a CA answers with: certificates, refusals, statuses, and answers to general questions."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.asn1 import TLV, Null, Variant

from desktop.services.cmp.crmf import CertId, Holder, algorithm, listed, raw, type_of
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.messages import (
    ACCEPTED,
    CA_CERTIFICATES,
    CURRENT_CRL,
    GRANTED_WITH_MODS,
    PROTOCOL_ENCRYPTION_CERTIFICATE,
    REJECTION,
    WAITING,
    Body,
    CertReply,
    CertResponse,
    ErrorMessage,
    General,
    KeyPair,
    PkiConf,
    PollAgain,
    PollReply,
    RevocationReply,
    StatusInfo,
)
from desktop.services.cmp.registrar import Asked, Registrar

#: The tag of the answer to each way of asking.
REPLY = {Asked.IR: "ip", Asked.CR: "cp", Asked.P10CR: "cp", Asked.KUR: "kup"}
MAX_QUESTIONS = 10


def status(code: int, failure: Failure | None = None) -> StatusInfo:
    return StatusInfo(status=code, text=None, failure=None if failure is None else failure.bits())


def certificate(asked: Asked, number: int, der: bytes, *, as_asked: bool, anchors: Sequence[bytes]) -> Body:
    """ip, cp or kup with a certificate. `anchors` are CA certificates for someone who may have none (caPubs)."""
    response = CertResponse(
        id=number,
        status=status(ACCEPTED if as_asked else GRANTED_WITH_MODS),
        pair=KeyPair(certificate=Holder(value=raw(der)), private_key=None, publication=None),
        info=None,
    )
    return _reply(asked, response, [raw(anchor) for anchor in anchors] or None)


def waiting(asked: Asked, number: int) -> Body:
    return _reply(asked, CertResponse(id=number, status=status(WAITING), pair=None, info=None))


def refusal(tag: str, number: int, failure: Failure) -> Body:
    """In the answer of the request's own kind, where it has one; an error message otherwise."""
    if tag in tuple(Asked):
        info = status(REJECTION, failure)
        return _reply(Asked(tag), CertResponse(id=number, status=info, pair=None, info=None))
    if tag == "rr":
        return revoked(status(REJECTION, failure), None)
    return Variant(ErrorMessage(status=status(REJECTION, failure), code=None, details=None), "error")


def revoked(info: StatusInfo, which: CertId | None) -> Body:
    return Variant(
        RevocationReply(statuses=[info], certificates=None if which is None else [which], crls=None),
        "rp",
    )


def named(ca: x509.Name, serial: int) -> CertId:
    return CertId(issuer=raw(ca.public_bytes()), serial_number=serial)


def poll_again(number: int, check_after: int) -> Body:
    return Variant(PollReply(polls=[PollAgain(id=number, check_after=check_after, reason=None)]), "pollRep")


def confirmed() -> Body:
    return Variant(PkiConf(nothing=Null()), "pkiconf")


def general(questions: General, registrar: Registrar, encryption: x509.Certificate | None) -> Body:
    """genp: what is known of what was asked, everything when nothing was named. What is not known is passed over."""
    if len(questions.items) > MAX_QUESTIONS:
        raise RefusedError(Failure.BAD_REQUEST)
    known = [CA_CERTIFICATES, CURRENT_CRL, PROTOCOL_ENCRYPTION_CERTIFICATE]
    try:
        asked = [type_of(item) for item in questions.items] or known
    except ValueError as error:
        raise RefusedError(Failure.BAD_DATA_FORMAT) from error
    items = [_information(oid, registrar, encryption) for oid in known if oid in asked]
    return Variant(General(items=[item for item in items if item is not None]), "genp")


def _information(
    oid: x509.ObjectIdentifier, registrar: Registrar, encryption: x509.Certificate | None
) -> list[TLV] | None:
    if oid == CA_CERTIFICATES:
        return algorithm(oid, listed([raw(der) for der in registrar.ca_certificates()]))
    if oid == CURRENT_CRL:
        return algorithm(oid, registrar.crl())
    return None if encryption is None else algorithm(oid, encryption)


def _reply(asked: Asked, response: CertResponse, anchors: list[TLV] | None = None) -> Body:
    return Variant(CertReply(ca_certificates=anchors, responses=[response]), REPLY[asked])
