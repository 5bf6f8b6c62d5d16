"""The types of CMS SignedData (RFC 5652), declared as far as signatures of documents need them."""

from __future__ import annotations

from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier


@asn1.sequence
class Algorithm:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None  # those that we know have none


@asn1.sequence
class Attribute:
    type_id: ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class IssuerAndSerial:
    issuer: asn1.TLV
    serial: int


@asn1.sequence
class SignerInfo:
    version: int
    sid: IssuerAndSerial | Annotated[bytes, asn1.Implicit(0)]
    digest_algorithm: asn1.TLV  # of any form, so that an unknown one can be told from a broken file
    # Read as a list, since a SET OF is refused when a program has not sorted it; the tag is [0] either way.
    signed: Annotated[list[Attribute] | None, asn1.Implicit(0)]
    signature_algorithm: asn1.TLV
    signature: bytes
    unsigned: Annotated[list[Attribute] | None, asn1.Implicit(1)]


@asn1.sequence
class Content:
    type_id: ObjectIdentifier
    octets: Annotated[bytes | None, asn1.Explicit(0)]


@asn1.sequence
class SignedData:
    version: int
    digest_algorithms: asn1.TLV
    content: Content
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    crls: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.SetOf[SignerInfo]


@asn1.sequence
class ContentInfo:
    type_id: ObjectIdentifier
    content: Annotated[asn1.TLV, asn1.Explicit(0)]


@asn1.sequence
class Sorted:
    """What is signed in place of the document: the attributes under their own tag, SET, in DER's order."""

    signed: asn1.SetOf[Attribute]


@asn1.sequence
class AsSent:
    """The same in the order they came in: node-forge signs them unsorted, and OpenSSL takes it so."""

    signed: list[Attribute]
