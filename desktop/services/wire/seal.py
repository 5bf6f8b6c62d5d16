"""Knows how a secret passes what ends TLS before the server: sealed to its key by HPKE, and good for one field.

HPKE (RFC 9180) in base mode, one-shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. Its `info` is the JSON
array ["changgu-seal-1", bank, journey, operation, field], so that what was sealed for one place opens at no other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError

SUITE: Final = "X25519-HKDF_SHA256-AES_128_GCM"
#: How a sealed secret looks: `hpke:<key id>:<base64 of enc and ciphertext>`.
PREFIX: Final = "hpke:"
_DAY_SECONDS: Final = 86_400
_LABEL: Final = "changgu-seal-1"
_HPKE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)


@dataclass(frozen=True, slots=True)
class Context:
    """Where a secret is good. `operation` is the name in the table; a field of a mapping is `fields.<name>`."""

    bank: str
    journey: str
    operation: str

    def info(self, field: str) -> bytes:
        return msgspec.json.encode([_LABEL, self.bank, self.journey, self.operation, field])


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The server's public key, as /v1/server tells it. `public` is the raw 32 bytes."""

    id: str
    public: bytes

    def seal(self, secret: Secret, context: Context, field: str) -> str:
        """Raises ServiceError NONSENSE for a key that is none."""
        try:
            key = X25519PublicKey.from_public_bytes(self.public)
            with secret.view() as plain:
                sealed = _HPKE.encrypt(plain, key, context.info(field))
        except ValueError as error:  # a wrong length, or a point of small order
            raise ServiceError(Reason.NONSENSE, detail="sealing_key") from error
        return f"{PREFIX}{self.id}:{base64.b64encode(sealed).decode()}"


def key_id(public: bytes) -> str:
    """The first half of the key's SHA-256, in base64url."""
    return base64.urlsafe_b64encode(hashlib.sha256(public).digest()[:16]).decode().rstrip("=")


class OpeningKeys:
    """The server's private keys: the first is told to clients, all open, so that a key can be changed in service."""

    def __init__(self, keys: Iterable[X25519PrivateKey]) -> None:
        self._known = _by_id(keys)

    @classmethod
    def fresh(cls) -> OpeningKeys:
        return cls([X25519PrivateKey.generate()])

    @classmethod
    def derived(cls, seed: bytes, clock: Callable[[], float] = time.time) -> OpeningKeys:
        """A new one each day (UTC), the same for all who have the seed. `clock`: seconds since the epoch."""
        return _DailyKeys(seed, clock)

    @property
    def sealing(self) -> SealingKey:
        name, key = next(iter(self._keys().items()))
        return SealingKey(name, key.public_key().public_bytes_raw())

    def open(self, sealed: str, context: Context, field: str) -> Secret:
        """Raises ServiceError BAD_REQUEST: `detail` is `sealing_key` for a key unknown here (fetch /v1/server again),
        `seal` for one sealed for another place, or tampered with."""
        name, _, text = sealed.removeprefix(PREFIX).partition(":")
        if not sealed.startswith(PREFIX) or not text:
            raise ServiceError(Reason.BAD_REQUEST, field=field, detail="seal")
        key = self._keys().get(name)
        if key is None:
            raise ServiceError(Reason.BAD_REQUEST, field=field, detail="sealing_key")
        try:
            return Secret(_HPKE.decrypt(base64.b64decode(text, validate=True), key, context.info(field)))
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise ServiceError(Reason.BAD_REQUEST, field=field, detail="seal") from error

    def _keys(self) -> Mapping[str, X25519PrivateKey]:
        return self._known


class _DailyKeys(OpeningKeys):
    """Yesterday's opens what a client seals that has not asked since; tomorrow's, what a faster clock has told."""

    def __init__(self, seed: bytes, clock: Callable[[], float]) -> None:
        self._seed, self._clock = seed, clock
        self._day = self._today()
        super().__init__(self._of(self._day))

    def _keys(self) -> Mapping[str, X25519PrivateKey]:
        if (today := self._today()) != self._day:
            self._day, self._known = today, _by_id(self._of(today))
        return self._known

    def _today(self) -> int:
        return int(self._clock() // _DAY_SECONDS)

    def _of(self, today: int) -> Iterator[X25519PrivateKey]:
        for day in (today, today - 1, today + 1):
            yield X25519PrivateKey.from_private_bytes(hmac.digest(self._seed, b"day %d" % day, "sha256"))


def _by_id(keys: Iterable[X25519PrivateKey]) -> dict[str, X25519PrivateKey]:
    return {key_id(key.public_key().public_bytes_raw()): key for key in keys}
