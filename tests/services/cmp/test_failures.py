"""The bits of PKIFailureInfo, there and back."""

from __future__ import annotations

import pytest
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import BitString

from desktop.services.cmp.failures import Failure, failures_of


@pytest.mark.parametrize("failure", Failure)
def test_a_bit_is_read_as_it_was_written(failure: Failure) -> None:
    assert (failure,) == failures_of(failure.bits())


@pytest.mark.parametrize(
    ("failure", "der"),
    [
        (Failure.BAD_ALG, "03020780"),
        (Failure.BAD_MESSAGE_CHECK, "03020640"),
        (Failure.MISSING_TIME_STAMP, "0303070080"),
        (Failure.BAD_POP, "0303060040"),
        (Failure.DUPLICATE_CERT_REQ, "03050500000020"),
    ],
)
def test_a_bit_is_written_as_der_wants_a_named_bit_list(failure: Failure, der: str) -> None:
    assert bytes.fromhex(der) == asn1.encode_der(failure.bits())


def test_bits_that_nobody_knows_are_passed_over() -> None:
    assert () == failures_of(None)
    assert () == failures_of(BitString(b"", 0))
    assert (Failure.BAD_ALG, Failure.BAD_POP) == failures_of(BitString(b"\x80\x40\x00\x00\xff", 0))
