"""Decryption by RC2 (RFC 2268): old PFX files hide their certificates, which are no secret, under 40 bits of it.

`cryptography` has RC2 with 128 effective bits alone. Nothing is ever written with it.
"""

from __future__ import annotations

from typing import Final

BLOCK: Final = 8
_WORDS: Final = 64
_SHIFTS: Final = (1, 2, 3, 5)
#: Mixing rounds (of 16, from 0) before which a mashing round stands.
_MASHED: Final = (5, 11)
_PI: Final = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2"
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82"
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626"
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7"
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec"
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731"
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9"
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
)


class Rc2:
    """One key; it counts for as many bits as it has."""

    __slots__ = ("_keys",)

    def __init__(self, key: bytes | bytearray) -> None:
        length = len(key)
        spread = bytearray(key) + bytes(2 * _WORDS - length)
        for i in range(length, 2 * _WORDS):
            spread[i] = _PI[(spread[i - 1] + spread[i - length]) % 256]
        first = 2 * _WORDS - length
        spread[first] = _PI[spread[first]]
        for i in reversed(range(first)):
            spread[i] = _PI[spread[i + 1] ^ spread[i + length]]
        self._keys = [int.from_bytes(spread[i : i + 2], "little") for i in range(0, 2 * _WORDS, 2)]

    def decrypt_cbc(self, iv: bytes, data: bytearray) -> None:
        """Whole blocks, in place."""
        chain = iv
        for at in range(0, len(data), BLOCK):
            block = bytes(data[at : at + BLOCK])
            data[at : at + BLOCK] = bytes(a ^ b for a, b in zip(self._decrypt(block), chain, strict=True))
            chain = block

    def _decrypt(self, block: bytes) -> bytes:
        words = [int.from_bytes(block[i : i + 2], "little") for i in range(0, BLOCK, 2)]
        for number in reversed(range(16)):
            for i in reversed(range(4)):
                word = words[i]
                word = word >> _SHIFTS[i] | word << 16 - _SHIFTS[i] & 0xFFFF
                one, two, three = words[i - 1], words[i - 2], words[i - 3]
                words[i] = word - self._keys[4 * number + i] - (one & two) - (~one & three) & 0xFFFF
            if number in _MASHED:
                for i in reversed(range(4)):
                    words[i] = words[i] - self._keys[words[i - 1] & 63] & 0xFFFF
        return b"".join(word.to_bytes(2, "little") for word in words)
