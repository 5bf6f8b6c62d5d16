"""CBC with padding (PKCS#7) in buffers that can be wiped, for every cipher a key is wrapped in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import SEED, TripleDES
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, CipherContext, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from desktop.services.npki.aria import Aria
from desktop.services.npki.rc2 import Rc2


class PaddingError(ValueError):
    """The end of what was decrypted is no padding: as a rule the password was another one."""


@dataclass(frozen=True, slots=True)
class Cbc:
    """A block cipher in CBC. Sizes in bytes; `make` takes a bytearray, though some are typed for bytes alone."""

    name: str
    key_bytes: int
    block: int
    make: Callable[..., BlockCipherAlgorithm | Aria | Rc2]

    def encrypt(self, key: bytearray, iv: bytes, plain: memoryview) -> bytes:
        """Raises ValueError for RC2, which is read alone."""
        padding = self.block - len(plain) % self.block
        buffer = bytearray(len(plain) + padding)
        cipher = self.make(key)
        try:
            buffer[: len(plain)] = plain
            buffer[len(plain) :] = bytes((padding,)) * padding
            match cipher:
                case Rc2():
                    raise ValueError("nothing is written with RC2")
                case Aria():
                    cipher.encrypt_cbc(iv, buffer)
                    return bytes(buffer)
                case _:
                    encryptor = Cipher(cipher, modes.CBC(iv)).encryptor()
                    return encryptor.update(buffer) + encryptor.finalize()
        finally:
            wipe(buffer)

    def decrypt(self, key: bytearray, iv: bytes, data: bytes) -> bytearray:
        """The plaintext, for the caller to wipe. Raises PaddingError; ValueError where it is not whole blocks."""
        if not data or len(data) % self.block or len(iv) != self.block:
            raise ValueError("not whole blocks")
        buffer = bytearray(len(data))
        cipher = self.make(key)
        if isinstance(cipher, Aria | Rc2):
            buffer[:] = data
            cipher.decrypt_cbc(iv, buffer)
        else:
            _decrypt_into(Cipher(cipher, modes.CBC(iv)).decryptor(), data, buffer, self.block)
        padding = buffer[-1]
        if not 1 <= padding <= self.block or any(byte != padding for byte in buffer[-padding:]):
            wipe(buffer)
            raise PaddingError("no padding")
        del buffer[-padding:]
        return buffer


SEED_CBC: Final = Cbc("seed", 16, 16, SEED)
ARIA128_CBC: Final = Cbc("aria128", 16, 16, Aria)
ARIA192_CBC: Final = Cbc("aria192", 24, 16, Aria)
ARIA256_CBC: Final = Cbc("aria256", 32, 16, Aria)
AES128_CBC: Final = Cbc("aes128", 16, 16, AES)
AES192_CBC: Final = Cbc("aes192", 24, 16, AES)
AES256_CBC: Final = Cbc("aes256", 32, 16, AES)
TRIPLE_DES_CBC: Final = Cbc("3des", 24, 8, TripleDES)
RC2_128_CBC: Final = Cbc("rc2-128", 16, 8, Rc2)
RC2_40_CBC: Final = Cbc("rc2-40", 5, 8, Rc2)


def wipe(*buffers: bytearray) -> None:
    """Overwrites with zeros; the length stays."""
    for buffer in buffers:
        buffer[:] = bytes(len(buffer))


def _decrypt_into(context: CipherContext, data: bytes, buffer: bytearray, block: int) -> None:
    """`update_into` wants room for a block more than it writes: the last block goes through a buffer of its own."""
    spare = bytearray(len(data) + block - 1)
    try:
        written = context.update_into(data, spare)
        context.finalize()
        buffer[:] = spare[:written]
    finally:
        wipe(spare)
