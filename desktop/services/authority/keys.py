"""RSA keys as the authority makes, stores and loads them."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from desktop.services.api import Reason, ServiceError

KEY_BITS: Final = 2048
EXPONENT: Final = 65537


def new_key() -> rsa.RSAPrivateKey:
    """About 50 ms; other threads go on meanwhile."""
    return rsa.generate_private_key(EXPONENT, KEY_BITS)


def key_bytes(key: rsa.RSAPrivateKey) -> bytes:
    """PKCS#8 DER, not encrypted: for sealing at once."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def load_key(der: bytes | memoryview) -> rsa.RSAPrivateKey:
    """PKCS#8 DER out of our own authenticated store. Raises ValueError where it is no RSA key.

    OpenSSL's check of an RSA key takes 45 ms, and `cryptography` 50 holds the GIL for it: the window would
    stand still. AES-GCM has proved that these are the bytes we wrote, so nothing is left to check.
    """
    key = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")
    return key


def check_rsa(key: object) -> rsa.RSAPublicKey:
    """Of a certificate of ours, whose keys are all RSA."""
    if not isinstance(key, rsa.RSAPublicKey):
        raise ServiceError(Reason.STORE_CORRUPT, detail="key")
    return key
