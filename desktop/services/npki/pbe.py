"""Password-based encryption (PKCS#5, PKCS#12, KISA): the cipher, hash, salt, rounds and IV that a file names."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ObjectIdentifier

from desktop.secret import Secret
from desktop.services.npki import ciphers, kdf
from desktop.services.npki.ciphers import Cbc

SALT_BYTES: Final = 8


class Form(StrEnum):
    """How a key is wrapped. Everyone reads KISA (1.2.410.200004.1.15); OLD is 1.2.410.200004.1.4.

    PKCS12_… occur in PFX files alone.
    """

    KISA = "kisa"
    OLD = "old"
    PBES2_SEED_SHA1 = "pbes2-seed-sha1"
    PBES2_SEED_SHA256 = "pbes2-seed-sha256"
    PBES2_ARIA128_SHA1 = "pbes2-aria128-sha1"
    PBES2_ARIA128_SHA256 = "pbes2-aria128-sha256"
    PBES2_ARIA192_SHA1 = "pbes2-aria192-sha1"
    PBES2_ARIA192_SHA256 = "pbes2-aria192-sha256"
    PBES2_ARIA256_SHA1 = "pbes2-aria256-sha1"
    PBES2_ARIA256_SHA256 = "pbes2-aria256-sha256"
    PBES2_AES128_SHA1 = "pbes2-aes128-sha1"
    PBES2_AES128_SHA256 = "pbes2-aes128-sha256"
    PBES2_AES192_SHA1 = "pbes2-aes192-sha1"
    PBES2_AES192_SHA256 = "pbes2-aes192-sha256"
    PBES2_AES256_SHA1 = "pbes2-aes256-sha1"
    PBES2_AES256_SHA256 = "pbes2-aes256-sha256"
    PBES2_3DES_SHA1 = "pbes2-3des-sha1"
    PBES2_3DES_SHA256 = "pbes2-3des-sha256"
    PKCS12_3DES = "pkcs12-3des"
    PKCS12_RC2_128 = "pkcs12-rc2-128"
    PKCS12_RC2_40 = "pkcs12-rc2-40"


_KISA: Final = ObjectIdentifier("1.2.410.200004.1.15")
_OLD: Final = ObjectIdentifier("1.2.410.200004.1.4")
_OLD_IV: Final = b"0123456789012345"
_PBES2: Final = ObjectIdentifier("1.2.840.113549.1.5.13")
_PBKDF2: Final = ObjectIdentifier("1.2.840.113549.1.5.12")

#: Salt and rounds alone: KISA's two, and those of PKCS#12 (RFC 7292, C).
_PLAIN: Final[Mapping[ObjectIdentifier, tuple[Form, Cbc]]] = {
    _KISA: (Form.KISA, ciphers.SEED_CBC),
    _OLD: (Form.OLD, ciphers.SEED_CBC),
    ObjectIdentifier("1.2.840.113549.1.12.1.3"): (Form.PKCS12_3DES, ciphers.TRIPLE_DES_CBC),
    ObjectIdentifier("1.2.840.113549.1.12.1.5"): (Form.PKCS12_RC2_128, ciphers.RC2_128_CBC),
    ObjectIdentifier("1.2.840.113549.1.12.1.6"): (Form.PKCS12_RC2_40, ciphers.RC2_40_CBC),
}
_CIPHERS: Final[Mapping[ObjectIdentifier, Cbc]] = {
    ObjectIdentifier("1.2.410.200004.1.4"): ciphers.SEED_CBC,
    ObjectIdentifier("1.2.410.200046.1.1.2"): ciphers.ARIA128_CBC,
    ObjectIdentifier("1.2.410.200046.1.1.7"): ciphers.ARIA192_CBC,
    ObjectIdentifier("1.2.410.200046.1.1.12"): ciphers.ARIA256_CBC,
    ObjectIdentifier("2.16.840.1.101.3.4.1.2"): ciphers.AES128_CBC,
    ObjectIdentifier("2.16.840.1.101.3.4.1.22"): ciphers.AES192_CBC,
    ObjectIdentifier("2.16.840.1.101.3.4.1.42"): ciphers.AES256_CBC,
    ObjectIdentifier("1.2.840.113549.3.7"): ciphers.TRIPLE_DES_CBC,
}
_SHA1: Final = ObjectIdentifier("1.2.840.113549.2.7")
_SHA256: Final = ObjectIdentifier("1.2.840.113549.2.9")
_PRFS: Final[Mapping[ObjectIdentifier, hashes.HashAlgorithm]] = {
    _SHA1: hashes.SHA1(),  # noqa: S303 - within HMAC, and what the files in the world are made with
    _SHA256: hashes.SHA256(),
}


class FormUnknownError(ValueError):
    """Nothing broken: a cipher or derivation that we do not have."""


@asn1.sequence
class Algorithm:
    """AlgorithmIdentifier with parameters, which every form here has."""

    algorithm: ObjectIdentifier
    parameters: asn1.TLV


@asn1.sequence
class _Plain:
    salt: bytes
    rounds: int


@asn1.sequence
class _Prf:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class Pbkdf2:
    salt: bytes
    rounds: int
    key_length: int | None
    prf: _Prf | None


@asn1.sequence
class _Pbes2:
    kdf: Algorithm
    cipher: Algorithm


@dataclass(frozen=True, slots=True)
class Recipe:
    """What turns a password into key and IV. `prf` is of PBKDF2 alone; `iv` is None where the password makes it."""

    form: Form
    cipher: Cbc
    salt: bytes
    rounds: int
    prf: hashes.HashAlgorithm | None = None
    iv: bytes | None = None

    def derive(self, password: Secret) -> tuple[bytearray, bytes]:
        """Key, for the caller to wipe, and IV. `rounds` must have been looked at before."""
        size = self.cipher.key_bytes
        if self.prf is not None:
            assert self.iv is not None
            return kdf.pbkdf2(password, self.salt, self.rounds, prf=self.prf, length=size), self.iv
        if self.form in (Form.KISA, Form.OLD):
            derived = kdf.kisa(password, self.salt, self.rounds)
            iv = self.iv or hashlib.sha1(derived[16:20], usedforsecurity=False).digest()[:16]
            del derived[size:]
            return derived, iv
        key, made = (
            kdf.pkcs12(password, self.salt, self.rounds, use=use, prf="sha1", length=length)
            for use, length in ((1, size), (2, self.cipher.block))
        )
        return key, bytes(made)

    def written(self) -> Algorithm:
        """As an AlgorithmIdentifier."""
        if self.prf is None:
            oid = next(oid for oid, (form, _) in _PLAIN.items() if form is self.form)
            return Algorithm(algorithm=oid, parameters=_tlv(_Plain(salt=self.salt, rounds=self.rounds)))
        cipher = next(oid for oid, known in _CIPHERS.items() if known is self.cipher)
        prf = next(oid for oid, known in _PRFS.items() if known is self.prf)
        # HMAC-SHA1 is what its absence means (RFC 8018, A.2), and DER writes no DEFAULT.
        said = None if prf == _SHA1 else _Prf(algorithm=prf, parameters=asn1.Null())
        derivation = Pbkdf2(salt=self.salt, rounds=self.rounds, key_length=None, prf=said)
        kdf_written = Algorithm(algorithm=_PBKDF2, parameters=_tlv(derivation))
        pbes2 = _Pbes2(kdf=kdf_written, cipher=Algorithm(algorithm=cipher, parameters=_tlv(self.iv)))
        return Algorithm(algorithm=_PBES2, parameters=_tlv(pbes2))


def read(algorithm: Algorithm) -> Recipe:
    """Raises FormUnknownError, or ValueError for what is broken."""
    known = _PLAIN.get(algorithm.algorithm)
    if known is not None:
        form, cipher = known
        plain = algorithm.parameters.parse(_Plain)
        recipe = Recipe(form, cipher, plain.salt, plain.rounds, iv=_OLD_IV if form is Form.OLD else None)
    elif algorithm.algorithm == _PBES2:
        recipe = _read_pbes2(algorithm.parameters.parse(_Pbes2))
    else:
        raise FormUnknownError(algorithm.algorithm.dotted_string)
    if recipe.rounds < 1:
        raise ValueError("no rounds")
    return recipe


def read_pbkdf2(algorithm: Algorithm) -> tuple[Pbkdf2, hashes.HashAlgorithm]:
    """Its parameters and its hash. Raises as `read`."""
    if algorithm.algorithm != _PBKDF2:
        raise FormUnknownError(algorithm.algorithm.dotted_string)
    derivation = algorithm.parameters.parse(Pbkdf2)
    prf = _PRFS.get(_SHA1 if derivation.prf is None else derivation.prf.algorithm)
    if prf is None:
        raise FormUnknownError("prf")
    return derivation, prf


def choose(form: Form, rounds: int, *, salt: bytes | None = None, iv: bytes | None = None) -> Recipe:
    """For writing; salt and IV are random where they are not given."""
    salt = random_salt() if salt is None else salt
    for known, cipher in _PLAIN.values():
        if known is form:
            return Recipe(form, cipher, salt, rounds, iv=_OLD_IV if form is Form.OLD else None)
    cipher, prf = next((c, p) for c in _CIPHERS.values() for p in _PRFS.values() if form == _name(c, p))
    return Recipe(form, cipher, salt, rounds, prf, os.urandom(cipher.block) if iv is None else iv)


def random_salt(size: int = SALT_BYTES) -> bytes:
    return os.urandom(size)


def _read_pbes2(parameters: _Pbes2) -> Recipe:
    derivation, prf = read_pbkdf2(parameters.kdf)
    cipher = _CIPHERS.get(parameters.cipher.algorithm)
    if cipher is None:
        raise FormUnknownError(parameters.cipher.algorithm.dotted_string)
    if derivation.key_length not in (None, cipher.key_bytes):
        raise ValueError("a key of another length than the cipher's")
    iv = parameters.cipher.parameters.parse(bytes)
    if len(iv) != cipher.block:
        raise ValueError("an IV of another length than the cipher's")
    return Recipe(Form(_name(cipher, prf)), cipher, derivation.salt, derivation.rounds, prf, iv)


def _name(cipher: Cbc, prf: hashes.HashAlgorithm) -> str:
    return f"pbes2-{cipher.name}-{prf.name}"


def _tlv(value: object) -> asn1.TLV:
    return asn1.decode_der(asn1.TLV, asn1.encode_der(value))
