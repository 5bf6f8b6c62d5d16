"""What a declared ASN.1 type cannot read or write: stray bytes after a value, a list at the top, and secrets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from cryptography.hazmat import asn1

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
OBJECT_IDENTIFIER: Final = 0x06
SEQUENCE: Final = 0x30
SET: Final = 0x31
CONTEXT_0: Final = 0xA0

_LONGEST_LENGTH: Final = 4  # bytes that say a length: more than any file here has


class Element(NamedTuple):
    """Where one value lies: its tag, and the ends of its content. `begin` is where the tag stands."""

    tag: int
    begin: int
    start: int
    end: int


def element(data: bytes | bytearray | memoryview, at: int = 0, end: int | None = None) -> Element:
    """The value at `at`, which must lie before `end`. Raises ValueError where none lies whole.

    It returns numbers and no views, so that a secret's buffer is never held when it is to be wiped.
    """
    end = len(data) if end is None else end
    if end - at < 2:
        raise ValueError("a value is cut off")
    start, length = at + 2, data[at + 1]
    if length == 0x80 or length > 0x80 + _LONGEST_LENGTH:
        raise ValueError("a length is not DER")
    if length > 0x80:
        start += length - 0x80
        length = int.from_bytes(data[at + 2 : start]) if start <= end else end
    if start + length > end:
        raise ValueError("a value is cut off")
    return Element(data[at], at, start, start + length)


def children(data: bytes | bytearray | memoryview, parent: Element) -> Iterator[Element]:
    """The values within a constructed one, in order. Raises ValueError as `element`."""
    at = parent.start
    while at < parent.end:
        child = element(data, at, parent.end)
        yield child
        at = child.end


def length_of(size: int) -> bytes:
    """The length octets for `size` bytes of content."""
    if size < 0x80:
        return bytes((size,))
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((0x80 + len(octets),)) + octets


def tlv(tag: int, *content: bytes) -> bytes:
    """One value: DER of what stands one after another in it."""
    inside = b"".join(content)
    return bytes((tag,)) + length_of(len(inside)) + inside


def outer(data: bytes) -> bytes:
    """The SEQUENCE at the start, without what strays after it. Raises ValueError."""
    found = element(data)
    if found.tag != SEQUENCE:
        raise ValueError("no SEQUENCE")
    return data if found.end == len(data) else data[: found.end]


@asn1.sequence
class _Around:
    """A SEQUENCE with any one value in it: the encoder takes no list at the top, the decoder none either."""

    value: asn1.TLV


@asn1.sequence
class _List:
    values: list[asn1.TLV]


def write_list(values: Sequence[bytes]) -> bytes:
    """SEQUENCE OF these DER values. Raises ValueError where one is not DER."""
    listed = asn1.encode_der(_List(values=[asn1.decode_der(asn1.TLV, value) for value in values]))
    return bytes(asn1.decode_der(asn1.TLV, listed).data)


def read_list(data: bytes) -> list[bytes]:
    """The DER values of a SEQUENCE OF. Raises ValueError where it is none."""
    around = asn1.encode_der(_Around(value=asn1.decode_der(asn1.TLV, data)))
    return [asn1.encode_der(value) for value in asn1.decode_der(_List, around).values]
