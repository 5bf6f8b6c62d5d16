"""The code (MAC) by which a PFX says that nobody changed it and the password is right: RFC 7292, and RFC 9579."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from desktop.secret import Secret
from desktop.services.npki import kdf, pbe
from desktop.services.npki.ciphers import wipe

_PBMAC1: Final = ObjectIdentifier("1.2.840.113549.1.5.14")
_MAC_USE: Final = 3
_LONGEST_MAC_KEY: Final = 64
_DIGESTS: Final[Mapping[str, str]] = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_HMACS: Final[Mapping[str, str]] = {
    "1.2.840.113549.2.7": "sha1",
    "1.2.840.113549.2.9": "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
}


class TooManyRoundsError(ValueError):
    """The file wants more work than any program asks for."""


class WrongMacError(ValueError):
    """The code does not fit: the password was another one, or bytes were changed."""


@asn1.sequence
class _DigestInfo:
    algorithm: list[asn1.TLV]  # an AlgorithmIdentifier, whose parameters some leave out
    digest: bytes


@asn1.sequence
class Mac:
    info: _DigestInfo
    salt: bytes
    rounds: Annotated[int, asn1.Default(1)]


@asn1.sequence
class _HmacAlgorithm:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _Pbmac1:
    kdf: pbe.Algorithm
    mac: _HmacAlgorithm


@dataclass(slots=True)
class Budget:
    """Rounds that one file may still ask for, all its parts together."""

    left: int = 3 * kdf.MOST_ROUNDS

    def spend(self, rounds: int) -> None:
        """Raises TooManyRoundsError, and ValueError for none."""
        if rounds < 1:
            raise ValueError("no rounds")
        self.left -= rounds
        if rounds > kdf.MOST_ROUNDS or self.left < 0:
            raise TooManyRoundsError(str(rounds))


def make(contents: bytes, password: Secret, *, prf: str, rounds: int) -> Mac:
    """`prf` is sha1 or sha256."""
    salt = pbe.random_salt(2 * pbe.SALT_BYTES)
    oid = next(ObjectIdentifier(oid) for oid, name in _DIGESTS.items() if name == prf)
    algorithm = [asn1.decode_der(asn1.TLV, asn1.encode_der(value)) for value in (oid, asn1.Null())]
    digest = _mac(contents, password, salt, rounds, prf)
    return Mac(info=_DigestInfo(algorithm=algorithm, digest=digest), salt=salt, rounds=rounds)


def check(mac: Mac, contents: bytes, password: Secret, budget: Budget) -> None:
    """Raises WrongMacError, TooManyRoundsError, FormUnknownError; ValueError for what is broken."""
    oid, *parameters = mac.info.algorithm
    type_id = asn1.decode_der(ObjectIdentifier, asn1.encode_der(oid))
    if type_id == _PBMAC1 and parameters:
        made = _pbmac1(parameters[0], contents, password, budget)
    elif type_id.dotted_string in _DIGESTS:
        budget.spend(mac.rounds)
        made = _mac(contents, password, mac.salt, mac.rounds, _DIGESTS[type_id.dotted_string])
    else:
        raise pbe.FormUnknownError(type_id.dotted_string)
    if not hmac.compare_digest(made, mac.info.digest):
        raise WrongMacError("the code does not fit")


def _mac(contents: bytes, password: Secret, salt: bytes, rounds: int, prf: str) -> bytes:
    size = hashlib.new(prf, usedforsecurity=False).digest_size
    key = kdf.pkcs12(password, salt, rounds, use=_MAC_USE, prf=prf, length=size)
    made = hmac.digest(key, contents, prf)
    wipe(key)
    return made


def _pbmac1(parameters: asn1.TLV, contents: bytes, password: Secret, budget: Budget) -> bytes:
    """RFC 9579, which new programs write."""
    read_parameters = parameters.parse(_Pbmac1)
    derivation, prf = pbe.read_pbkdf2(read_parameters.kdf)
    name = _HMACS.get(read_parameters.mac.algorithm.dotted_string)
    if name is None or derivation.key_length is None or not 0 < derivation.key_length <= _LONGEST_MAC_KEY:
        raise pbe.FormUnknownError(read_parameters.mac.algorithm.dotted_string)
    budget.spend(derivation.rounds)
    key = kdf.pbkdf2(password, derivation.salt, derivation.rounds, prf=prf, length=derivation.key_length)
    made = hmac.digest(key, contents, name)
    wipe(key)
    return made
