"""Knows the ASN.1 of a request for a certificate (CRMF, RFC 4211), as far as this program speaks it.

Three forms recur. `Holder` under an implicit tag is an explicit tag round any value, which so may be optional. A
`list[TLV]` is a SEQUENCE of which only the first members matter, or whose last one is optional and of any type. A `TLV`
keeps the bytes as they came, since a signature is over them.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV, BitString, Explicit, Implicit, Null
from cryptography.x509 import ObjectIdentifier

from desktop.services.npki.der import SEQUENCE, tlv

OLD_CERT_ID = ObjectIdentifier("1.3.6.1.5.5.7.5.1.5")
#: The regInfo of the Korean profile that carries R encrypted to the CA, which so can compute the VID.
ENCRYPTED_RANDOM = ObjectIdentifier("1.2.410.200004.10.1.1.2")

T = TypeVar("T")


@asn1.sequence
class Holder:
    """`[n] EXPLICIT ANY` when tagged `Implicit(n)`."""

    value: TLV


@asn1.sequence
class _Listed:
    items: list[TLV]


@asn1.sequence
class PublicKeyInfo:
    """SubjectPublicKeyInfo, which a template tags implicitly."""

    algorithm: TLV
    key: BitString


@asn1.sequence
class Extension:
    oid: ObjectIdentifier
    critical: Annotated[bool, asn1.Default(False)]
    value: bytes


@asn1.sequence
class CertTemplate:
    version: Annotated[int | None, Implicit(0)]
    serial_number: Annotated[int | None, Implicit(1)]
    signing_algorithm: Annotated[list[TLV] | None, Implicit(2)]
    issuer: Annotated[Holder | None, Implicit(3)]
    validity: Annotated[list[TLV] | None, Implicit(4)]
    subject: Annotated[Holder | None, Implicit(5)]
    public_key: Annotated[PublicKeyInfo | None, Implicit(6)]
    issuer_uid: Annotated[BitString | None, Implicit(7)]
    subject_uid: Annotated[BitString | None, Implicit(8)]
    extensions: Annotated[list[Extension] | None, Implicit(9)]


@asn1.sequence
class Attribute:
    """AttributeTypeAndValue."""

    oid: ObjectIdentifier
    value: TLV


@asn1.sequence
class CertId:
    """`issuer` is the Name in a directoryName."""

    issuer: Annotated[TLV, Explicit(4)]
    serial_number: int


@asn1.sequence
class CertRequest:
    id: int
    template: CertTemplate
    controls: list[Attribute] | None


@asn1.sequence
class SigningProof:
    """POPOSigningKey. `input` stands in for a template without subject or key, which is not asked for here."""

    input: Annotated[list[TLV] | None, Implicit(0)]
    algorithm: list[TLV]
    signature: BitString


@asn1.sequence
class EncipheringProof:
    value: TLV


@asn1.sequence
class AgreementProof:
    value: TLV


@asn1.sequence
class CertReqMsg:
    """`request` is a CertRequest: the proof of possession is over its bytes. Null: an RA says it has verified it."""

    request: TLV
    proof: (
        Annotated[Null, Implicit(0)]
        | Annotated[SigningProof, Implicit(1)]
        | Annotated[EncipheringProof, Implicit(2)]
        | Annotated[AgreementProof, Implicit(3)]
        | None
    )
    reg_info: list[Attribute] | None


def template(
    *,
    serial_number: int | None = None,
    issuer: TLV | None = None,
    subject: TLV | None = None,
    public_key: PublicKeyInfo | None = None,
) -> CertTemplate:
    return CertTemplate(
        version=None,
        serial_number=serial_number,
        signing_algorithm=None,
        issuer=None if issuer is None else Holder(value=issuer),
        validity=None,
        subject=None if subject is None else Holder(value=subject),
        public_key=public_key,
        issuer_uid=None,
        subject_uid=None,
        extensions=None,
    )


def raw(value: object) -> TLV:
    """A value of these types, or DER, as it stands inside another."""
    return asn1.decode_der(TLV, value if isinstance(value, bytes) else asn1.encode_der(value))


def parsed(value: TLV, kind: type[T]) -> T:
    """The value inside a `TLV`. Raises ValueError."""
    found: T = value.parse(kind)
    return found


def algorithm(oid: ObjectIdentifier, parameters: object | None = None) -> list[TLV]:
    """AlgorithmIdentifier (and InfoTypeAndValue, of the same shape)."""
    return [raw(oid)] if parameters is None else [raw(oid), raw(parameters)]


def written(pair: list[TLV]) -> bytes:
    """What `algorithm` writes, DER."""
    return tlv(SEQUENCE, *map(asn1.encode_der, pair))


def type_of(pair: list[TLV]) -> ObjectIdentifier:
    """The OID of what `algorithm` writes. Raises ValueError where there is none, or more than a value follows."""
    if not 1 <= len(pair) <= 2:
        raise ValueError("neither an OID alone nor one with a value")
    return parsed(pair[0], ObjectIdentifier)


def listed(items: list[TLV]) -> TLV:
    """A SEQUENCE OF on its own, which `asn1` knows as a field alone."""
    return parsed(raw(_Listed(items=items)), Holder).value


def items_of(sequence: TLV) -> list[TLV]:
    """The members of a SEQUENCE. Raises ValueError."""
    return parsed(raw(Holder(value=sequence)), _Listed).items
