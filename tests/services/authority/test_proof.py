"""The proof of a whole journey: what the customer holds at its end convinces somebody who trusts the root alone."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate, load_der_x509_crl

from desktop.secret import Secret
from desktop.services.api import Authorize, Issued, Reason, ServiceError, SignHash
from desktop.services.authority.signing import RSA_SHA256_OID, SHA256_OID
from desktop.services.npki.vid import verify_owner
from tests.services.authority.desk import KIM, LEE, PIN, START, Clock, Desk, refused

WRONG = "470381"
TEXT = "연습 서명".encode()
HASH = hashlib.sha256(TEXT).digest()


def authorize(desk: Desk, journey: str, issued: Issued, pin: str, *, key: str | None = None) -> str:
    request = Authorize(issued.credential_id, (HASH,), SHA256_OID, Secret.of(pin))
    return desk.issuing.authorize(journey, request, key or secrets.token_hex(8)).sad


@pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")
def test_openssl_follows_the_certificate_to_the_root_and_verifies_its_signature(desk: Desk, tmp_path: Path) -> None:
    journey = desk.at(None)
    issued = desk.issue(journey)
    sad = authorize(desk, journey, issued, PIN)
    request = SignHash(issued.credential_id, sad, (HASH,), SHA256_OID, RSA_SHA256_OID)
    (signature,) = desk.issuing.sign_hash(journey, request, desk.key()).signatures
    leaf, issuing, root = map(load_der_x509_certificate, (issued.certificate, *issued.chain))
    key = leaf.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for name, content in {
        "certificate.pem": leaf.public_bytes(Encoding.PEM),
        "chain.pem": issuing.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM),
        "crl.pem": load_der_x509_crl(desk.issuing.crl()).public_bytes(Encoding.PEM),
        "key.pem": key,
        "signature": signature,
        "text": TEXT,
    }.items():
        (tmp_path / name).write_bytes(content)
    now = ("-attime", str(int(START)))
    verify = ("verify", *now, "-crl_check", "-CAfile", "chain.pem", "-CRLfile", "crl.pem", "certificate.pem")
    check = ("dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "text")
    for command, said in ((verify, "certificate.pem: OK"), (check, "Verified OK")):
        done = subprocess.run(["openssl", *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert said in done.stdout, done.stderr


def test_the_vid_recomputes_from_the_resident_number_and_r(desk: Desk) -> None:
    issued = desk.issue(desk.at(None))
    with desk.store.read() as cx:
        account = cx.execute("SELECT account FROM cloud_credentials WHERE id = ?", (issued.credential_id,)).fetchone()
        r = desk.parts.cloud.random(cx, account["account"], issued.credential_id)
    certificate = load_der_x509_certificate(issued.certificate)
    verify_owner(certificate, Secret.of(KIM.rrn), r)
    with refused(Reason.IDENTITY_MISMATCH):
        verify_owner(certificate, Secret.of(LEE.rrn), r)


def test_a_pin_four_times_wrong_then_right_works(desk: Desk) -> None:
    journey = desk.at(None)
    issued = desk.issue(journey)
    for _ in range(2):
        for left in (4, 3, 2, 1):
            with refused(Reason.WRONG_PIN, tries_left=left):
                authorize(desk, journey, issued, WRONG)
        authorize(desk, journey, issued, PIN)


def test_a_pin_five_times_wrong_locks_though_the_program_was_restarted_between(folder: Path, clock: Clock) -> None:
    desk = Desk(folder, clock)
    journey = desk.at(None)
    issued = desk.issue(journey)
    for left in (4, 3, 2, 1):
        with refused(Reason.WRONG_PIN, tries_left=left):
            authorize(desk, journey, issued, WRONG)
        desk.restart()
    with refused(Reason.PIN_LOCKED, tries_left=0):
        authorize(desk, journey, issued, WRONG)
    desk.restart()
    with refused(Reason.PIN_LOCKED, tries_left=0):
        authorize(desk, journey, issued, PIN)
    desk.close()


def test_ten_wrong_pins_at_once_gain_no_try_in_a_journey(desk: Desk) -> None:
    journey = desk.at(None)
    issued = desk.issue(journey)

    def attempt(_: int) -> Reason:
        with pytest.raises(ServiceError) as refusal:
            authorize(desk, journey, issued, WRONG)
        return refusal.value.reason

    with ThreadPoolExecutor(10) as pool:
        reasons = list(pool.map(attempt, range(10)))
    assert (4, 6) == (reasons.count(Reason.WRONG_PIN), reasons.count(Reason.PIN_LOCKED))


def test_an_authorization_asked_again_is_the_same_and_costs_one_try(desk: Desk) -> None:
    journey = desk.at(None)
    issued = desk.issue(journey)
    key = desk.key()
    assert authorize(desk, journey, issued, PIN, key=key) == authorize(desk, journey, issued, PIN, key=key)
    wrong = desk.key()
    for _ in range(3):
        with refused(Reason.WRONG_PIN, tries_left=4):
            authorize(desk, journey, issued, WRONG, key=wrong)
    with refused(Reason.KEY_REUSED):
        authorize(desk, journey, issued, PIN, key=wrong)
