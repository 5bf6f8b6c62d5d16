"""How a password becomes a key: Korea's own way, PBKDF2, and that of PKCS#12; and how many rounds we bear."""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from desktop.secret import Secret
from desktop.services.npki.ciphers import wipe

#: More than any program writes, and still under a second here; a file that asks for more is refused unread.
MOST_ROUNDS: Final = 1_000_000


def kisa(password: Secret, salt: bytes, rounds: int) -> bytearray:
    """20 bytes: SHA-1 of password and salt, hashed again until `rounds` in all (PBKDF1 of RFC 8018, 5.1).

    The first 16 are the key. hashlib leaves each result in bytes of its own, which nobody can wipe.
    """
    first = hashlib.sha1(usedforsecurity=False)
    with password.view() as view:
        first.update(view)
    first.update(salt)
    sha1, result = hashlib.sha1, first.digest()
    for _ in range(rounds - 1):
        result = sha1(result).digest()
    return bytearray(result)


def pbkdf2(password: Secret, salt: bytes, rounds: int, *, prf: hashes.HashAlgorithm, length: int) -> bytearray:
    """RFC 8018, 5.2, with HMAC of `prf`; `length` in bytes."""
    key = bytearray(length)
    with password.view() as view:
        PBKDF2HMAC(prf, length, salt, rounds).derive_into(view, key)
    return key


def pkcs12(password: Secret, salt: bytes, rounds: int, *, use: int, prf: str, length: int) -> bytearray:
    """RFC 7292, B.2. `use`: 1 key, 2 IV, 3 MAC key; `prf` is a name of hashlib; `length` in bytes.

    The password counts as UTF-16, big end first, with two zero bytes after it. It must be UTF-8.
    """
    wide = _wide(password)
    block = hashlib.new(prf, usedforsecurity=False).block_size
    mixed = _filled(salt, wide, block)
    wipe(wide)
    key = bytearray()
    while len(key) < length:
        hashed = hashlib.new(prf, bytes((use,)) * block, usedforsecurity=False)
        hashed.update(mixed)
        result = hashed.digest()
        for _ in range(rounds - 1):
            result = hashlib.new(prf, result, usedforsecurity=False).digest()
        key += result
        added = int.from_bytes((result * (block // len(result) + 1))[:block]) + 1
        for at in range(0, len(mixed), block):
            total = (int.from_bytes(mixed[at : at + block]) + added) % (1 << 8 * block)
            mixed[at : at + block] = total.to_bytes(block)
    wipe(mixed)
    del key[length:]
    return key


def _filled(salt: bytes, wide: bytearray, block: int) -> bytearray:
    """Each repeated to a whole number of blocks, one after the other, in a buffer that never moves."""
    ends = [-(-len(part) // block) * block for part in (salt, wide)]
    filled = bytearray(sum(ends))
    for at in range(ends[0]):
        filled[at] = salt[at % len(salt)]
    for at in range(ends[1]):
        filled[ends[0] + at] = wide[at % len(wide)]
    return filled


def _wide(password: Secret) -> bytearray:
    """A str of the password cannot be helped: no decoder writes UTF-16 into a buffer of ours."""
    return bytearray(password.reveal().encode("utf-16-be") + b"\x00\x00")
