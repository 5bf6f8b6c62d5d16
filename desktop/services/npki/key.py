"""The private key inside the container: PKCS#8 with the random number R, and what is checked before it signs."""

from __future__ import annotations

import os
from typing import Final

from cryptography import x509
from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from cryptography.x509 import ObjectIdentifier

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.npki import der
from desktop.services.npki.ciphers import wipe
from desktop.services.npki.vid import RANDOM_BYTES

RANDOM: Final = ObjectIdentifier("1.2.410.200004.10.1.1.3")
EXPONENT: Final = 65537
KEY_BITS: Final = 2048
#: Signing with a larger key takes seconds; no CA in Korea gives one.
MOST_KEY_BITS: Final = 16_384

_PROOF: Final = b"changgu: does this key belong to this certificate?"


@asn1.sequence
class _Attribute:
    type_id: ObjectIdentifier
    values: asn1.SetOf[asn1.BitString]


def new_key(bits: int = KEY_BITS) -> tuple[RSAPrivateKey, Secret, bytes]:
    """A key, its PKCS#8 with R, and R (20 bytes). Takes about 50 ms at 2048 bits; other threads go on meanwhile.

    The library gives its PKCS#8 in bytes that nobody can wipe; they are let go at once.
    """
    key = generate_private_key(EXPONENT, bits)
    bare = Secret(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    r = os.urandom(RANDOM_BYTES)
    try:
        return key, with_random(bare, r), r
    finally:
        bare.wipe()


def random_of(plain: Secret) -> bytes | None:
    """R out of the plaintext PKCS#8, None where there is none (a key that went through a foreign PFX, say)."""
    with plain.view() as view:
        try:
            attributes = _attributes(view)
            if attributes is None:
                return None
            written = [bytes(view[one.begin : one.end]) for one in der.children(view, attributes)]
        except ValueError:
            return None
    for attribute in written:
        try:
            read = asn1.decode_der(_Attribute, attribute)
        except ValueError:
            continue  # an attribute of another form is none of ours
        values = read.values.as_list()
        if read.type_id == RANDOM and len(values) == 1 and len(values[0].as_bytes()) == RANDOM_BYTES:
            return values[0].as_bytes()
    return None


def with_random(pkcs8: Secret, r: bytes) -> Secret:
    """The same key with R as its attribute, in place of those it had. Raises ValueError for anything but PKCS#8.

    Written by hand, since an encoder would leave the key in bytes that nobody can wipe. `r` has 20 bytes.
    """
    if len(r) != RANDOM_BYTES:
        raise ValueError(f"R has {RANDOM_BYTES} bytes")
    value = asn1.SetOf([asn1.BitString(r, 0)])
    attribute = asn1.encode_der(_Attribute(type_id=RANDOM, values=value))
    tail = bytes((der.CONTEXT_0,)) + der.length_of(len(attribute)) + attribute
    with pkcs8.view() as view:
        outer = der.element(view)
        old = _attributes(view)
        end = outer.end if old is None else old.begin
        head = bytes((der.SEQUENCE,)) + der.length_of(end - outer.start + len(tail))
        made = bytearray(len(head) + end - outer.start + len(tail))
        made[: len(head)] = head
        made[len(head) : len(made) - len(tail)] = view[outer.start : end]
        made[len(made) - len(tail) :] = tail
    try:
        return Secret(made)
    finally:
        wipe(made)


def load_key(plain: Secret, certificate: x509.Certificate, *, fresh: bool = False, where: str = "") -> RSAPrivateKey:
    """The key, proven to be the certificate's. Raises ServiceError FILE_BROKEN, FORM_UNKNOWN or KEY_MISMATCH.

    OpenSSL's validation (are p and q prime, do d and the CRT numbers fit them) is skipped: it is 95 % of the time.
    Modulus and exponent must instead equal the certificate's, and one signature must verify under the certificate.
    That is safe: what the key is for is proven, so numbers changed in the file (no form has a checksum) are found
    before a signature leaves; OpenSSL checks each signature by CRT itself and falls back on d, so none leaks a
    factor; and whether the primes are good was settled when the key was made, by whoever made it.
    `fresh`: the key was made by us a moment ago; the signature is left out too.
    """
    try:
        key = _parse(plain)
    except UnsupportedAlgorithm as error:
        raise ServiceError(Reason.FORM_UNKNOWN, where=where) from error
    except (ValueError, TypeError, InternalError) as error:
        raise ServiceError(Reason.FILE_BROKEN, where=where) from error
    if not isinstance(key, RSAPrivateKey):
        raise ServiceError(Reason.FORM_UNKNOWN, where=where)
    public = _public_key(certificate, where)
    if key.key_size != public.key_size or key.public_key().public_numbers() != public.public_numbers():
        raise ServiceError(Reason.KEY_MISMATCH, where=where)
    if not fresh:
        _prove(key, public, where)
    return key


def _parse(plain: Secret) -> object:
    with plain.view() as view:
        end = der.element(view).end
        with view[:end] as exact:
            return load_der_private_key(exact, None, unsafe_skip_rsa_key_validation=True)


def _public_key(certificate: x509.Certificate, where: str) -> RSAPublicKey:
    try:
        public = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ServiceError(Reason.FORM_UNKNOWN, where=where) from error
    if not isinstance(public, RSAPublicKey) or public.key_size > MOST_KEY_BITS:
        raise ServiceError(Reason.FORM_UNKNOWN, where=where)
    return public


def _prove(key: RSAPrivateKey, public: RSAPublicKey, where: str) -> None:
    try:
        public.verify(key.sign(_PROOF, PKCS1v15(), hashes.SHA256()), _PROOF, PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, InternalError) as error:
        raise ServiceError(Reason.KEY_MISMATCH, where=where) from error


def _attributes(view: memoryview) -> der.Element | None:
    """Where the [0] of a PKCS#8 stands. Raises ValueError where it is no PKCS#8."""
    outer = der.element(view)
    parts = list(der.children(view, outer))
    if outer.tag != der.SEQUENCE or [part.tag for part in parts[:3]] != [der.INTEGER, der.SEQUENCE, der.OCTET_STRING]:
        raise ValueError("no PKCS#8")
    return next((part for part in parts[3:] if part.tag == der.CONTEXT_0), None)
