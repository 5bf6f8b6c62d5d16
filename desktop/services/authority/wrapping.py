"""A private key under a PIN: six digits, made unsearchable by a memory-hard function and the server's own key."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.authority.vault import Vault

_NONCE_BYTES, _TAG_BYTES, _KEY_BYTES, _SALT_BYTES = 12, 16, 32, 16
#: OpenSSL has one pool of threads for the lanes of a whole process, and who comes second finds it taken: that one
#: fails as if there were no memory, or waits for ever. A derivation uses as many cores as it has lanes by itself.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Hardness:
    """Of Argon2id (RFC 9106). Kept with each key, so that it can be raised for new ones."""

    iterations: int = 3
    lanes: int = 4
    memory_kib: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """PKCS#8 under AES-256-GCM: nonce (12 bytes), ciphertext, tag (16 bytes)."""

    credential_id: str
    wrapped: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    hardness: Hardness


class KeyWrapper:
    """Wraps and opens; counts nothing. Both take about 0.2 s, in which other threads go on."""

    def __init__(self, vault: Vault, hardness: Hardness) -> None:
        self._vault = vault
        self._hardness = hardness

    def wrap(self, credential_id: str, key: bytes | memoryview, pin: Secret) -> WrappedKey:
        """`key` is PKCS#8 DER. The caller wipes the PIN."""
        salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
        kek = self._kek(credential_id, pin, salt, self._hardness)
        wrapped = nonce + AESGCM(kek).encrypt(nonce, key, credential_id.encode())
        wipe(kek)
        return WrappedKey(credential_id, wrapped, salt, self._hardness)

    def unwrap(self, record: WrappedKey, pin: Secret) -> Secret:
        """The PKCS#8 DER, for the caller to wipe. Raises ServiceError WRONG_PIN."""
        kek = self._kek(record.credential_id, pin, record.salt, record.hardness)
        nonce, rest = record.wrapped[:_NONCE_BYTES], record.wrapped[_NONCE_BYTES:]
        plain = bytearray(len(rest) - _TAG_BYTES)
        try:
            AESGCM(kek).decrypt_into(nonce, rest, record.credential_id.encode(), plain)
            return Secret(plain)
        except InvalidTag:
            raise ServiceError(Reason.WRONG_PIN, field="pin") from None
        finally:
            wipe(kek)
            wipe(plain)

    def _kek(self, credential_id: str, pin: Secret, salt: bytes, hardness: Hardness) -> bytearray:
        """Without the server's key, which is not in the database, no PIN can be tried."""
        stretched, kek = bytearray(_KEY_BYTES), bytearray(_KEY_BYTES)
        argon = Argon2id(
            salt=salt,
            length=_KEY_BYTES,
            iterations=hardness.iterations,
            lanes=hardness.lanes,
            memory_cost=hardness.memory_kib,
        )
        with _ONE_AT_A_TIME:
            # The stub wants bytes, which would be a copy that nobody wipes.
            argon.derive_into(pin.view(), stretched)  # type: ignore[arg-type]  # any buffer is taken
        server_key = self._vault.derive("cloud-pin")
        info = f"changgu cloud key 1 {credential_id}".encode()
        HKDF(hashes.SHA256(), _KEY_BYTES, salt=server_key, info=info).derive_into(stretched, kek)
        wipe(stretched)
        return kek


def wipe(buffer: bytearray) -> None:
    buffer[:] = bytes(len(buffer))
