"""The authority's own key, kept beside the database and never in it: what it seals, and how secrets are recognised."""

from __future__ import annotations

import functools
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.custody import Wrapping
from desktop.services.authority.troubles import storage_errors

KEY_NAME = "server.key"
KEY_BYTES = 32
_NONCE_BYTES = 12
#: Stands before what a token wrapped.
_WRAPPED = b"changgu wrapped key\n"


class Vault:
    """Seals with AES-256-GCM and digests with HMAC-SHA256, each context under a key of its own (HKDF, RFC 5869).

    Short secrets (PIN, card codes) can be guessed from a plain hash; without this key their digests say nothing.
    """

    def __init__(self, *keys: bytes) -> None:
        """32 random bytes each, in the order of their coming: the last one seals, all of them open.

        Digests and what is derived stay with the first: nobody could compute those of yesterday anew.
        """
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a vault key has {KEY_BYTES} bytes")
        # The few that are asked for all the time; each account's password has one of its own.
        self._subkey = functools.lru_cache(maxsize=64)(functools.partial(_subkey, keys[0]))
        self._seals = tuple(AESGCM(_subkey(key, "seal")) for key in reversed(keys))

    @classmethod
    def open(cls, folder: Path, wrapping: Wrapping | None = None) -> Vault:
        """With the keys in `folder`, the first of which is made on first use. Raises ServiceError STORE_*.

        `wrapping`: under what the file is; KEY_MISSING for one that nobody unwraps, KEY_MISMATCH for one that is plain.
        """
        path = folder / KEY_NAME
        with storage_errors():
            if not path.exists():
                _write(path, (secrets.token_bytes(KEY_BYTES),), wrapping)
            return cls(*_read(path, wrapping))

    @classmethod
    def fresh(cls) -> Vault:
        """With a key that is never written down, for a store in memory."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def seal(self, plain: bytes | memoryview, context: str) -> bytes:
        """Nonce (12 bytes), ciphertext and tag (16 bytes); opens under the same context alone."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._seals[0].encrypt(nonce, plain, context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """Raises ServiceError STORE_CORRUPT when it was changed, moved, or sealed under another key."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        for seal in self._seals:
            with suppress(InvalidTag, ValueError):
                return seal.decrypt(nonce, rest, context.encode())
        raise ServiceError(Reason.STORE_CORRUPT, detail="seal")

    def digest(self, value: bytes | memoryview, context: str) -> bytes:
        """32 bytes, the same for the same value and context: for look-up and for comparison."""
        return hmac.digest(self._subkey(f"digest:{context}"), value, "sha256")

    def derive(self, context: str) -> bytes:
        """A 32-byte key for one purpose, always the same."""
        return self._subkey(f"derive:{context}")

    def __repr__(self) -> str:
        return "<vault>"


def add_key(folder: Path, wrapping: Wrapping | None, *, plain: bool = False) -> int:
    """Seals under a new key from the next start on; how many there are then. For who holds the folder alone.

    `plain`: the file is not wrapped yet, and will be. Raises as `Vault.open`.
    """
    path = folder / KEY_NAME
    with storage_errors():
        keys = (*_read(path, None if plain else wrapping), secrets.token_bytes(KEY_BYTES))
        _write(path, keys, wrapping)
    return len(keys)


def _subkey(key: bytes, info: str) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=info.encode()).derive(key)


def _read(path: Path, wrapping: Wrapping | None) -> tuple[bytes, ...]:
    kept = path.read_bytes()
    if kept.startswith(_WRAPPED):
        if wrapping is None:
            raise ServiceError(Reason.KEY_MISSING, detail="server_key")
        kept = wrapping.unwrap(kept.removeprefix(_WRAPPED))
    elif wrapping is not None:
        raise ServiceError(Reason.KEY_MISMATCH, detail="server_key")
    if not kept or len(kept) % KEY_BYTES:
        raise ServiceError(Reason.STORE_CORRUPT, detail="server_key")
    return tuple(kept[start : start + KEY_BYTES] for start in range(0, len(kept), KEY_BYTES))


def _write(path: Path, keys: tuple[bytes, ...], wrapping: Wrapping | None) -> None:
    """Whole or not at all, and on disk before the name exists. Whoever writes holds the folder alone."""
    kept = b"".join(keys) if wrapping is None else _WRAPPED + wrapping.wrap(b"".join(keys))
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(kept)
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
