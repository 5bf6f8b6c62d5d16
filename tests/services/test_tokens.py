"""SoftHSM2 as a token: keys are made there, sign there, and cannot be had."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from desktop.secret import Secret
from desktop.services.api import PlaceKind, Reason, ServiceError
from desktop.services.tokens import TokenKey, Tokens, open_tokens
from tests.services.softhsm import LABEL, NEEDED, PIN

R = bytes(range(20))
pytestmark = NEEDED


@pytest.fixture
def place(tokens: Tokens) -> str:
    return tokens.places()[0].id


def issue(key: TokenKey | rsa.RSAPrivateKey, ca: rsa.RSAPrivateKey, serial: int) -> bytes:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "made-up CA")]),
        subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "김가온")]),
        public_key=key.public_key(),
        serial_number=serial,
        not_valid_before=now,
        not_valid_after=now + timedelta(days=1),
    )
    return builder.sign(ca, SHA256()).public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def ca() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def reason(raised: pytest.ExceptionInfo[ServiceError]) -> tuple[Reason, str | None]:
    return raised.value.reason, raised.value.where


def test_a_token_is_offered_by_its_label(tokens: Tokens) -> None:
    (found,) = tokens.places()
    assert (PlaceKind.TOKEN, LABEL, "", "") == (found.kind, found.label, found.path, found.trouble)


def test_a_key_is_made_on_the_token_keeps_its_certificate_and_signs(
    tokens: Tokens, place: str, ca: rsa.RSAPrivateKey
) -> None:
    with tokens.unlocked(place, Secret.of(PIN)) as session:
        key = session.new_key(2048)
        session.keep(key, issue(key, ca, 4301), R)
        assert R == session.random_of(key.name)
    signed = tokens.sign(4301, Secret.of(PIN), b"a document")
    assert signed is not None
    certificate = x509.load_der_x509_certificate(signed.certificate)
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(signed.signature, b"a document", PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        public.verify(signed.signature, b"another", PKCS1v15(), SHA256())
    assert 4301 in [known.serial_number for known in tokens.certificates(place)]


def test_the_key_cannot_be_had(tokens: Tokens, place: str) -> None:
    import pkcs11
    from pkcs11 import Attribute, ObjectClass

    with tokens.unlocked(place, Secret.of(PIN)) as session:
        key = session.new_key(2048)
        raw = session._session
        (private,) = list(raw.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: key.name}))
        assert (True, False) == (private[Attribute.SENSITIVE], private[Attribute.EXTRACTABLE])
        assert private[Attribute.NEVER_EXTRACTABLE]
        for secret in (Attribute.PRIVATE_EXPONENT, Attribute.PRIME_1):
            with pytest.raises(pkcs11.AttributeSensitive):
                private[secret]
        wrapping = raw.generate_key(pkcs11.KeyType.AES, 256, store=False)
        with pytest.raises(pkcs11.PKCS11Error):
            wrapping.wrap_key(private)  # type: ignore[attr-defined]  # the stub of the plain class
        with pytest.raises(TypeError, match="does not leave"):
            key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        with pytest.raises(TypeError, match="does not leave"):
            key.private_numbers()
        with pytest.raises(TypeError, match="signs"):
            key.decrypt(b"", PKCS1v15())
        session.discard(key)


def test_a_token_signs_in_one_way_alone(tokens: Tokens, place: str) -> None:
    with tokens.unlocked(place, Secret.of(PIN)) as session:
        key = session.new_key(2048)
        with pytest.raises(ValueError, match=r"PKCS#1"):
            key.sign(b"x", PSS(MGF1(SHA256()), 32), SHA256())
        with pytest.raises(ValueError, match=r"PKCS#1"):
            key.sign(b"x", PKCS1v15(), SHA1())
        session.discard(key)


def test_a_key_without_its_certificate_leaves_nothing_behind(tokens: Tokens, place: str) -> None:
    before = len(tokens.certificates(place))
    with tokens.unlocked(place, Secret.of(PIN)) as session:
        key = session.new_key(2048)
        session.discard(key)
        with pytest.raises(ServiceError) as raised:
            key.sign(b"x", PKCS1v15(), SHA256())
        assert Reason.TOKEN_FAILED == raised.value.reason
    assert before == len(tokens.certificates(place))


def test_a_certificate_of_another_key_is_not_put_beside_it(tokens: Tokens, place: str, ca: rsa.RSAPrivateKey) -> None:
    with tokens.unlocked(place, Secret.of(PIN)) as session:
        key = session.new_key(2048)
        with pytest.raises(ServiceError) as raised:
            session.keep(key, issue(ca, ca, 4302), R)
        assert (Reason.KEY_MISMATCH, LABEL) == reason(raised)
        session.discard(key)


def test_a_wrong_pin_and_a_missing_token_are_told_apart(tokens: Tokens, place: str) -> None:
    with pytest.raises(ServiceError) as raised, tokens.unlocked(place, Secret.of("000000")):
        pass
    assert (Reason.WRONG_TOKEN_PIN, LABEL) == reason(raised)
    with pytest.raises(ServiceError) as raised, tokens.unlocked("token:nobody:1", Secret.of(PIN)):
        pass
    assert Reason.TOKEN_GONE == raised.value.reason
    with pytest.raises(ServiceError) as raised:
        tokens.certificates("token:nobody:1")
    assert Reason.TOKEN_GONE == raised.value.reason


def test_what_no_token_has_is_not_asked_a_pin_for(tokens: Tokens) -> None:
    assert tokens.sign(999, Secret.of("000000"), b"x") is None


def test_a_certificate_whose_key_is_gone_is_said(tokens: Tokens, place: str, ca: rsa.RSAPrivateKey) -> None:
    from pkcs11 import Attribute, ObjectClass

    with tokens.unlocked(place, Secret.of(PIN)) as session:
        key = session.new_key(2048)
        session.keep(key, issue(key, ca, 4303), R)
        wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: key.name}
        for found in list(session._session.get_objects(wanted)):
            found.destroy()
        with pytest.raises(ServiceError) as raised:
            session.sign(4303, b"x")
        assert (Reason.KEY_MISSING, LABEL) == reason(raised)
        with pytest.raises(ServiceError) as raised:
            session.sign(4399, b"x")
        assert (Reason.CERTIFICATE_NOT_HERE, LABEL) == reason(raised)
        session.discard(key)
        assert session.random_of(key.name) is None


def test_a_library_that_is_none_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "token.so"
    broken.write_bytes(b"no library")
    with pytest.raises(ServiceError) as raised:
        open_tokens(broken)
    assert (Reason.TOKEN_FAILED, str(broken)) == reason(raised)
