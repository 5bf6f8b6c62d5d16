"""How a PFX is built (RFC 7292): safes of bags, sealed by a password."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from desktop.secret import Secret
from desktop.services.npki import ber, der, pbe, pfx_mac
from desktop.services.npki.ciphers import PaddingError, wipe
from desktop.services.npki.pfx_mac import Budget, Mac, WrongMacError

DATA: Final = ObjectIdentifier("1.2.840.113549.1.7.1")
ENCRYPTED_DATA: Final = ObjectIdentifier("1.2.840.113549.1.7.6")
KEY_BAG: Final = ObjectIdentifier("1.2.840.113549.1.12.10.1.1")
SHROUDED_BAG: Final = ObjectIdentifier("1.2.840.113549.1.12.10.1.2")
CERTIFICATE_BAG: Final = ObjectIdentifier("1.2.840.113549.1.12.10.1.3")
X509: Final = ObjectIdentifier("1.2.840.113549.1.9.22.1")
LOCAL_KEY_ID: Final = ObjectIdentifier("1.2.840.113549.1.9.21")

_VERSION: Final = 3


@asn1.sequence
class ContentInfo:
    content_type: ObjectIdentifier
    content: Annotated[asn1.TLV, asn1.Explicit(0)]


@asn1.sequence
class CertificateBag:
    type_id: ObjectIdentifier
    value: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class _Attribute:
    type_id: ObjectIdentifier
    values: asn1.SetOf[bytes]


@asn1.sequence
class _Bag:
    type_id: ObjectIdentifier
    value: Annotated[asn1.TLV, asn1.Explicit(0)]
    attributes: asn1.SetOf[_Attribute] | None


@asn1.sequence
class _EncryptedContent:
    content_type: ObjectIdentifier
    algorithm: pbe.Algorithm
    data: Annotated[bytes, asn1.Implicit(0)]


@asn1.sequence
class _EncryptedData:
    version: int
    content: _EncryptedContent


@asn1.sequence
class Pfx:
    version: int
    safes: ContentInfo
    mac: Mac | None


def tlv(data: bytes) -> asn1.TLV:
    return asn1.decode_der(asn1.TLV, data)


def bag(type_id: ObjectIdentifier, value: bytes, local_id: bytes | None = None) -> bytes:
    """`value` is DER; `local_id` ties a key to its certificate."""
    named = None if local_id is None else asn1.SetOf([_Attribute(type_id=LOCAL_KEY_ID, values=asn1.SetOf([local_id]))])
    return asn1.encode_der(_Bag(type_id=type_id, value=tlv(value), attributes=named))


def plain_safe(bags: Sequence[bytes]) -> bytes:
    contents = asn1.encode_der(der.write_list(bags))
    return asn1.encode_der(ContentInfo(content_type=DATA, content=tlv(contents)))


def sealed_safe(bags: Sequence[bytes], password: Secret, recipe: pbe.Recipe) -> bytes:
    key, iv = recipe.derive(password)
    with memoryview(der.write_list(bags)) as view:
        data = recipe.cipher.encrypt(key, iv, view)
    wipe(key)
    content = _EncryptedContent(content_type=DATA, algorithm=recipe.written(), data=data)
    sealed = asn1.encode_der(_EncryptedData(version=0, content=content))
    return asn1.encode_der(ContentInfo(content_type=ENCRYPTED_DATA, content=tlv(sealed)))


def open_safe(safe: bytes, password: Secret, budget: Budget) -> list[bytes]:
    """The bags of a safe, as DER. Raises ValueError and its kinds."""
    info = asn1.decode_der(ContentInfo, safe)
    if info.content_type == DATA:
        contents = info.content.parse(bytes)
    elif info.content_type == ENCRYPTED_DATA:
        contents = _unseal(asn1.encode_der(info.content), password, budget)
    else:
        raise pbe.FormUnknownError(info.content_type.dotted_string)
    return der.read_list(ber.to_der(contents))


def open_bag(data: bytes) -> tuple[ObjectIdentifier, bytes]:
    """Type and value (DER). Attributes are not looked at: not all write their SET in the order of DER."""
    type_id, value, *_ = der.read_list(data)
    return asn1.decode_der(ObjectIdentifier, type_id), bytes(tlv(value).data)


def write(safes: Sequence[bytes], password: Secret, *, prf: str, rounds: int) -> bytes:
    """The whole file; `prf` is sha1 or sha256."""
    contents = der.write_list(safes)
    safe = ContentInfo(content_type=DATA, content=tlv(asn1.encode_der(contents)))
    return asn1.encode_der(
        Pfx(version=_VERSION, safes=safe, mac=pfx_mac.make(contents, password, prf=prf, rounds=rounds))
    )


def read(data: bytes, password: Secret, budget: Budget) -> list[bytes]:
    """The safes, as DER, whose code fits the password. Raises ValueError and its kinds."""
    pfx = asn1.decode_der(Pfx, ber.to_der(data))
    if pfx.version != _VERSION:
        raise ValueError("another version")
    if pfx.safes.content_type != DATA:
        raise pbe.FormUnknownError(pfx.safes.content_type.dotted_string)
    contents = pfx.safes.content.parse(bytes)
    if pfx.mac is not None:
        pfx_mac.check(pfx.mac, contents, password, budget)
    return der.read_list(ber.to_der(contents))


def _unseal(encrypted_data: bytes, password: Secret, budget: Budget) -> bytes:
    _, content = der.read_list(encrypted_data)[:2]
    _, algorithm, data = der.read_list(content)[:3]
    recipe = pbe.read(asn1.decode_der(pbe.Algorithm, algorithm))
    budget.spend(recipe.rounds)
    # A string in pieces stands as constructed [0]: nothing but the place tells that it is one.
    octets = bytes(tlv(data).data)
    key, iv = recipe.derive(password)
    try:
        plain = recipe.cipher.decrypt(key, iv, ber.join(octets) if data[0] == der.CONTEXT_0 else octets)
    except PaddingError as error:
        raise WrongMacError("the password does not fit") from error
    finally:
        wipe(key)
    return bytes(plain)
