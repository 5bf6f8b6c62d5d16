"""The ciphers: published vectors, and the same bytes as OpenSSL's."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import SEED
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from hypothesis import given
from hypothesis import strategies as st

from desktop.services.npki import ciphers
from desktop.services.npki.aria import Aria
from desktop.services.npki.ciphers import Cbc, PaddingError
from desktop.services.npki.rc2 import Rc2

SEED_VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "npki.json").read_text())["seed_ecb"]
#: RFC 5794, A.1 to A.3: the key counts up from 0.
ARIA_PLAIN = "00112233445566778899aabbccddeeff"
ARIA_VECTORS = {
    16: "d718fbd6ab644c739da95f3be6451778",
    24: "26449c1805dbe7aa25a468ce263a9e79",
    32: "f92bd7c79fb72e2f2b8f80c1972d24fc",
}
#: RFC 2268, 5, where a key counts for as many bits as it has: key, plain, cipher.
RC2_VECTORS = [
    ("88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"),
    ("ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"),
    ("3000000000000000", "1000000000000001", "30649edf9be7d2c2"),
]
WRITTEN = [
    ciphers.SEED_CBC,
    ciphers.ARIA128_CBC,
    ciphers.ARIA192_CBC,
    ciphers.ARIA256_CBC,
    ciphers.AES128_CBC,
    ciphers.AES192_CBC,
    ciphers.AES256_CBC,
    ciphers.TRIPLE_DES_CBC,
]
OPENSSL = {"seed": "seed-cbc", "3des": "des-ede3-cbc"}


@pytest.mark.parametrize("vector", SEED_VECTORS)
def test_seed_equals_the_vector(vector: dict[str, str]) -> None:
    encryptor = Cipher(SEED(bytes.fromhex(vector["key"])), modes.ECB()).encryptor()
    assert bytes.fromhex(vector["cipher"]) == encryptor.update(bytes.fromhex(vector["plain"]))


@pytest.mark.parametrize(("size", "expected"), ARIA_VECTORS.items())
def test_aria_equals_the_vectors_of_its_rfc_both_ways(size: int, expected: str) -> None:
    aria, block = Aria(bytes(range(size))), bytearray.fromhex(ARIA_PLAIN)
    aria.encrypt_cbc(bytes(16), block)
    assert expected == block.hex()
    aria.decrypt_cbc(bytes(16), block)
    assert ARIA_PLAIN == block.hex()


@pytest.mark.parametrize(("key", "plain", "cipher"), RC2_VECTORS)
def test_rc2_equals_the_vectors_of_its_rfc(key: str, plain: str, cipher: str) -> None:
    block = bytearray.fromhex(cipher)
    Rc2(bytes.fromhex(key)).decrypt_cbc(bytes(8), block)
    assert plain == block.hex()


@pytest.mark.parametrize("cipher", WRITTEN, ids=lambda cipher: cipher.name)
def test_cbc_writes_what_openssl_writes(cipher: Cbc) -> None:
    key, iv, plain = bytes(range(cipher.key_bytes)), bytes(range(100, 100 + cipher.block)), "비밀 ".encode() * 9
    algorithm = OPENSSL.get(cipher.name) or f"{cipher.name[:-3]}-{cipher.name[-3:]}-cbc"
    words = ["openssl", "enc", f"-{algorithm}", "-K", key.hex(), "-iv", iv.hex()]
    providers = ["-provider", "legacy", "-provider", "default"]
    run = subprocess.run([*words, *providers], input=plain, capture_output=True, check=True, timeout=60)
    assert run.stdout == cipher.encrypt(bytearray(key), iv, memoryview(plain))


@pytest.mark.parametrize("cipher", WRITTEN, ids=lambda cipher: cipher.name)
@given(plain=st.binary(max_size=70), seed=st.binary(min_size=64, max_size=64))
def test_what_is_encrypted_is_decrypted(cipher: Cbc, plain: bytes, seed: bytes) -> None:
    key, iv = bytearray(seed[: cipher.key_bytes]), seed[-cipher.block :]
    sealed = cipher.encrypt(key, iv, memoryview(plain))
    assert plain == cipher.decrypt(key, iv, sealed)


@pytest.mark.parametrize("cipher", WRITTEN, ids=lambda cipher: cipher.name)
@given(data=st.binary(max_size=70))
def test_any_bytes_are_decrypted_or_refused(cipher: Cbc, data: bytes) -> None:
    try:
        plain = cipher.decrypt(bytearray(cipher.key_bytes), bytes(cipher.block), data)
    except PaddingError:
        assert data
    except ValueError:
        assert not data or len(data) % cipher.block
    else:
        assert data == cipher.encrypt(bytearray(cipher.key_bytes), bytes(cipher.block), memoryview(plain))


def test_nothing_is_written_with_rc2_and_no_aria_key_has_another_length() -> None:
    with pytest.raises(ValueError, match="RC2"):
        ciphers.RC2_40_CBC.encrypt(bytearray(5), bytes(8), memoryview(b"plain"))
    with pytest.raises(ValueError, match="16, 24 or 32"):
        Aria(bytes(17))
