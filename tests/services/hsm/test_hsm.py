"""Keys of a server on a token: they sign what a CA signs, wrap what it keeps, and stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.hsm.session import Hsm, parse_uri
from desktop.services.hsm.signing import Private, TokenSigner, on_token
from desktop.services.hsm.wrapping import TokenWrapping
from tests.services.softhsm import LABEL, LIBRARY, NEEDED, PIN, soft_token

NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA")])


@pytest.fixture
def hsm(tmp_path: Path) -> Iterator[Hsm]:
    with soft_token(tmp_path) as tokens:
        tokens.places()  # the library looks at this test's tokens from here on
        opened = Hsm(LABEL, Secret(PIN.encode()), LIBRARY)
        yield opened
        opened.close()


def refused(work: object) -> ServiceError:
    assert callable(work)
    with pytest.raises(ServiceError) as caught:
        work()
    return caught.value


def certificate(key: Private) -> x509.Certificate:
    now = datetime.now(UTC)
    return x509.CertificateBuilder(NAME, NAME, key.public_key(), 1, now, now + timedelta(days=1)).sign(
        key, hashes.SHA256()
    )


@NEEDED
@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_certificates_and_lists_are_signed_on_the_token(hsm: Hsm, kind: Literal["rsa", "p256"]) -> None:
    key = TokenSigner(hsm, "issuing").make(kind)
    made = certificate(key)
    made.verify_directly_issued_by(made)
    now = datetime.now(UTC)
    crl = x509.CertificateRevocationListBuilder(NAME, now, now + timedelta(days=1)).sign(key, hashes.SHA256())
    assert crl.is_signature_valid(key.public_key())
    assert (True, {"rsa": 2048, "p256": 256}[kind]) == (on_token(key), key.key_size)


@NEEDED
def test_the_key_that_is_there_is_found_again_and_no_other(hsm: Hsm) -> None:
    signer = TokenSigner(hsm, "issuing")
    key = signer.make("p256")
    assert key.public_key() == signer.make("rsa").public_key()
    assert key.public_key() == signer.find(key.public_key()).public_key()
    assert key.public_key() != TokenSigner(hsm, "another").make("p256").public_key()
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    assert (Reason.KEY_MISSING, LABEL) == ((error := refused(lambda: signer.find(other))).reason, error.where)


@NEEDED
@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_the_key_stays_and_signs_alone(hsm: Hsm, kind: Literal["rsa", "p256"]) -> None:
    key = TokenSigner(hsm, "issuing").make(kind)
    with pytest.raises(TypeError):
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(TypeError):
        key.private_numbers()
    with pytest.raises(ValueError, match="SHA-256"):
        _ = (
            key.sign(b"x", padding.PKCS1v15(), hashes.SHA512())
            if isinstance(key, rsa.RSAPrivateKey)
            else key.sign(b"x", ec.ECDSA(hashes.SHA512()))
        )


@NEEDED
def test_a_session_that_is_lost_is_opened_again(hsm: Hsm, tmp_path: Path) -> None:
    key = TokenSigner(hsm, "issuing").make("p256")
    certificate(key)
    hsm.do(lambda session: session.close())
    made = certificate(key)
    made.verify_directly_issued_by(made)


@NEEDED
def test_what_is_wrapped_opens_with_that_key_alone(hsm: Hsm) -> None:
    wrapping = TokenWrapping(hsm, "vault")
    wrapped = wrapping.wrap(b"k" * 32)
    assert (b"k" * 32, False) == (TokenWrapping(hsm, "vault").unwrap(wrapped), b"kkkk" in wrapped)
    assert Reason.KEY_MISSING == refused(lambda: TokenWrapping(hsm, "other").unwrap(wrapped)).reason
    assert Reason.KEY_MISMATCH == refused(lambda: wrapping.unwrap(wrapped[:-1] + b"\0\0")).reason


@NEEDED
def test_a_wrong_pin_and_a_token_that_is_not_there_are_said(hsm: Hsm) -> None:
    for label, pin, reason in ((LABEL, "0000", Reason.WRONG_TOKEN_PIN), ("none", PIN, Reason.TOKEN_GONE)):
        error = refused(
            lambda label=label, pin=pin: TokenSigner(Hsm(label, Secret(pin.encode()), LIBRARY), "x").make("p256")
        )
        assert (reason, label) == (error.reason, error.where)


def test_a_library_that_is_not_there_is_said(tmp_path: Path) -> None:
    missing = tmp_path / "none.so"
    error = refused(lambda: TokenSigner(Hsm(LABEL, Secret(PIN.encode()), missing), "x").make("p256"))
    assert (Reason.TOKEN_FAILED, str(missing)) == (error.reason, error.where)


def test_a_key_is_named_by_token_and_label() -> None:
    assert ("가온 토큰", "issuing") == parse_uri("pkcs11:token=%EA%B0%80%EC%98%A8%20토큰;object=issuing")
    for wrong in ("pkcs11:token=x", "file:x", "pkcs11:token=x;object=y;pin-value=1", "pkcs11:token=;object=y"):
        with pytest.raises(ValueError, match="LABEL"):
            parse_uri(wrong)
