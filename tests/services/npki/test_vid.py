"""VID: the published vector, round trips, and what is refused."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.npki.vid import (
    IDENTIFY_DATA,
    IdentifyData,
    VidError,
    hash_content,
    identify_data,
    parse_identify_data,
    read_identify_data,
    verify_owner,
    vid,
)

VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "npki.json").read_text())["vid"]
IDN = VECTOR["idn"]
R = bytes.fromhex(VECTOR["r"])

numbers = st.text("0123456789", min_size=13, max_size=13) | st.text("0123456789", min_size=10, max_size=10)
randoms = st.binary(min_size=20, max_size=20)


@asn1.sequence
class HashContent:
    """The same structure by another road, as an oracle."""

    idn: asn1.PrintableString
    random: asn1.BitString


def certificate(*names: x509.GeneralName) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "owner")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256())


def test_hash_content_equals_the_vector() -> None:
    assert bytes.fromhex(VECTOR["hash_content_der"]) == hash_content(Secret.of(IDN), R)


def test_vid_equals_the_vector() -> None:
    assert bytes.fromhex(VECTOR["vid"]) == vid(Secret.of(IDN), R)
    assert bytes.fromhex(VECTOR["vid"]) == vid(memoryview(IDN.encode()), R)


@given(numbers, randoms)
def test_hash_content_equals_what_an_asn1_encoder_writes(idn: str, r: bytes) -> None:
    expected = asn1.encode_der(HashContent(idn=asn1.PrintableString(idn), random=asn1.BitString(r, 0)))
    assert expected == hash_content(Secret.of(idn), r)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), numbers, randoms)
def test_an_owner_written_into_a_name_is_read_back(name: str, idn: str, r: bytes) -> None:
    value = vid(Secret.of(idn), r)
    assert IdentifyData(name, value) == parse_identify_data(identify_data(name, value).value)


def test_a_ca_has_a_name_alone() -> None:
    assert bytes.fromhex("3004") + b"\x0c\x02CA" == identify_data("CA").value
    assert IdentifyData("CA", None) == parse_identify_data(identify_data("CA").value)


def test_the_other_name_is_written_byte_for_byte_as_the_profile_says() -> None:
    value = vid(Secret.of(IDN), R)
    algorithm = bytes.fromhex("300b0609608648016503040201")  # SHA-256, without NULL
    inner = bytes.fromhex("3031") + algorithm + bytes.fromhex("a0220420") + value
    item = bytes.fromhex("303f060a2a831a8c9a440a010101") + inner
    expected = bytes.fromhex("304b0c06") + "홍길".encode() + bytes.fromhex("3041") + item
    assert expected == identify_data("홍길", value).value


def test_a_null_after_the_hash_algorithm_is_tolerated() -> None:
    algorithm = bytes.fromhex("300d06096086480165030402010500")
    inner = bytes.fromhex("3033") + algorithm + bytes.fromhex("a0220420") + b"v" * 32
    item = bytes.fromhex("3041060a2a831a8c9a440a010101") + inner
    der = bytes.fromhex("30480c0141") + bytes.fromhex("3043") + item
    assert IdentifyData("A", b"v" * 32) == parse_identify_data(der)


@given(st.binary(max_size=120))
def test_hostile_bytes_are_refused_with_one_error(der: bytes) -> None:
    with contextlib.suppress(VidError):
        parse_identify_data(der)


@pytest.mark.parametrize("idn", ["", "123456123456", "12345612345678", "12345612345６", "123456-234567"])
def test_a_number_of_another_form_is_refused(idn: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        vid(Secret.of(idn), R)


def test_an_r_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="20 bytes"):
        vid(Secret.of(IDN), R[:19])


def test_the_owner_is_recognised_and_nobody_else() -> None:
    owned = certificate(identify_data("홍길동", vid(Secret.of(IDN), R)))
    verify_owner(owned, Secret.of(IDN), R)
    with pytest.raises(ServiceError) as other_person:
        verify_owner(owned, Secret.of("1234561234568"), R)
    assert Reason.IDENTITY_MISMATCH == other_person.value.reason
    with pytest.raises(ServiceError) as other_random:
        verify_owner(owned, Secret.of(IDN), bytes(20))
    assert Reason.IDENTITY_MISMATCH == other_random.value.reason


@pytest.mark.parametrize(
    "names",
    [
        (),
        (x509.DNSName("example.invalid"),),
        (identify_data("A"),),
        (identify_data("A", b"v" * 32), identify_data("B", b"w" * 32)),
        (x509.OtherName(IDENTIFY_DATA, b"\x05\x00"),),
    ],
)
def test_a_certificate_that_cannot_say_its_owner_is_an_error(names: tuple[x509.GeneralName, ...]) -> None:
    with pytest.raises(VidError):
        verify_owner(certificate(*names), Secret.of(IDN), R)


def test_a_vid_of_another_hash_or_length_or_twice_is_not_read() -> None:
    good = identify_data("A", b"v" * 32).value
    sha256, sha512 = bytes.fromhex("608648016503040201"), bytes.fromhex("608648016503040203")
    item = good[5 + 2 :]
    twice = bytes.fromhex("3081880c0141308182") + item + item
    short = bytes.fromhex("30380c014130333031060a2a831a8c9a440a0101013023")
    short += bytes.fromhex("300b0609608648016503040201a0140412") + b"v" * 18
    for der in (good.replace(sha256, sha512), twice, short):
        with pytest.raises(VidError):
            parse_identify_data(der)
    with pytest.raises(ValueError, match="32 bytes"):
        identify_data("A", b"v" * 31)


def test_a_certificate_is_read_like_its_name() -> None:
    owned = certificate(x509.DNSName("example.invalid"), identify_data("홍길동", b"v" * 32))
    assert IdentifyData("홍길동", b"v" * 32) == read_identify_data(owned)
