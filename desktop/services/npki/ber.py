"""BER made DER as far as PFX files need it: BouncyCastle writes lengths that come later and strings in pieces."""

from __future__ import annotations

from typing import Final

from desktop.services.npki.der import OCTET_STRING, length_of

_CONSTRUCTED: Final = 0x20
_LATER: Final = 0x80
_END: Final = b"\x00\x00"
#: A PFX nests some ten values; a file that nests more is meant to exhaust us.
_DEEPEST: Final = 24


def to_der(data: bytes) -> bytes:
    """The first value of `data` with definite, shortest lengths and octet strings in one piece. Raises ValueError.

    The order within a SET is left as it is.
    """
    return _value(data, 0, len(data), 0)[0]


def join(contents: bytes) -> bytes:
    """The octets of a constructed OCTET STRING, from the DER of its pieces. Raises ValueError."""
    pieces, at = [], 0
    while at < len(contents):
        tag, start, end = _header(contents, at, len(contents))
        if tag != OCTET_STRING or end is None:
            raise ValueError("a piece of a string is none")
        pieces.append(contents[start:end])
        at = end
    return b"".join(pieces)


def _value(data: bytes, at: int, limit: int, depth: int) -> tuple[bytes, int]:
    """One value as DER, and where the next begins."""
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    tag, start, end = _header(data, at, limit)
    if not tag & _CONSTRUCTED:
        if end is None:
            raise ValueError("a value without an end")
        return _written(tag, data[start:end]), end
    parts, at = [], start
    while (at < end) if end is not None else (data[at : at + 2] != _END):
        part, at = _value(data, at, limit if end is None else end, depth + 1)
        parts.append(part)
    contents = b"".join(parts)
    if tag == OCTET_STRING | _CONSTRUCTED:
        tag, contents = OCTET_STRING, join(contents)
    return _written(tag, contents), at + len(_END) if end is None else end


def _header(data: bytes, at: int, limit: int) -> tuple[int, int, int | None]:
    """Tag, begin and end of the content; no end where the length comes later."""
    if limit - at < 2:
        raise ValueError("a value is cut off")
    tag, length, start = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:
        raise ValueError("a tag of several bytes")
    if length == _LATER:
        return tag, start, None
    if length > _LATER:
        octets = length - _LATER
        length, start = int.from_bytes(data[start : start + octets]), start + octets
    if start + length > limit:
        raise ValueError("a value is cut off")
    return tag, start, start + length


def _written(tag: int, contents: bytes) -> bytes:
    return bytes((tag,)) + length_of(len(contents)) + contents
