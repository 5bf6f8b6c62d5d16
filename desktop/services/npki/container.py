"""signPri.key: an encrypted private key (EncryptedPrivateKeyInfo) in every form Korean programs write."""

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
from desktop.services.api import Reason, ServiceError
from desktop.services.npki import ciphers, der, kdf
from desktop.services.npki.ciphers import Cbc, PaddingError, wipe

#: The largest key file looked at, in bytes. A wrapped key of 16,384 bits has under 10,000.
MOST_BYTES: Final = 64 * 1024
ROUNDS: Final = 2048
SALT_BYTES: Final = 8


class Form(StrEnum):
    """How a key is wrapped. Everyone reads KISA (1.2.410.200004.1.15); OLD is 1.2.410.200004.1.4."""

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


_KISA: Final = ObjectIdentifier("1.2.410.200004.1.15")
_OLD: Final = ObjectIdentifier("1.2.410.200004.1.4")
_PBES2: Final = ObjectIdentifier("1.2.840.113549.1.5.13")
_PBKDF2: Final = ObjectIdentifier("1.2.840.113549.1.5.12")
_OLD_IV: Final = b"0123456789012345"
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


@asn1.sequence
class _Algorithm:
    algorithm: ObjectIdentifier
    parameters: asn1.TLV


@asn1.sequence
class _Wrapped:
    algorithm: _Algorithm
    data: bytes


@asn1.sequence
class _Pbe:
    salt: bytes
    rounds: int


@asn1.sequence
class _Prf:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _Pbkdf2:
    salt: bytes
    rounds: int
    key_length: int | None
    prf: _Prf | None


@asn1.sequence
class _Pbes2:
    kdf: _Algorithm
    cipher: _Algorithm


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How the key is wrapped, read or about to be written. `iv` is empty where the password makes it."""

    form: Form
    cipher: Cbc
    prf: hashes.HashAlgorithm
    salt: bytes
    rounds: int
    iv: bytes

    def derive(self, password: Secret) -> tuple[bytearray, bytes]:
        """Key, for the caller to wipe, and IV."""
        if self.form not in (Form.KISA, Form.OLD):
            length = self.cipher.key_bytes
            return kdf.pbkdf2(password, self.salt, self.rounds, prf=self.prf, length=length), self.iv
        derived = kdf.kisa(password, self.salt, self.rounds)
        iv = self.iv or hashlib.sha1(derived[16:20], usedforsecurity=False).digest()[:16]
        derived[16:] = bytes(4)
        del derived[16:]
        return derived, iv


def form_of(data: bytes, *, where: str = "") -> Form:
    """Without a password. Raises ServiceError FILE_TOO_BIG, FILE_BROKEN, FORM_UNKNOWN or TOO_MANY_ROUNDS."""
    return _read(data, where)[0].form


def open_key(data: bytes, password: Secret, *, where: str = "") -> Secret:
    """The plaintext PKCS#8 with its R, byte for byte as it was wrapped, for the caller to wipe.

    Bytes that stray after the file's outer SEQUENCE are not looked at. Raises ServiceError as `form_of`, and
    WRONG_PASSWORD; no form has a checksum, so a file with bytes changed inside may look like a wrong password too.
    """
    recipe, wrapped = _read(data, where)
    key, iv = recipe.derive(password)
    try:
        plain = recipe.cipher.decrypt(key, iv, wrapped)
    except PaddingError as error:
        raise ServiceError(Reason.WRONG_PASSWORD, where=where) from error
    except ValueError as error:
        raise ServiceError(Reason.FILE_BROKEN, where=where) from error
    finally:
        wipe(key)
    try:
        if not _is_private_key(plain):
            raise ServiceError(Reason.WRONG_PASSWORD, where=where)
        return Secret(plain)
    finally:
        wipe(plain)


def seal_key(
    plain: Secret,
    password: Secret,
    *,
    form: Form = Form.KISA,
    rounds: int = ROUNDS,
    salt: bytes | None = None,
    iv: bytes | None = None,
) -> bytes:
    """signPri.key of these very bytes, so that R stays; the same salt (and IV, for PBES2) gives the same file."""
    oid, recipe = _choose(form, rounds, salt, iv)
    key, used = recipe.derive(password)
    try:
        with plain.view() as view:
            data = recipe.cipher.encrypt(key, used, view)
    finally:
        wipe(key)
    return asn1.encode_der(_Wrapped(algorithm=_Algorithm(algorithm=oid, parameters=_parameters(recipe)), data=data))


def _read(data: bytes, where: str) -> tuple[_Recipe, bytes]:
    if len(data) > MOST_BYTES:
        raise ServiceError(Reason.FILE_TOO_BIG, where=where)
    try:
        wrapped = asn1.decode_der(_Wrapped, der.outer(data))
        recipe = _recipe(wrapped.algorithm)
    except ValueError as error:
        raise ServiceError(Reason.FILE_BROKEN, where=where) from error
    if recipe is None:
        raise ServiceError(Reason.FORM_UNKNOWN, where=where)
    if recipe.rounds > kdf.MOST_ROUNDS:
        raise ServiceError(Reason.TOO_MANY_ROUNDS, where=where)
    return recipe, wrapped.data


def _recipe(algorithm: _Algorithm) -> _Recipe | None:
    """None for a form we do not know; ValueError for one that is broken."""
    if algorithm.algorithm in (_KISA, _OLD):
        old = algorithm.algorithm == _OLD
        pbe = algorithm.parameters.parse(_Pbe)
        recipe = _Recipe(
            Form.OLD if old else Form.KISA,
            ciphers.SEED_CBC,
            _PRFS[_SHA1],
            pbe.salt,
            pbe.rounds,
            _OLD_IV if old else b"",
        )
    elif algorithm.algorithm == _PBES2:
        found = _recipe2(algorithm.parameters.parse(_Pbes2))
        if found is None:
            return None
        recipe = found
    else:
        return None
    if recipe.rounds < 1:
        raise ValueError("no rounds")
    return recipe


def _recipe2(parameters: _Pbes2) -> _Recipe | None:
    cipher = _CIPHERS.get(parameters.cipher.algorithm)
    if parameters.kdf.algorithm != _PBKDF2 or cipher is None:
        return None
    derivation = parameters.kdf.parameters.parse(_Pbkdf2)
    prf = _PRFS.get(_SHA1 if derivation.prf is None else derivation.prf.algorithm)
    if prf is None:
        return None
    if derivation.key_length not in (None, cipher.key_bytes):
        raise ValueError("a key of another length than the cipher's")
    iv = parameters.cipher.parameters.parse(bytes)
    if len(iv) != cipher.block:
        raise ValueError("an IV of another length than the cipher's")
    return _Recipe(Form(f"pbes2-{cipher.name}-{prf.name}"), cipher, prf, derivation.salt, derivation.rounds, iv)


def _choose(form: Form, rounds: int, salt: bytes | None, iv: bytes | None) -> tuple[ObjectIdentifier, _Recipe]:
    salt = os.urandom(SALT_BYTES) if salt is None else salt
    if form in (Form.KISA, Form.OLD):
        fixed = _OLD_IV if form is Form.OLD else b""
        oid = _OLD if form is Form.OLD else _KISA
        return oid, _Recipe(form, ciphers.SEED_CBC, _PRFS[_SHA1], salt, rounds, fixed)
    cipher, prf = next(
        (cipher, prf)
        for cipher in _CIPHERS.values()
        for prf in _PRFS.values()
        if form == f"pbes2-{cipher.name}-{prf.name}"
    )
    return _PBES2, _Recipe(form, cipher, prf, salt, rounds, os.urandom(cipher.block) if iv is None else iv)


def _parameters(recipe: _Recipe) -> asn1.TLV:
    if recipe.form in (Form.KISA, Form.OLD):
        return _tlv(asn1.encode_der(_Pbe(salt=recipe.salt, rounds=recipe.rounds)))
    cipher = next(oid for oid, known in _CIPHERS.items() if known is recipe.cipher)
    prf = next(oid for oid, known in _PRFS.items() if known is recipe.prf)
    # The prf is left out where it is the one that its absence means (RFC 8018, A.2): DER writes no DEFAULT.
    written = None if prf == _SHA1 else _Prf(algorithm=prf, parameters=asn1.Null())
    derivation = _Pbkdf2(salt=recipe.salt, rounds=recipe.rounds, key_length=None, prf=written)
    return _tlv(
        asn1.encode_der(
            _Pbes2(
                kdf=_Algorithm(algorithm=_PBKDF2, parameters=_tlv(asn1.encode_der(derivation))),
                cipher=_Algorithm(algorithm=cipher, parameters=_tlv(asn1.encode_der(recipe.iv))),
            )
        )
    )


def _tlv(data: bytes) -> asn1.TLV:
    return asn1.decode_der(asn1.TLV, data)


def _is_private_key(plain: bytearray) -> bool:
    """Whether it begins as PKCS#8 does: SEQUENCE { INTEGER 0 or 1, SEQUENCE, OCTET STRING … }."""
    try:
        with memoryview(plain) as view:
            outer = der.element(view)
            tags = [child.tag for child in der.children(view, outer)]
    except ValueError:
        return False
    return outer.tag == der.SEQUENCE and tags[:3] == [der.INTEGER, der.SEQUENCE, der.OCTET_STRING]
