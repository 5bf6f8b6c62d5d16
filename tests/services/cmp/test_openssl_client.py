"""`openssl cmp` as a client of our responder: every kind of message, by MAC and by signature."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519

from desktop.services.cmp.responder import Responder
from tests.openssl import openssl
from tests.services.cmp.desk import CODE, REFERENCE
from tests.services.cmp.pki import ec_key, named, pki, rsa_key
from tests.services.cmp.register import Register
from tests.services.cmp.served import served, write_key, write_pki

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")

SUBJECT = "/C=KR/O=changgu test/CN=hong"


@dataclass(frozen=True, slots=True)
class Outside:
    """The machine that `openssl cmp` runs on."""

    at: Path
    address: str
    register: Register

    def cmp(self, command: str, *words: str | Path, good: bool = True) -> str:
        general = ["-server", self.address, "-recipient", "/C=KR/O=changgu test/CN=Test CA"]
        return openssl("cmp", "-config", "", "-cmd", command, *general, *words, at=self.at, good=good)

    def certificate(self, name: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.at / name).read_bytes())


BY_CODE = ("-ref", REFERENCE, "-secret", f"pass:{CODE}")
BY_KEY = ("-cert", "old.pem", "-key", "old.key", "-trusted", "root.pem", "-untrusted", "ca.pem")


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    register = Register(pki(), {REFERENCE: CODE})
    write_pki(register.pki, tmp_path)
    write_key(rsa_key("leaf"), tmp_path / "new.key")
    write_key(rsa_key("old"), tmp_path / "old.key")
    write_key(ec_key("leaf"), tmp_path / "ec.key")
    responder = Responder(register, register.pki.speaker, decryption=register.pki.reader, implicit=True)
    with served(responder) as address:
        yield Outside(tmp_path, address, register)


@pytest.fixture
def old(outside: Outside) -> x509.Certificate:
    """A certificate and key that are there already, for messages by signature."""
    asked = ("-newkey", "old.key", "-subject", SUBJECT, "-certout", "old.pem")
    outside.cmp("ir", *BY_CODE, *asked)
    return outside.certificate("old.pem")


@pytest.mark.parametrize("command", ["ir", "cr"])
@pytest.mark.parametrize("key", ["new.key", "ec.key"])
@pytest.mark.parametrize("confirm", [(), ("-implicit_confirm",)])
def test_it_gets_a_certificate_by_code(outside: Outside, command: str, key: str, confirm: tuple[str, ...]) -> None:
    files = ("-newkey", key, "-certout", "got.pem", "-chainout", "chain.pem", "-cacertsout", "anchors.pem")
    said = outside.cmp(command, *BY_CODE, *confirm, "-subject", SUBJECT, "-mac", "hmacWithSHA256", *files)
    made = outside.register.last
    assert made.certificate == outside.certificate("got.pem")
    assert made.confirmed
    assert command == made.application.asked
    assert named("hong") == made.certificate.subject
    assert ("PKICONF" in said) == (not confirm)
    assert "OK" in openssl("verify", "-CAfile", "root.pem", "-untrusted", "ca.pem", "got.pem", at=outside.at)


def test_it_gets_a_certificate_by_the_mac_it_uses_unless_told(outside: Outside) -> None:
    outside.cmp("ir", *BY_CODE, "-newkey", "new.key", "-subject", SUBJECT, "-certout", "got.pem")
    assert outside.register.last.confirmed


@pytest.mark.parametrize("by", [BY_CODE, BY_KEY])
def test_it_gets_a_certificate_by_a_pkcs10_request(
    outside: Outside, old: x509.Certificate, by: tuple[str, ...]
) -> None:
    openssl("req", "-new", "-key", "new.key", "-subj", SUBJECT, "-out", "new.csr", at=outside.at)
    said = outside.cmp("p10cr", *by, "-csr", "new.csr", "-certout", "got.pem")
    made = outside.register.last
    assert "p10cr" == made.application.asked
    assert made.confirmed
    assert outside.certificate("got.pem") == made.certificate
    assert "PKICONF" in said


def test_it_gets_a_certificate_for_an_ed25519_key(outside: Outside) -> None:
    """By PKCS#10, since OpenSSL 3.0 cannot prove such a key in a template."""
    openssl("genpkey", "-algorithm", "ed25519", "-out", "ed.key", at=outside.at)
    openssl("req", "-new", "-key", "ed.key", "-subj", SUBJECT, "-out", "ed.csr", at=outside.at)
    outside.cmp("p10cr", *BY_CODE, "-csr", "ed.csr", "-certout", "got.pem")
    assert isinstance(outside.certificate("got.pem").public_key(), ed25519.Ed25519PublicKey)


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
def test_it_may_sign_by_a_longer_hash(outside: Outside, old: x509.Certificate, digest: str) -> None:
    outside.cmp("kur", *BY_KEY, "-newkey", "ec.key", "-digest", digest, "-certout", "got.pem")
    assert outside.register.last.confirmed


@pytest.mark.parametrize("command", ["ir", "cr"])
def test_it_gets_a_further_certificate_by_signature(outside: Outside, old: x509.Certificate, command: str) -> None:
    outside.cmp(command, *BY_KEY, "-newkey", "ec.key", "-subject", SUBJECT, "-certout", "got.pem")
    made = outside.register.last
    assert old == made.application.applicant.certificate
    assert made.confirmed


def test_it_renews_by_the_old_key(outside: Outside, old: x509.Certificate) -> None:
    outside.cmp("kur", *BY_KEY, "-newkey", "new.key", "-certout", "got.pem")
    made = outside.register.last
    assert old.serial_number == made.application.replaces
    assert made.confirmed
    assert x509.ReasonFlags.superseded == outside.register.made[old.serial_number].revoked
    assert old.subject == outside.certificate("got.pem").subject


def test_it_renews_by_code(outside: Outside, old: x509.Certificate) -> None:
    outside.cmp("kur", *BY_CODE, "-oldcert", "old.pem", "-newkey", "new.key", "-certout", "got.pem")
    assert old.serial_number == outside.register.last.application.replaces
    assert outside.register.last.confirmed


def test_it_revokes_by_the_key(outside: Outside, old: x509.Certificate) -> None:
    outside.cmp("rr", *BY_KEY, "-oldcert", "old.pem", "-revreason", "1")
    assert x509.ReasonFlags.key_compromise == outside.register.made[old.serial_number].revoked


def test_it_cannot_revoke_by_code(outside: Outside, old: x509.Certificate) -> None:
    said = outside.cmp("rr", *BY_CODE, "-oldcert", "old.pem", good=False)
    assert "wrongIntegrity" in said
    assert outside.register.made[old.serial_number].revoked is None


def test_it_cannot_sign_with_a_revoked_certificate(outside: Outside, old: x509.Certificate) -> None:
    outside.cmp("rr", *BY_KEY, "-oldcert", "old.pem")
    said = outside.cmp("kur", *BY_KEY, "-newkey", "new.key", "-certout", "got.pem", good=False)
    assert "certRevoked" in said


@pytest.mark.parametrize("by", [BY_CODE, BY_KEY])
@pytest.mark.parametrize("what", ["caCerts", "currentCRL", "caProtEncCert", "rootCaCert"])
def test_it_is_told_what_it_asks(outside: Outside, old: x509.Certificate, by: tuple[str, ...], what: str) -> None:
    said = outside.cmp("genm", *by, "-infotype", what, good=what != "rootCaCert")
    assert ("genp contains" in said.lower()) == (what != "rootCaCert")


def test_it_waits_for_a_certificate_that_takes_a_while(outside: Outside) -> None:
    outside.register.wait = 2
    said = outside.cmp("ir", *BY_CODE, "-newkey", "new.key", "-subject", SUBJECT, "-certout", "got.pem")
    assert "received POLLREP" in said
    assert 0 == outside.register.wait
    assert outside.register.last.confirmed


def test_a_wrong_code_is_told_in_a_message_that_the_ca_signed(outside: Outside) -> None:
    words = ("-newkey", "new.key", "-subject", SUBJECT, "-certout", "got.pem")
    wrong = ("-ref", REFERENCE, "-secret", "pass:wrong")
    said = outside.cmp("ir", *wrong, "-trusted", "root.pem", "-untrusted", "ca.pem", *words, good=False)
    assert "badMessageCheck" in said
    assert {} == outside.register.made
    assert {REFERENCE: 1} == outside.register.wrong


def test_a_key_that_is_not_proven_gets_nothing(outside: Outside) -> None:
    words = ("-newkey", "new.key", "-subject", SUBJECT, "-certout", "got.pem")
    for proof in ("-1", "0"):
        assert "badPOP" in outside.cmp("ir", *BY_CODE, "-popo", proof, *words, good=False)
    assert {} == outside.register.made
