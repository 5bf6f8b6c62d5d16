"""What other people's programs say of ours: OpenSSL and pkilint on certificate, list, OCSP answer and signature."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ReasonFlags, load_der_x509_certificate, ocsp

from desktop.services.api import SignHash
from desktop.services.authority.founding import renew
from desktop.services.authority.profile import Names
from desktop.services.authority.signing import RSA_SHA256_OID, SHA256_OID
from desktop.services.authority.vault import Vault
from tests.services.authority.pki import PIN, Clock, Person, World

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")


@pytest.fixture
def world() -> Iterator[World]:
    """At the real time, because OpenSSL looks at its own clock."""
    with World(clock=Clock(time.time())) as made:
        yield made


@pytest.fixture
def person(world: World, tmp_path: Path) -> Person:
    person = world.issue()
    for name, der in zip(("leaf", "issuing", "root"), (person.issued.der, *world.ca.chain()), strict=True):
        (tmp_path / f"{name}.der").write_bytes(der)
        (tmp_path / f"{name}.pem").write_bytes(load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    save_crl(world, tmp_path)
    return person


def save_crl(world: World, folder: Path) -> None:
    (folder / "crl.der").write_bytes(world.crl())
    openssl(folder, "crl", "-inform", "der", "-in", "crl.der", "-out", "crl.pem")


def openssl(folder: Path, *arguments: str, returns: int = 0) -> str:
    """Output and error output together; the exit code must be `returns`."""
    done = subprocess.run(
        ["openssl", *arguments], cwd=folder, capture_output=True, text=True, errors="replace", check=False
    )
    assert returns == done.returncode, done.stdout + done.stderr
    return done.stdout + done.stderr


def verify(folder: Path, *, returns: int = 0) -> str:
    chain = ("-CAfile", "root.pem", "-untrusted", "issuing.pem", "-CRLfile", "crl.pem")
    return openssl(folder, "verify", "-x509_strict", "-crl_check", *chain, "leaf.pem", returns=returns)


def ask_ocsp(world: World, folder: Path) -> str:
    """Asks, answers and has the saved answer checked, nonce and all."""
    both = ("-issuer", "issuing.pem", "-cert", "leaf.pem")
    openssl(folder, "ocsp", *both, "-reqout", "request.der")
    (folder / "ocsp.der").write_bytes(world.ocsp((folder / "request.der").read_bytes()))
    # -no_nonce keeps the nonce of the request that was saved, instead of putting a new one in its place.
    saved = ("-reqin", "request.der", "-respin", "ocsp.der", "-no_nonce")
    return openssl(folder, "ocsp", *saved, "-CAfile", "root.pem", *both)


def test_openssl_verifies_the_certificate_against_chain_and_list(person: Person, tmp_path: Path) -> None:
    assert "leaf.pem: OK" in verify(tmp_path)


def test_openssl_refuses_the_certificate_once_revoked(world: World, person: Person, tmp_path: Path) -> None:
    with world.store.transaction() as cx:
        world.ca.revoke(cx, person.issued.serial)
    save_crl(world, tmp_path)
    assert "certificate revoked" in verify(tmp_path, returns=2)


def test_openssl_reads_the_profile(person: Person, tmp_path: Path) -> None:
    text = openssl(tmp_path, "x509", "-in", "leaf.pem", "-noout", "-text", "-nameopt", "oneline,utf8,-esc_msb")
    text = text.replace(" = ", "=")  # as newer versions write it
    for line in (
        "Version: 3 (0x2)",
        "Signature Algorithm: sha256WithRSAEncryption",
        "Issuer: C=kr, O=changgu-practice, OU=AccreditedCA, CN=Changgu Practice CA Class 1",
        "Subject: C=kr, O=changgu-practice, OU=personal4IB, OU=EPB, CN=홍길동()0071041",
        "15:00:00",
        "14:59:59",
        "Public-Key: (2048 bit)",
        "CN=Changgu Practice Root CA",
        "X509v3 Key Usage: critical",
        "Digital Signature, Non Repudiation",
        "X509v3 Certificate Policies: critical",
        "Policy: 1.2.410.200005.1.1.1.10",
        "othername: 1.2.410.200004.10.1.1:",
        "OCSP - URI:http://changgu-practice.invalid/ocsp",
    ):
        assert line in text
    assert "Basic Constraints" not in text
    assert "Extended Key Usage" not in text


def test_openssl_accepts_the_ocsp_answer_good_then_revoked(world: World, person: Person, tmp_path: Path) -> None:
    good = ask_ocsp(world, tmp_path)
    assert "Response verify OK" in good
    assert "leaf.pem: good" in good
    assert "WARNING" not in good
    with world.store.transaction() as cx:
        world.ca.revoke(cx, person.issued.serial, ReasonFlags.key_compromise)
    revoked = ask_ocsp(world, tmp_path)
    assert "Response verify OK" in revoked
    assert "leaf.pem: revoked" in revoked
    assert "Reason: keyCompromise" in revoked


def test_openssl_reads_the_list_with_number_and_reasons(world: World, person: Person, tmp_path: Path) -> None:
    with world.store.transaction() as cx:
        world.ca.suspend(cx, person.issued.serial)
    save_crl(world, tmp_path)
    text = openssl(tmp_path, "crl", "-in", "crl.pem", "-noout", "-text", "-CAfile", "issuing.pem", "-verify")
    for line in ("verify OK", "X509v3 CRL Number: \n                2", "Certificate Hold", "Authority Key Identifier"):
        assert line in text
    serial = person.issued.serial  # whole bytes, and as few as it takes: one in 128 has fewer than twenty
    assert f"Serial Number: {serial.to_bytes((serial.bit_length() + 7) // 8).hex().upper()}\n" in text


def test_openssl_verifies_a_remote_signature(world: World, person: Person, tmp_path: Path) -> None:
    text = "연습 서명".encode()
    (tmp_path / "text").write_bytes(text)
    digest = hashlib.sha256(text).digest()
    sad = world.authorize(person, PIN, digest).sad
    request = SignHash(person.credential, sad, (digest,), SHA256_OID, RSA_SHA256_OID)
    with world.store.transaction() as cx:
        (signature,) = world.signing.sign(cx, person.account, "j1", request).signatures
    (tmp_path / "signature").write_bytes(signature)
    key = load_der_x509_certificate(person.issued.der).public_key()
    (tmp_path / "key.pem").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    command = ("dgst", "-sha256", "-verify", "key.pem", "-signature", "signature")
    assert "Verified OK" in openssl(tmp_path, *command, "text")
    (tmp_path / "text").write_bytes(text + b"!")
    assert "Verification failure" in openssl(tmp_path, *command, "text", returns=1)


def findings(program: str, *arguments: str) -> set[str]:
    """Codes of pkilint's findings, warnings and worse."""
    command = [str(Path(sys.executable).with_name(program)), "lint", *arguments, "-s", "WARNING", "-f", "JSON"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    reported = json.loads(done.stdout)["results"]
    return {finding["code"] for result in reported for finding in result["finding_descriptions"]}


def test_pkilint_finds_nothing_but_the_notice_that_the_korean_profile_forces(person: Person, tmp_path: Path) -> None:
    # The profile has the notice as BMPString; RFC 5280 forbade it and RFC 6818 allows it again.
    expected = {"pkix.rfc5280_certificate_policies_invalid_explicit_text_encoding"}
    assert expected == findings("lint_pkix_cert", str(tmp_path / "leaf.der"))
    assert set() == findings("lint_pkix_cert", str(tmp_path / "issuing.der"))
    assert set() == findings("lint_pkix_cert", str(tmp_path / "root.der"))


def test_pkilint_finds_nothing_in_list_and_ocsp_answer(world: World, person: Person, tmp_path: Path) -> None:
    ask_ocsp(world, tmp_path)
    with world.store.transaction() as cx:
        world.ca.suspend(cx, person.issued.serial)
    save_crl(world, tmp_path)
    assert set() == findings("lint_crl", "-t", "CRL", "-p", "PKIX", str(tmp_path / "crl.der"))
    assert set() == findings("lint_ocsp_response", str(tmp_path / "ocsp.der"))


def test_pkilint_finds_nothing_in_the_responders_certificate(world: World, person: Person, tmp_path: Path) -> None:
    ask_ocsp(world, tmp_path)
    answer = ocsp.load_der_ocsp_response((tmp_path / "ocsp.der").read_bytes())
    (tmp_path / "responder.der").write_bytes(answer.certificates[0].public_bytes(Encoding.DER))
    assert set() == findings("lint_pkix_cert", str(tmp_path / "responder.der"))


def test_after_a_renewal_of_the_ca_old_and_new_certificates_hold_by_one_list(tmp_path: Path) -> None:
    clock, vault = Clock(time.time() - 2 * 365 * 86400), Vault(bytes(32))
    with World(tmp_path / "a.db", vault=vault, clock=clock) as before:
        old, chain = before.issue(), before.ca.chain()
        clock.now = time.time()
        with before.store.transaction() as cx:
            renew(cx, vault, Names(), clock.now)
    with World(tmp_path / "a.db", vault=vault, clock=clock) as after:
        new = after.issue("customer-2")
        assert (chain, after.ca.chain()) == (after.ca.chain_of(old.issued.der), after.ca.chain_of(new.issued.der))
        issuing = [load_der_x509_certificate(der) for der in (chain[0], after.ca.chain()[0])]
        assert issuing[0].public_key() == issuing[1].public_key()
        assert issuing[0].not_valid_after_utc < issuing[1].not_valid_after_utc
        for person in (old, new):
            certificates = (person.issued.der, *after.ca.chain_of(person.issued.der))
            for name, der in zip(("leaf", "issuing", "root"), certificates, strict=True):
                (tmp_path / f"{name}.pem").write_bytes(load_der_x509_certificate(der).public_bytes(Encoding.PEM))
            save_crl(after, tmp_path)
            verify(tmp_path)
            with after.store.transaction() as cx:
                after.ca.revoke(cx, person.issued.serial, ReasonFlags.key_compromise)
            save_crl(after, tmp_path)
            assert "certificate revoked" in verify(tmp_path, returns=2)
