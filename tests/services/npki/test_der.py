"""DER and BER by hand: agrees with the library where it can speak, and refuses the rest with one error."""

from __future__ import annotations

import contextlib

import pytest
from cryptography.hazmat import asn1
from hypothesis import given
from hypothesis import strategies as st

from desktop.services.npki import ber, der

values = st.lists(st.binary(max_size=300).map(asn1.encode_der) | st.integers().map(asn1.encode_der), max_size=5)


@given(values)
def test_a_list_is_read_as_it_was_written(listed: list[bytes]) -> None:
    written = der.write_list(listed)
    assert listed == der.read_list(written)
    found = list(der.children(written, der.element(written)))
    assert listed == [written[one.begin : one.end] for one in found]
    assert written == ber.to_der(written)
    assert written == der.outer(written + b"stray")


@given(st.integers(0, 2**32 - 1))
def test_a_length_is_written_as_the_library_reads_it(size: int) -> None:
    head = b"\x04" + der.length_of(size)
    if size < 100_000:
        assert bytes(size) == asn1.decode_der(bytes, head + bytes(size))
    else:
        with pytest.raises(ValueError, match="cut off"):
            der.element(head)


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (der.outer, der.read_list, ber.to_der, ber.join):
        with contextlib.suppress(ValueError):
            read(data)
    with contextlib.suppress(ValueError):
        assert ber.to_der(data) == ber.to_der(ber.to_der(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        b"\x30\x85\x00\x00\x00\x00\x00",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x02\x00",
        b"\x31\x00",
    ],
)
def test_what_is_no_sequence_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut off|not DER|no SEQUENCE"):
        der.outer(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x04\x80\x00\x00",
        b"\x30\x80",
        b"\x30\x80\x04\x01",
        b"\x1f\x81\x00\x00",
        b"\x24\x04\x02\x02\x00\x00",
        b"\x30\x80" * 50,
    ],
)
def test_broken_ber_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"a value|a tag|a piece|nested"):
        ber.to_der(data)


def test_ber_becomes_der() -> None:
    assert bytes.fromhex("30080404aabbccdd0500") == ber.to_der(
        bytes.fromhex("3080 2480 0402aabb 048102ccdd 0000 0500 0000")
    )
