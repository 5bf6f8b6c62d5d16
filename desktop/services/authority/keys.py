"""Keys as the authority makes, stores and loads them, and which of other people's it certifies."""

from __future__ import annotations

import hashlib
from typing import Final, Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from desktop.services.api import Reason, ServiceError

KEY_BITS: Final = 2048
EXPONENT: Final = 65537
_DIGESTED: Final = Prehashed(hashes.SHA256())

#: The two kinds of key that are certified here, and that a CA may sign with.
KeyKind = Literal["rsa", "p256"]
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def new_key() -> rsa.RSAPrivateKey:
    """About 50 ms; other threads go on meanwhile."""
    return rsa.generate_private_key(EXPONENT, KEY_BITS)


def new_signing_key(kind: KeyKind) -> SigningKey:
    """For a CA."""
    return new_key() if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())


def key_bytes(key: SigningKey) -> bytes:
    """PKCS#8 DER, not encrypted: for sealing at once."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def load_signing_key(der: bytes | memoryview) -> SigningKey:
    """PKCS#8 DER out of our own authenticated store. Raises ValueError where it is of neither kind.

    OpenSSL's check of an RSA key takes 45 ms, and `cryptography` 50 holds the GIL for it: the window would
    stand still. AES-GCM has proved that these are the bytes we wrote, so nothing is left to check.
    """
    key = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, SigningKey):
        raise ValueError("neither an RSA nor a P-256 key")
    return key


def load_key(der: bytes | memoryview) -> rsa.RSAPrivateKey:
    """As `load_signing_key`, of those that are always RSA."""
    key = load_signing_key(der)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")
    return key


def key_octets(key: PublicKey) -> bytes:
    """What a SubjectPublicKeyInfo has in its BIT STRING, by whose hash a CA is named (RFC 6960, 4.1.1)."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def kind_of(key: object) -> KeyKind | None:
    """Of a public key; None for what is certified nowhere here."""
    if isinstance(key, rsa.RSAPublicKey):
        return "rsa"
    return "p256" if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1) else None


def verify(key: PublicKey, signature: bytes, data: bytes) -> None:
    """By SHA-256, as everything here is signed, and while other threads go on. Raises InvalidSignature."""
    digest = hashlib.sha256(data).digest()  # a twelfth less than with the hash begun within
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, digest, padding.PKCS1v15(), _DIGESTED)
    else:
        key.verify(signature, digest, ec.ECDSA(_DIGESTED))


def check_own(key: object) -> PublicKey:
    """Of a certificate of ours. Raises ServiceError STORE_CORRUPT for what we never certify."""
    if not isinstance(key, PublicKey) or kind_of(key) is None:
        raise ServiceError(Reason.STORE_CORRUPT, detail="key")
    return key


def check_rsa(key: object) -> rsa.RSAPublicKey:
    """Of a certificate of ours whose key we made, which is always RSA."""
    if not isinstance(key, rsa.RSAPublicKey):
        raise ServiceError(Reason.STORE_CORRUPT, detail="key")
    return key


def check_strength(key: PublicKey) -> None:
    """Raises ServiceError BAD_REQUEST for a key that is certified for nobody."""
    strong = kind_of(key) is not None
    if isinstance(key, rsa.RSAPublicKey):
        strong = key.key_size >= KEY_BITS and key.public_numbers().e >= EXPONENT
    if not strong:
        raise ServiceError(Reason.BAD_REQUEST, detail="weak_key")
