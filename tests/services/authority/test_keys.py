"""RSA keys: made, stored and loaded as they were."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from desktop.services.authority.keys import EXPONENT, KEY_BITS, key_bytes, load_key, new_key


def test_a_key_comes_back_as_it_was() -> None:
    key = new_key()
    assert (KEY_BITS, EXPONENT) == (key.key_size, key.public_key().public_numbers().e)
    assert key.private_numbers() == load_key(memoryview(key_bytes(key))).private_numbers()


def test_what_is_no_rsa_key_is_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    for der in (curve.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), b"", b"0" * 100):
        with pytest.raises(ValueError, match=r".+"):
            load_key(der)
