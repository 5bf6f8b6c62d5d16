"""Private keys that stay on a token: they sign, and nothing of them can be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, Self

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo, Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm

#: The signature of these bytes, made on the token.
Signed = Callable[[bytes], bytes]


class StayingKey:
    """What such a key refuses, whatever its kind. A copy is the key itself, for there is but one."""

    def decrypt(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this key signs and does nothing else")

    def exchange(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this key signs and does nothing else")

    def private_numbers(self) -> NoReturn:
        raise TypeError("the key does not leave the token")

    def private_bytes(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("the key does not leave the token")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self


class StayingRsaKey(StayingKey, rsa.RSAPrivateKey):
    """Signs by PKCS#1 v1.5 with SHA-256 of the data itself; ValueError for any other way."""

    def __init__(self, public: rsa.RSAPublicKey, signed: Signed) -> None:
        self._public, self._signed = public, signed

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        return self._public

    def sign(
        self,
        data: bytes | bytearray | memoryview,
        padding: AsymmetricPadding,
        algorithm: Prehashed | HashAlgorithm | NoDigestInfo,
    ) -> bytes:
        if not isinstance(padding, PKCS1v15) or not isinstance(algorithm, SHA256):
            raise ValueError("a token signs by PKCS#1 v1.5 with SHA-256")
        return self._signed(bytes(data))


class StayingEcKey(StayingKey, ec.EllipticCurvePrivateKey):
    """Signs by ECDSA with SHA-256 of the data itself; ValueError for any other way."""

    def __init__(self, public: ec.EllipticCurvePublicKey, signed: Signed) -> None:
        self._public, self._signed = public, signed

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public.curve

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public

    def sign(
        self, data: bytes | bytearray | memoryview, signature_algorithm: ec.EllipticCurveSignatureAlgorithm
    ) -> bytes:
        if not isinstance(signature_algorithm.algorithm, SHA256):
            raise ValueError("a token signs by ECDSA with SHA-256")
        return self._signed(bytes(data))
