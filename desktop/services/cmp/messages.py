"""Knows the ASN.1 of CMP messages (RFC 9810, 5.1 to 5.3), as far as this program speaks it.

A body `[n] SEQUENCE OF X` is written as an implicitly tagged sequence whose one field is the list: the same bytes.
"""

from __future__ import annotations

from typing import Annotated, Literal

from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV, BitString, Explicit, GeneralizedTime, Implicit, Null, Variant
from cryptography.x509 import ObjectIdentifier

from desktop.services.cmp.crmf import CertId, CertReqMsg, CertTemplate, Extension, Holder

PVNO = 2

IMPLICIT_CONFIRM = ObjectIdentifier("1.3.6.1.5.5.7.4.13")
PROTOCOL_ENCRYPTION_CERTIFICATE = ObjectIdentifier("1.3.6.1.5.5.7.4.1")
CURRENT_CRL = ObjectIdentifier("1.3.6.1.5.5.7.4.6")
CA_CERTIFICATES = ObjectIdentifier("1.3.6.1.5.5.7.4.17")

ACCEPTED, GRANTED_WITH_MODS, REJECTION, WAITING = 0, 1, 2, 3


@asn1.sequence
class Header:
    """`sender` and `recipient` are the Names in a directoryName."""

    pvno: int
    sender: Annotated[TLV, Explicit(4)]
    recipient: Annotated[TLV, Explicit(4)]
    message_time: Annotated[GeneralizedTime | None, Explicit(0)]
    protection: Annotated[list[TLV] | None, Explicit(1)]
    sender_kid: Annotated[bytes | None, Explicit(2)]
    recipient_kid: Annotated[bytes | None, Explicit(3)]
    transaction: Annotated[bytes | None, Explicit(4)]
    sender_nonce: Annotated[bytes | None, Explicit(5)]
    recipient_nonce: Annotated[bytes | None, Explicit(6)]
    free_text: Annotated[list[str] | None, Explicit(7)]
    general_info: Annotated[list[list[TLV]] | None, Explicit(8)]


@asn1.sequence
class StatusInfo:
    status: int
    text: list[str] | None
    failure: BitString | None


@asn1.sequence
class CertRequests:
    requests: list[CertReqMsg]


@asn1.sequence
class Pkcs10:
    request: TLV


@asn1.sequence
class EncryptedCert:
    """A certificate only the owner of a decryption key can read; not asked for here."""

    value: TLV


@asn1.sequence
class KeyPair:
    """CertifiedKeyPair: a certificate, and what a CA that makes keys itself would add."""

    certificate: Annotated[Holder, Implicit(0)] | Annotated[EncryptedCert, Implicit(1)]
    private_key: Annotated[Holder | None, Implicit(0)]
    publication: Annotated[Holder | None, Implicit(1)]


@asn1.sequence
class CertResponse:
    id: int
    status: StatusInfo
    pair: KeyPair | None
    info: bytes | None


@asn1.sequence
class CertReply:
    """CertRepMessage, the answer to ir, cr, kur and p10cr."""

    ca_certificates: Annotated[list[TLV] | None, Explicit(1)]
    responses: list[CertResponse]


@asn1.sequence
class CertStatus:
    hash: bytes
    id: int
    status: StatusInfo | None
    algorithm: Annotated[list[TLV] | None, Explicit(0)]


@asn1.sequence
class CertConf:
    statuses: list[CertStatus]


@asn1.sequence
class PkiConf:
    nothing: Null


@asn1.sequence
class Revocation:
    details: CertTemplate
    entry: list[Extension] | None


@asn1.sequence
class Revocations:
    requests: list[Revocation]


@asn1.sequence
class RevocationReply:
    statuses: list[StatusInfo]
    certificates: Annotated[list[CertId] | None, Explicit(0)]
    crls: Annotated[list[TLV] | None, Explicit(1)]


@asn1.sequence
class General:
    """genm and genp: InfoTypeAndValue each."""

    items: list[list[TLV]]


@asn1.sequence
class ErrorMessage:
    status: StatusInfo
    code: int | None
    details: list[str] | None


@asn1.sequence
class Poll:
    id: int


@asn1.sequence
class PollRequest:
    polls: list[Poll]


@asn1.sequence
class PollAgain:
    id: int
    check_after: int
    reason: list[str] | None


@asn1.sequence
class PollReply:
    polls: list[PollAgain]


#: PKIBody, without the kinds that nobody here sends or serves (key recovery, cross-certification, announcements).
Body = (
    Annotated[Variant[CertRequests, Literal["ir"]], Implicit(0)]
    | Annotated[Variant[CertReply, Literal["ip"]], Explicit(1)]
    | Annotated[Variant[CertRequests, Literal["cr"]], Implicit(2)]
    | Annotated[Variant[CertReply, Literal["cp"]], Explicit(3)]
    | Annotated[Variant[Pkcs10, Literal["p10cr"]], Implicit(4)]
    | Annotated[Variant[CertRequests, Literal["kur"]], Implicit(7)]
    | Annotated[Variant[CertReply, Literal["kup"]], Explicit(8)]
    | Annotated[Variant[Revocations, Literal["rr"]], Implicit(11)]
    | Annotated[Variant[RevocationReply, Literal["rp"]], Explicit(12)]
    | Annotated[Variant[PkiConf, Literal["pkiconf"]], Implicit(19)]
    | Annotated[Variant[General, Literal["genm"]], Implicit(21)]
    | Annotated[Variant[General, Literal["genp"]], Implicit(22)]
    | Annotated[Variant[ErrorMessage, Literal["error"]], Explicit(23)]
    | Annotated[Variant[CertConf, Literal["certConf"]], Implicit(24)]
    | Annotated[Variant[PollRequest, Literal["pollReq"]], Implicit(25)]
    | Annotated[Variant[PollReply, Literal["pollRep"]], Implicit(26)]
)
#: The tag numbers of these.
BODIES = frozenset({0, 1, 2, 3, 4, 7, 8, 11, 12, 19, 21, 22, 23, 24, 25, 26})


@asn1.sequence
class Content:
    """ProtectedPart: what the protection is over. `header` is a Header."""

    header: TLV
    body: Body


@asn1.sequence
class Envelope:
    """PKIMessage with its insides as they came."""

    header: TLV
    body: TLV
    protection: Annotated[BitString | None, Explicit(0)]
    extra_certs: Annotated[list[TLV] | None, Explicit(1)]


@asn1.sequence
class Parts:
    """ProtectedPart, raw: its DER is what was protected."""

    header: TLV
    body: TLV
