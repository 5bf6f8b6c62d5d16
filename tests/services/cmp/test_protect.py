"""The MAC by a shared secret, against OpenSSL's; and R for the CA's eyes alone."""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import Null
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.secret import Secret
from desktop.services.cmp.crmf import algorithm, parsed
from desktop.services.cmp.escort import MAX_ENVELOPE, decrypt_random, encrypt_random
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.frame import read_message
from desktop.services.cmp.protect import (
    HMAC_SHA256,
    MAX_ROUNDS,
    MIN_ROUNDS,
    PASSWORD_BASED_MAC,
    ROUNDS,
    SHA256,
    PbmParameter,
    check_mac,
    check_signature,
    is_mac,
    mac,
    mac_algorithm,
    sign,
    signature_algorithm,
)
from tests.openssl import openssl
from tests.services.cmp.pki import ec_key, named, pki, rsa_key
from tests.services.cmp.served import write_key

SECRET = "A1B2C3D4E5F6G7H8"


@pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")
@pytest.mark.parametrize("name", ["hmac-sha1", "hmacWithSHA1", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512"])
def test_the_mac_is_the_one_that_openssl_computes(tmp_path: Path, name: str) -> None:
    write_key(ec_key("leaf"), tmp_path / "leaf.key")
    ready = pki().ca.issue(named("hong"), ec_key("leaf").public_key())
    (tmp_path / "ready.pem").write_bytes(ready.public_bytes(Encoding.PEM))
    files = ("-newkey", "leaf.key", "-reqout", "ir.der,conf.der", "-rsp_cert", "ready.pem", "-certout", "got.pem")
    names = ("-subject", "/CN=hong", "-recipient", "/CN=ca", "-ref", "1", "-srv_ref", "1", "-mac", name)
    secrets = ("-secret", f"pass:{SECRET}", "-srv_secret", f"pass:{SECRET}")
    openssl("cmp", "-config", "", "-cmd", "ir", "-use_mock_srv", *secrets, *names, *files, at=tmp_path)
    message = read_message((tmp_path / "ir.der").read_bytes(), limit=1 << 16)
    assert message.header.protection is not None
    check_mac(Secret.of(SECRET), message.header.protection, message.part, message.protection)
    with pytest.raises(RefusedError) as refused:
        check_mac(Secret.of("other"), message.header.protection, message.part, message.protection)
    assert Failure.BAD_MESSAGE_CHECK == refused.value.failure


def pbm(rounds: int, salt: bytes) -> list[asn1.TLV]:
    parameter = PbmParameter(salt=salt, owf=algorithm(SHA256), rounds=rounds, mac=algorithm(HMAC_SHA256))
    return algorithm(PASSWORD_BASED_MAC, parameter)


@pytest.mark.parametrize("rounds", [MIN_ROUNDS, 500, MAX_ROUNDS])
def test_the_key_is_the_secret_and_salt_hashed_so_many_times(rounds: int) -> None:
    salt = os.urandom(16)
    key = SECRET.encode() + salt
    for _ in range(rounds):
        key = hashlib.sha256(key).digest()
    assert hmac.digest(key, b"part", "sha256") == mac(Secret.of(SECRET), pbm(rounds, salt), b"part")


def test_each_message_has_a_salt_of_its_own() -> None:
    salts = {parsed(mac_algorithm()[1], PbmParameter).salt for _ in range(20)}
    assert 20 == len(salts)
    assert ROUNDS == parsed(mac_algorithm()[1], PbmParameter).rounds


@pytest.mark.parametrize(
    "bad", [[], algorithm(SHA256), algorithm(PASSWORD_BASED_MAC, Null()), algorithm(PASSWORD_BASED_MAC)]
)
def test_a_mac_without_its_parameters_is_refused(bad: list[asn1.TLV]) -> None:
    assert is_mac(bad) == (bad[:1] != [] and parsed(bad[0], x509.ObjectIdentifier) == PASSWORD_BASED_MAC)
    with pytest.raises(RefusedError) as refused:
        mac(Secret.of(SECRET), bad, b"")
    assert Failure.BAD_ALG == refused.value.failure


@pytest.mark.parametrize("key", [rsa_key("leaf"), ec_key("leaf")], ids=["rsa", "ec"])
def test_a_signature_is_good_for_its_key_data_and_algorithm_alone(key: object) -> None:
    assert key in (rsa_key("leaf"), ec_key("leaf"))
    own = rsa_key("leaf") if key is rsa_key("leaf") else ec_key("leaf")
    right, signature = signature_algorithm(own.public_key()), sign(own, b"data")
    check_signature(own.public_key(), right, b"data", signature, Failure.BAD_POP)
    for data, value in ((b"other", signature), (b"data", b""), (b"data", None), (b"data", signature[:-1])):
        with pytest.raises(RefusedError) as refused:
            check_signature(own.public_key(), right, data, value, Failure.BAD_POP)
        assert Failure.BAD_POP == refused.value.failure
    for wrong in ([], algorithm(SHA256)):
        with pytest.raises(RefusedError) as refused:
            check_signature(own.public_key(), wrong, b"data", signature, Failure.BAD_POP)
        assert Failure.BAD_ALG == refused.value.failure


@pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")
def test_openssl_reads_the_random_with_the_ca_s_key(tmp_path: Path) -> None:
    random = os.urandom(20)
    reader = pki().reader
    (tmp_path / "r.der").write_bytes(asn1.encode_der(encrypt_random(random, reader.certificate).value))
    (tmp_path / "reader.pem").write_bytes(reader.certificate.public_bytes(Encoding.PEM))
    write_key(reader.key, tmp_path / "reader.key")
    keys = ("-recip", "reader.pem", "-inkey", "reader.key")
    openssl("cms", "-decrypt", "-inform", "DER", "-in", "r.der", *keys, "-binary", "-out", "r", at=tmp_path)
    assert random == (tmp_path / "r").read_bytes()


@pytest.mark.parametrize("broken", [b"", b"\x30\x00", bytes(MAX_ENVELOPE + 1)])
def test_an_envelope_that_cannot_be_opened_is_refused(broken: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        decrypt_random(broken, pki().reader.certificate, pki().reader.key)
    assert Failure.INCORRECT_DATA == refused.value.failure


def test_a_random_of_no_length_or_too_long_is_refused() -> None:
    for random in (b"", bytes(65)):
        envelope = asn1.encode_der(encrypt_random(random, pki().reader.certificate).value)
        with pytest.raises(RefusedError) as refused:
            decrypt_random(envelope, pki().reader.certificate, pki().reader.key)
        assert Failure.INCORRECT_DATA == refused.value.failure
    with pytest.raises(ValueError, match="RSA"):
        encrypt_random(bytes(20), pki().speaker.certificate)
