"""Digits as people give them (full-width, with hyphens or spaces) turned into plain ASCII digits, byte by byte."""

from __future__ import annotations

_ZERO, _NINE = 0x30, 0x39
_SKIPPED = frozenset(b" -\t")
_WIDE_ZERO, _WIDE_NINE = "０".encode(), "９".encode()
_DASHES = (b"\xe2\x80\x90", b"\xe2\x80\x91", b"\xe2\x80\x93", b"\xe2\x80\x94", b"\xef\xbc\x8d", b"\xe3\x80\x80")


def plain_digits(given: memoryview | bytes) -> tuple[bytearray, str | None]:
    """The digits of UTF-8 text, and `hangul_typed` or `not_digits` when there was anything else.

    Works on bytes, so that no unwipeable string of a secret appears. The caller wipes what comes back.
    """
    data, digits, position = memoryview(given), bytearray(), 0
    while position < len(data):
        byte = data[position]
        if _ZERO <= byte <= _NINE:
            digits.append(byte)
            position += 1
        elif byte in _SKIPPED:
            position += 1
        elif bytes(data[position : position + 3]) in _DASHES:
            position += 3
        elif _WIDE_ZERO <= bytes(data[position : position + 3]) <= _WIDE_NINE:
            digits.append(_ZERO + data[position + 2] - _WIDE_ZERO[2])
            position += 3
        else:
            return digits, "hangul_typed" if _is_hangul(data, position) else "not_digits"
    return digits, None


def _is_hangul(data: memoryview, position: int) -> bool:
    """Jamo (U+1100, U+3130) and syllables (U+AC00 … U+D7A3), told by the first bytes of their UTF-8 form."""
    lead = bytes(data[position : position + 2])
    return (
        lead[:1] in {b"\xea", b"\xeb", b"\xec", b"\xed"}
        or b"\xe1\x84" <= lead <= b"\xe1\x87"
        or (b"\xe3\x84" <= lead <= b"\xe3\x86")
    )
