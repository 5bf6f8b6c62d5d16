"""The authority's own key, kept beside the database and never in it: what it seals, and how secrets are recognised."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.troubles import storage_errors

KEY_NAME = "server.key"
KEY_BYTES = 32
_NONCE_BYTES = 12


class Vault:
    """Seals with AES-256-GCM and digests with HMAC-SHA256, each context under a key of its own (HKDF, RFC 5869).

    Short secrets (PIN, card codes) can be guessed from a plain hash; without this key their digests say nothing.
    """

    def __init__(self, key: bytes) -> None:
        """`key` is 32 random bytes."""
        if len(key) != KEY_BYTES:
            raise ValueError(f"a vault key has {KEY_BYTES} bytes")
        self._key = key

    @classmethod
    def open(cls, folder: Path) -> Vault:
        """With the key in `folder`, made on first use. Raises ServiceError STORE_*."""
        path = folder / KEY_NAME
        with storage_errors():
            if not path.exists():
                _create(path, secrets.token_bytes(KEY_BYTES))
            key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise ServiceError(Reason.STORE_CORRUPT, detail="server_key")
        return cls(key)

    @classmethod
    def fresh(cls) -> Vault:
        """With a key that is never written down, for a store in memory."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def seal(self, plain: bytes | memoryview, context: str) -> bytes:
        """Nonce (12 bytes), ciphertext and tag (16 bytes); opens under the same context alone."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._subkey("seal")).encrypt(nonce, plain, context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """Raises ServiceError STORE_CORRUPT when it was changed, moved, or sealed under another key."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return AESGCM(self._subkey("seal")).decrypt(nonce, rest, context.encode())
        except (InvalidTag, ValueError) as error:
            raise ServiceError(Reason.STORE_CORRUPT, detail="seal") from error

    def digest(self, value: bytes | memoryview, context: str) -> bytes:
        """32 bytes, the same for the same value and context: for look-up and for comparison."""
        return hmac.digest(self._subkey(f"digest:{context}"), value, "sha256")

    def derive(self, context: str) -> bytes:
        """A 32-byte key for one purpose, always the same."""
        return self._subkey(f"derive:{context}")

    def _subkey(self, info: str) -> bytes:
        return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=info.encode()).derive(self._key)

    def __repr__(self) -> str:
        return "<vault>"


def _create(path: Path, key: bytes) -> None:
    """Whole or not at all, and on disk before the name exists. The store holds the folder, so nobody else makes one."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Makes the new name durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
