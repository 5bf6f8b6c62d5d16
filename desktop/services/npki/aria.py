"""The block cipher ARIA (RFC 5794) with CBC: some keys are wrapped in it, and no well-kept Python library has it.

Table look-ups are not constant in time. That matters where an attacker measures many runs beside us; this opens a
file once, on the person's own machine.
"""

from __future__ import annotations

from functools import cache
from typing import Final

BLOCK: Final = 16
_BITS: Final = 128
_MASK: Final = (1 << _BITS) - 1
_ROUNDS: Final = {16: 12, 24: 14, 32: 16}
#: C1, C2, C3 of the key schedule, and with which of them a key of each length begins.
_CONSTANTS: Final = (
    0x517CC1B727220A94FE13ABE8FA9A6EE0,
    0x6DB14ACC9E21C820FF28B1D5EF5DE2B0,
    0xDB92371D2126E9700324977504E8C90E,
)
_FIRST_CONSTANT: Final = {16: 0, 24: 1, 32: 2}
#: By how much W(i+1) is turned to the right for each four round keys; 109 is 19 to the left.
_TURNS: Final = (19, 31, 67, 97, 109)
#: Byte j of the diffusion layer is the sum of these bytes.
_SUMS: Final = (
    (3, 4, 6, 8, 9, 13, 14),
    (2, 5, 7, 8, 9, 12, 15),
    (1, 4, 6, 10, 11, 12, 15),
    (0, 5, 7, 10, 11, 13, 14),
    (0, 2, 5, 8, 11, 14, 15),
    (1, 3, 4, 9, 10, 14, 15),
    (0, 2, 7, 9, 10, 12, 13),
    (1, 3, 6, 8, 11, 12, 13),
    (0, 1, 4, 7, 10, 13, 15),
    (0, 1, 5, 6, 11, 12, 14),
    (2, 3, 5, 6, 8, 13, 15),
    (2, 3, 4, 7, 9, 12, 14),
    (1, 2, 6, 7, 9, 11, 12),
    (0, 3, 6, 7, 8, 10, 13),
    (0, 3, 4, 5, 9, 11, 14),
    (1, 2, 4, 5, 8, 10, 15),
)
_SB1: Final = bytes.fromhex(
    "637c777bf26b6fc53001672bfed7ab76ca82c97dfa5947f0add4a2af9ca472c0"
    "b7fd9326363ff7cc34a5e5f171d8311504c723c31896059a071280e2eb27b275"
    "09832c1a1b6e5aa0523bd6b329e32f8453d100ed20fcb15b6acbbe394a4c58cf"
    "d0efaafb434d338545f9027f503c9fa851a3408f929d38f5bcb6da2110fff3d2"
    "cd0c13ec5f974417c4a77e3d645d197360814fdc222a908846eeb814de5e0bdb"
    "e0323a0a4906245cc2d3ac629195e479e7c8376d8dd54ea96c56f4ea657aae08"
    "ba78252e1ca6b4c6e8dd741f4bbd8b8a703eb5664803f60e613557b986c11d9e"
    "e1f8981169d98e949b1e87e9ce5528df8ca1890dbfe6426841992d0fb054bb16"
)
_SB2: Final = bytes.fromhex(
    "e24e54fc94c24acc620d6a463c4d8bd15efa64cbb497be2bbc772e03d31959c1"
    "1d06416b55f09969ea9c18ae63dfe7bb007366fb964c85e43a0945aa0fee10eb"
    "2d7ff429accfad918d78c895f92fcecd087a88385c832a2847dbb8c793a41253"
    "ff870e3136215848018e377432cae9b1b7ab0cd7c4564226079860d9b6b91140"
    "ec208cbda0c984044923f14f501f13dcd8c09e57e3c37b653b028f3ee82592e5"
    "15ddfd17a9bfd49a7ec53967fe769d43a7e1d0f568f21b347005a38ad57986a8"
    "30c6514b1ea627f635d26e2416825fdae675a2ef2cb21c9f5d6f800a72449b6c"
    "900b5b337d5a52f361a1f7b0d63f7c6ded14e0a53d22b3f889de711aafbab581"
)
_SB3: Final = bytes(_SB1.index(value) for value in range(256))
_SB4: Final = bytes(_SB2.index(value) for value in range(256))

_Tables = tuple[tuple[int, ...], ...]


class Aria:
    """One key of 16, 24 or 32 bytes. Round keys are Python numbers, which nobody can wipe: they go with this object."""

    __slots__ = ("_backward", "_forward")

    def __init__(self, key: bytes | bytearray) -> None:
        """Raises ValueError for a key of another length."""
        if len(key) not in _ROUNDS:
            raise ValueError("an ARIA key has 16, 24 or 32 bytes")
        self._forward = _round_keys(key)
        first, *middle, last = reversed(self._forward)
        self._backward = (first, *(_diffuse(one) for one in middle), last)

    def encrypt_cbc(self, iv: bytes, data: bytearray) -> None:
        """Whole blocks, in place."""
        chain = int.from_bytes(iv)
        for at in range(0, len(data), BLOCK):
            chain = _crypt(int.from_bytes(data[at : at + BLOCK]) ^ chain, self._forward)
            data[at : at + BLOCK] = chain.to_bytes(BLOCK)

    def decrypt_cbc(self, iv: bytes, data: bytearray) -> None:
        """Whole blocks, in place."""
        chain = int.from_bytes(iv)
        for at in range(0, len(data), BLOCK):
            block = int.from_bytes(data[at : at + BLOCK])
            data[at : at + BLOCK] = (_crypt(block, self._backward) ^ chain).to_bytes(BLOCK)
            chain = block


def _round_keys(key: bytes | bytearray) -> tuple[int, ...]:
    padded = int.from_bytes(key) << 8 * (32 - len(key))
    left, right = padded >> _BITS, padded & _MASK
    first = _FIRST_CONSTANT[len(key)]
    constants = [_CONSTANTS[(first + i) % 3] for i in range(3)]
    words = [left]
    words.append(_odd(left ^ constants[0]) ^ right)
    words.append(_even(words[1] ^ constants[1]) ^ left)
    words.append(_odd(words[2] ^ constants[2]) ^ words[1])
    keys = (words[i] ^ _turn(words[(i + 1) % 4], by) for by in _TURNS for i in range(4))
    return tuple(keys)[: _ROUNDS[len(key)] + 1]


def _crypt(block: int, keys: tuple[int, ...]) -> int:
    odd, even = _layers()
    *rounds, before_last, last = keys
    for number, key in enumerate(rounds):
        block = _look_up(even if number % 2 else odd, block ^ key)
    return _substitute_even(block ^ before_last) ^ last


def _odd(block: int) -> int:
    return _look_up(_layers()[0], block)


def _even(block: int) -> int:
    return _look_up(_layers()[1], block)


def _look_up(tables: _Tables, block: int) -> int:
    """Substitution and diffusion at once: the sum of what each byte contributes."""
    result = 0
    for table, value in zip(tables, block.to_bytes(BLOCK), strict=True):
        result ^= table[value]
    return result


def _substitute_even(block: int) -> int:
    boxes = (_SB3, _SB4, _SB1, _SB2)
    return int.from_bytes(bytes(boxes[i % 4][value] for i, value in enumerate(block.to_bytes(BLOCK))))


def _diffuse(block: int) -> int:
    result = 0
    for column, value in zip(_columns(), block.to_bytes(BLOCK), strict=True):
        result ^= column * value
    return result


def _turn(word: int, by: int) -> int:
    return (word >> by | word << _BITS - by) & _MASK


@cache
def _columns() -> tuple[int, ...]:
    """For each byte a one in every byte of the result that it is part of: times a value, that is its contribution."""
    return tuple(sum(1 << 8 * (BLOCK - 1 - j) for j in range(BLOCK) if i in _SUMS[j]) for i in range(BLOCK))


@cache
def _layers() -> tuple[_Tables, _Tables]:
    """The tables of odd and even rounds, made when first needed (about 2 ms)."""
    odd, even = (_SB1, _SB2, _SB3, _SB4), (_SB3, _SB4, _SB1, _SB2)
    return _tables(odd), _tables(even)


def _tables(boxes: tuple[bytes, ...]) -> _Tables:
    return tuple(tuple(column * value for value in boxes[i % 4]) for i, column in enumerate(_columns()))
