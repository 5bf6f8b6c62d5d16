"""Knows how a CMP message is protected: a MAC by a shared secret (RFC 9810, 5.1.3.1), or a signature (5.1.3.3)."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV, Null
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import ObjectIdentifier, SignatureAlgorithmOID

from desktop.secret import Secret
from desktop.services.cmp.crmf import algorithm, parsed, type_of, written
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.registrar import PublicKey

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

PASSWORD_BASED_MAC: Final = ObjectIdentifier("1.2.840.113533.7.66.13")
SHA256: Final = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
HMAC_SHA256: Final = ObjectIdentifier("1.2.840.113549.2.9")

#: A code is long and made at random: rounds add little to it, and the window waits for them.
ROUNDS: Final = 1000
#: What is read. A code is guessed by trying, so too few rounds help nobody but who wants it; too many stop the CA.
MIN_ROUNDS, MAX_ROUNDS = 100, 100_000
SALT_BYTES: Final = 16
MIN_SALT, MAX_SALT = 8, 128
RSA_BITS: Final = (2048, 8192)
CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)

_OWFS: Final = {
    SHA256: hashlib.sha256,
    ObjectIdentifier("2.16.840.1.101.3.4.2.2"): hashlib.sha384,
    ObjectIdentifier("2.16.840.1.101.3.4.2.3"): hashlib.sha512,
}
#: HMAC-SHA1 is still sound, and what `openssl cmp` uses unless told otherwise; it has two numbers.
_MACS: Final = {
    HMAC_SHA256: "sha256",
    ObjectIdentifier("1.2.840.113549.2.10"): "sha384",
    ObjectIdentifier("1.2.840.113549.2.11"): "sha512",
    ObjectIdentifier("1.2.840.113549.2.7"): "sha1",
    ObjectIdentifier("1.3.6.1.5.5.8.1.2"): "sha1",
}
_RSA: Final[dict[ObjectIdentifier, hashes.HashAlgorithm]] = {
    SignatureAlgorithmOID.RSA_WITH_SHA256: hashes.SHA256(),
    SignatureAlgorithmOID.RSA_WITH_SHA384: hashes.SHA384(),
    SignatureAlgorithmOID.RSA_WITH_SHA512: hashes.SHA512(),
}
_ECDSA: Final[dict[ObjectIdentifier, hashes.HashAlgorithm]] = {
    SignatureAlgorithmOID.ECDSA_WITH_SHA256: hashes.SHA256(),
    SignatureAlgorithmOID.ECDSA_WITH_SHA384: hashes.SHA384(),
    SignatureAlgorithmOID.ECDSA_WITH_SHA512: hashes.SHA512(),
}


class _Hash(Protocol):
    def digest(self) -> bytes: ...


@asn1.sequence
class PbmParameter:
    salt: bytes
    owf: list[TLV]
    rounds: int
    mac: list[TLV]


def mac_algorithm() -> list[TLV]:
    """A fresh salt each time."""
    return algorithm(
        PASSWORD_BASED_MAC,
        PbmParameter(
            salt=os.urandom(SALT_BYTES),
            owf=algorithm(SHA256, Null()),
            rounds=ROUNDS,
            mac=algorithm(HMAC_SHA256, Null()),
        ),
    )


def is_mac(protection: list[TLV] | None) -> bool:
    """False for a signature, for nothing, and for what cannot be read."""
    try:
        return protection is not None and type_of(protection) == PASSWORD_BASED_MAC
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class MacKey:
    """What a secret becomes by the `protection` of a message (DER); its answer may be protected by the very same."""

    protection: bytes
    value: bytes = field(repr=False)
    hash: str

    @classmethod
    def of(cls, protection: list[TLV], value: bytes) -> MacKey:
        """One that `mac_key` made before. Raises RefusedError BAD_ALG."""
        return cls(written(protection), value, _parameters(protection)[2])

    def mac(self, part: bytes) -> bytes:
        """Of a ProtectedPart."""
        return hmac.digest(self.value, part, self.hash)

    def check(self, part: bytes, value: bytes | None) -> None:
        """Raises RefusedError BAD_MESSAGE_CHECK."""
        if value is None or not hmac.compare_digest(self.mac(part), value):
            raise RefusedError(Failure.BAD_MESSAGE_CHECK)


def mac_key(secret: Secret, protection: list[TLV], *, most: int = MAX_ROUNDS) -> MacKey:
    """Raises RefusedError BAD_ALG for other algorithms, or parameters out of bounds: `most` rounds, of those."""
    parameter, owf, name = _parameters(protection)
    if parameter.rounds > most:
        raise RefusedError(Failure.BAD_ALG)
    salted = bytearray(len(secret) + len(parameter.salt))
    salted[: len(secret)], salted[len(secret) :] = secret.view(), parameter.salt
    key = owf(salted).digest()
    salted[:] = bytes(len(salted))
    for _ in range(parameter.rounds - 1):
        key = owf(key).digest()
    return MacKey(written(protection), key, name)


def _parameters(protection: list[TLV]) -> tuple[PbmParameter, Callable[[bytes | bytearray], _Hash], str]:
    """And its two algorithms. Raises RefusedError as `mac_key`."""
    try:
        parameter = parsed(protection[1], PbmParameter)
        owf, name = _OWFS[type_of(parameter.owf)], _MACS[type_of(parameter.mac)]
    except (ValueError, IndexError, KeyError) as error:
        raise RefusedError(Failure.BAD_ALG) from error
    if not (MIN_ROUNDS <= parameter.rounds <= MAX_ROUNDS and MIN_SALT <= len(parameter.salt) <= MAX_SALT):
        raise RefusedError(Failure.BAD_ALG)
    return parameter, owf, name


def mac(secret: Secret, protection: list[TLV], part: bytes) -> bytes:
    """The MAC of a ProtectedPart. Raises RefusedError as `mac_key`."""
    return mac_key(secret, protection).mac(part)


def check_mac(secret: Secret, protection: list[TLV], part: bytes, value: bytes | None) -> None:
    """Raises RefusedError BAD_MESSAGE_CHECK, and as `mac_key` does."""
    mac_key(secret, protection).check(part, value)


def signature_algorithm(key: PublicKey) -> list[TLV]:
    """By which a key of this kind signs here: SHA-256, or Ed25519."""
    if isinstance(key, rsa.RSAPublicKey):
        return algorithm(SignatureAlgorithmOID.RSA_WITH_SHA256, Null())
    if isinstance(key, ec.EllipticCurvePublicKey):
        return algorithm(SignatureAlgorithmOID.ECDSA_WITH_SHA256)
    return algorithm(SignatureAlgorithmOID.ED25519)


def sign(key: PrivateKey, data: bytes) -> bytes:
    """As `signature_algorithm` says: PKCS#1 v1.5, DER of ECDSA, or Ed25519."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(hashes.SHA256()))
    return key.sign(data)


def check_signature(key: PublicKey, signed_by: list[TLV], data: bytes, value: bytes | None, failure: Failure) -> None:
    """Raises RefusedError with this failure for a wrong signature, BAD_ALG for an algorithm not of this key."""
    try:
        oid = type_of(signed_by)
    except ValueError as error:
        raise RefusedError(Failure.BAD_ALG) from error
    if not verifies(key, oid):
        raise RefusedError(Failure.BAD_ALG)
    verify(key, oid, data, value or b"", failure)


def verifies(key: PublicKey, oid: ObjectIdentifier) -> bool:
    """Whether `verify` knows this algorithm, and it is one of this key's."""
    known = _RSA if isinstance(key, rsa.RSAPublicKey) else _ECDSA if isinstance(key, ec.EllipticCurvePublicKey) else ()
    return oid in known or (isinstance(key, ed25519.Ed25519PublicKey) and oid == SignatureAlgorithmOID.ED25519)


def verify(key: PublicKey, oid: ObjectIdentifier, data: bytes, value: bytes, failure: Failure) -> None:
    """By an algorithm that `verifies`. Raises RefusedError with this failure."""
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, data, padding.PKCS1v15(), _RSA[oid])
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, data, ec.ECDSA(_ECDSA[oid]))
        else:
            key.verify(value, data)
    except InvalidSignature as error:
        raise RefusedError(failure) from error


def usable_key(holder: x509.Certificate | x509.CertificateSigningRequest, failure: Failure) -> PublicKey:
    """The public key of one of the kinds and sizes that are served; RefusedError with this failure otherwise."""
    try:
        return checked_key(holder.public_key(), failure)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RefusedError(failure) from error


def checked_key(key: object, failure: Failure) -> PublicKey:
    """RSA of 2048 to 8192 bits, the three NIST curves, Ed25519."""
    if isinstance(key, rsa.RSAPublicKey) and RSA_BITS[0] <= key.key_size <= RSA_BITS[1]:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, CURVES):
        return key
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    raise RefusedError(failure)


def may_sign_messages(certificate: x509.Certificate) -> bool:
    """Whether its key usage, where there is one, allows signatures."""
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    except x509.ExtensionNotFound:
        return True
