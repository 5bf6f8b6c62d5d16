"""The key inside: R, and what keeps a key that was tampered with from signing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from hypothesis import given
from hypothesis import strategies as st

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.npki.key import load_key, new_key, random_of, with_random
from tests.services.npki.made import FROM, Made, name, other, person

#: npki.md: [0] { SEQUENCE { OID, SET { BIT STRING 00 and R } } }
ATTRIBUTE = "a0273025060a2a831a8c9a440a0101033117031500"


def without_r(made: Made) -> bytes:
    return made.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def refused(plain: Secret, certificate: x509.Certificate) -> Reason:
    with pytest.raises(ServiceError) as failed:
        load_key(plain, certificate, where="signPri.key")
    assert "signPri.key" == failed.value.where
    plain.wipe()  # what holds on to the buffer would make this fail
    return failed.value.reason


def test_a_new_key_carries_its_r_where_korean_programs_look_for_it() -> None:
    key, plain, r = new_key()
    assert 2048 == key.key_size
    assert r == random_of(plain)
    assert bytes.fromhex(ATTRIBUTE) + r == bytes(plain.view())[-len(r) - 21 :]
    loaded = load_der_private_key(bytes(plain.view()), None)
    assert key.private_numbers() == loaded.private_numbers()  # type: ignore[union-attr]  # an RSA key
    assert r != random_of(new_key()[1])


def test_r_is_put_in_place_of_another() -> None:
    r = bytes(range(20))
    bare = Secret(without_r(person()))
    assert random_of(bare) is None
    once = with_random(bare, r)
    assert (r, person().r) == (random_of(once), random_of(with_random(once, person().r)))
    assert person().secret() == with_random(once, person().r)
    with pytest.raises(ValueError, match="20 bytes"):
        with_random(bare, r[:19])
    with pytest.raises(ValueError, match="PKCS#8"):
        with_random(Secret(b"\x30\x03\x02\x01\x00"), r)


def test_an_attribute_of_another_kind_beside_it_does_no_harm() -> None:
    plain, attribute = person().plain, bytes.fromhex(ATTRIBUTE)[2:] + person().r
    stranger = bytes.fromhex("300b06032a030431040c024b52")
    inner = stranger + attribute
    body = plain[4 : -len(attribute) - 2] + bytes((0xA0, len(inner))) + inner
    assert person().r == random_of(Secret(b"\x30\x82" + len(body).to_bytes(2) + body))


@given(st.binary(max_size=200))
def test_any_bytes_have_an_r_or_none(data: bytes) -> None:
    assert random_of(Secret(data)) is None


def test_a_key_signs_for_its_certificate_and_no_other() -> None:
    for fresh in (False, True):
        key = load_key(person().secret(), person().certificate, fresh=fresh)
        assert person().key.private_numbers() == key.private_numbers()
    assert Reason.KEY_MISMATCH == refused(person().secret(), other().certificate)


def test_bytes_that_stray_after_the_key_do_no_harm() -> None:
    assert 2048 == load_key(Secret(person().plain + bytes(14)), person().certificate).key_size


def test_a_key_of_another_kind_is_unknown() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert Reason.FORM_UNKNOWN == refused(Secret(plain), person().certificate)
    subject, end = name("타원"), FROM + timedelta(days=1)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1, FROM, end)
    assert Reason.FORM_UNKNOWN == refused(person().secret(), builder.sign(key, hashes.SHA256()))


@pytest.mark.parametrize("field", ["d", "p", "q", "dmp1", "dmq1", "iqmp"])
def test_a_number_changed_in_the_file_is_found_or_makes_no_false_signature(field: str) -> None:
    """The attack: no form has a checksum, and one signature by a false CRT number gives the factors away."""
    numbers = person().key.private_numbers()
    value: int = getattr(numbers, field)
    written = value.to_bytes((value.bit_length() + 8) // 8)
    plain = person().plain
    assert 1 == plain.count(written)
    for at in (1, len(written) // 2, len(written) - 1):
        changed = bytearray(written)
        changed[at] ^= 0x04
        _refused_or_true(Secret(plain.replace(written, bytes(changed))))


@given(st.integers(0, len(person().plain) - 1), st.integers(1, 255))
def test_any_byte_changed_is_found_or_makes_no_false_signature(at: int, by: int) -> None:
    changed = bytearray(person().plain)
    changed[at] ^= by
    _refused_or_true(Secret(changed))


def _refused_or_true(plain: Secret) -> None:
    try:
        key = load_key(plain, person().certificate)
    except ServiceError as error:
        if error.reason not in {Reason.FILE_BROKEN, Reason.FORM_UNKNOWN, Reason.KEY_MISMATCH}:
            raise
        return
    public = person().key.public_key()
    for message in (b"one", b"two", b"three"):
        try:
            public.verify(key.sign(message, PKCS1v15(), hashes.SHA256()), message, PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            pytest.fail("a signature left that does not verify")
