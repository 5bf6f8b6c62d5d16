"""The issue: after all checks, once, under a PIN that is not easily guessed, whole or not at all."""

import hashlib
import sqlite3

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from desktop.secret import Secret
from desktop.services.api import (
    Authorize,
    Authorized,
    Check,
    Issued,
    Kind,
    Reason,
    ServiceError,
    Signatures,
    SignHash,
    Status,
    Task,
)
from desktop.services.authority.signing import RSA_SHA256_OID, SHA256_OID
from tests.services.authority.desk import KIM, LEE, PIN, WHO, Clock, Desk, refused

HASH = hashlib.sha256(b"proof").digest()


def authorize(desk: Desk, journey: str, issued: Issued, pin: str = PIN, *, key: str | None = None) -> Authorized:
    request = Authorize(issued.credential_id, (HASH,), SHA256_OID, Secret.of(pin))
    return desk.issuing.authorize(journey, request, key or desk.key())


def sign(desk: Desk, journey: str, issued: Issued, sad: str, *, key: str | None = None) -> Signatures:
    request = SignHash(issued.credential_id, sad, (HASH,), SHA256_OID, RSA_SHA256_OID)
    return desk.issuing.sign_hash(journey, request, key or desk.key())


def test_a_journey_with_every_check_done_ends_in_a_certificate(desk: Desk) -> None:
    journey = desk.at(None)
    issued = desk.issue(journey)
    certificate = x509.load_der_x509_certificate(issued.certificate)
    certificate.verify_directly_issued_by(x509.load_der_x509_certificate(issued.chain[0]))
    assert (issued.bank, issued.kind, issued.owner) == ("epost", Kind.FINANCIAL, "김*체")
    assert issued.serial == str(certificate.serial_number)
    assert issued.policy == "1.2.410.200005.1.1.1.10"
    assert issued.not_before < desk.clock() < issued.not_after
    assert desk.issuing.credentials_list(journey).credential_ids == (issued.credential_id,)


def test_the_certificate_signs_with_its_pin(desk: Desk) -> None:
    journey = desk.at(None)
    issued = desk.issue(journey)
    (signature,) = sign(desk, journey, issued, authorize(desk, journey, issued).sad).signatures
    key = x509.load_der_x509_certificate(issued.certificate).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signature, b"proof", padding.PKCS1v15(), SHA256())


@pytest.mark.parametrize(
    ("pin", "rule"),
    [
        ("777777", "pin_repeated"),
        ("890123", "pin_ascending"),
        ("210987", "pin_descending"),
        (KIM.rrn[7:13], "pin_from_rrn"),
        ("850314", "pin_from_rrn"),
        ("188503", "pin_from_birth_date"),
        (KIM.phone[5:11], "pin_from_phone"),
        (KIM.at[0].account[3:9], "pin_from_account"),
    ],
)
def test_a_pin_that_is_easily_guessed_is_refused_with_the_rule(desk: Desk, pin: str, rule: str) -> None:
    journey = desk.at(None)
    with refused(Reason.WEAK_PIN, field="pin", detail=rule):
        desk.issue(journey, pin)
    desk.issue(journey)


@pytest.mark.parametrize("pin", ["12345", "1234567", "12a456"])
def test_what_cannot_be_a_pin_is_a_bad_request(desk: Desk, pin: str) -> None:
    with refused(Reason.BAD_REQUEST, field="pin"):
        desk.issue(desk.at(None), pin)


def test_a_journey_issues_once(desk: Desk) -> None:
    journey = desk.at(None)
    desk.issue(journey)
    with refused(Reason.ALREADY_ISSUED):
        desk.issue(journey)


def test_who_has_a_good_certificate_gets_no_second_until_it_is_revoked(desk: Desk) -> None:
    first, second = desk.at(None), desk.at(None)
    issued = desk.issue(first)
    with refused(Reason.ALREADY_ISSUED):
        desk.issue(second)
    desk.issue(desk.at(None, LEE))
    with desk.store.transaction() as cx:
        desk.parts.ca.revoke(cx, int(issued.serial))
    assert desk.issue(second).serial != issued.serial


@pytest.mark.parametrize("how", ["ABORT", "ROLLBACK"])  # of the statement, or as a full disk does, of everything
def test_a_store_that_fails_at_the_last_step_leaves_nothing_behind(desk: Desk, how: str) -> None:
    journey = desk.at(None)
    with desk.store.transaction() as cx:
        cx.execute(f"CREATE TRIGGER fails BEFORE UPDATE OF issued ON journey BEGIN SELECT RAISE({how}, 'no room'); END")
    with pytest.raises(sqlite3.IntegrityError):
        desk.issue(journey, key="k")
    with desk.store.transaction() as cx:
        assert cx.execute("SELECT count(*) FROM ca_certificates").fetchone()[0] == 0
        assert cx.execute("SELECT count(*) FROM cloud_credentials").fetchone()[0] == 0
        cx.execute("DROP TRIGGER fails")
    assert desk.issue(journey, key="k").bank == "epost"


def test_a_refusal_in_the_middle_of_the_issue_leaves_no_certificate(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise ServiceError(Reason.BAD_REQUEST)

    journey = desk.at(None)
    monkeypatch.setattr(desk.parts.cloud, "store_credential", refuse)
    with refused(Reason.BAD_REQUEST):
        desk.issue(journey)
    with desk.store.read() as cx:
        assert cx.execute("SELECT count(*) FROM ca_certificates").fetchone()[0] == 0


def test_a_task_that_is_no_issue_issues_nothing(desk: Desk) -> None:
    song = WHO["song_ujeong"]
    with refused(Reason.NOT_OFFERED):
        desk.issue(desk.at(None, song, Task.REVOKE))


def test_info_shows_state_and_tries(desk: Desk) -> None:
    journey = desk.at(None)
    issued = desk.issue(journey)
    with refused(Reason.WRONG_PIN, tries_left=4):
        authorize(desk, journey, issued, "470383")
    info = desk.issuing.credentials_info(journey, issued.credential_id)
    assert (info.cert_status, info.key_status, info.tries_left) == (Status.GOOD, "enabled", 4)
    assert info.certificates == (issued.certificate, *issued.chain)


def test_somebody_elses_credential_does_not_exist(desk: Desk) -> None:
    issued = desk.issue(desk.at(None))
    other = desk.at(None, LEE)
    with refused(Reason.NO_CERTIFICATE):
        desk.issuing.credentials_info(other, issued.credential_id)
    with refused(Reason.NO_CERTIFICATE):
        authorize(desk, other, issued)


def test_a_wrong_pin_asked_again_under_its_key_costs_one_try(desk: Desk) -> None:
    journey = desk.at(None)
    issued = desk.issue(journey)
    for _ in range(3):
        with refused(Reason.WRONG_PIN, tries_left=4, field="pin"):
            authorize(desk, journey, issued, "470383", key="k")
    with refused(Reason.BAD_REQUEST, field="pin"):
        authorize(desk, journey, issued, "47038")
    again = authorize(desk, journey, issued, key="right")
    assert authorize(desk, journey, issued, key="right") == again
    signed = sign(desk, journey, issued, again.sad, key="sign")
    assert sign(desk, journey, issued, again.sad, key="sign") == signed
    with refused(Reason.PROOF_FAILED):
        sign(desk, journey, issued, again.sad)


def test_five_wrong_pins_lock_across_restarts(desk: Desk) -> None:
    journey = desk.at(None)
    issued = desk.issue(journey)
    for left in (4, 3, 2, 1):
        with refused(Reason.WRONG_PIN, tries_left=left):
            authorize(desk, journey, issued, "470383")
    desk.restart()
    with refused(Reason.PIN_LOCKED, tries_left=0):
        authorize(desk, journey, issued, "470383")
    with refused(Reason.PIN_LOCKED):
        authorize(desk, journey, issued)
    assert desk.issuing.credentials_info(journey, issued.credential_id).key_status == "disabled"


def test_an_expired_certificate_signs_nothing_and_a_new_one_may_be_issued(desk: Desk, clock: Clock) -> None:
    issued = desk.issue(desk.at(None))
    clock.now = issued.not_after + 1
    journey = desk.at(None)
    with refused(Reason.CERTIFICATE_EXPIRED):
        authorize(desk, journey, issued)
    assert desk.issue(journey).serial != issued.serial


def test_a_journey_without_its_last_check_sees_no_credentials(desk: Desk) -> None:
    waiting = desk.at(Check.CLOUD)
    desk.issue(desk.at(None))
    with refused(Reason.OUT_OF_ORDER):
        desk.issuing.credentials_list(waiting)


def test_the_crl_and_ocsp_are_answered(desk: Desk) -> None:
    crl = x509.load_der_x509_crl(desk.issuing.crl())
    assert crl.next_update_utc is not None
    assert desk.issuing.ocsp(b"nonsense")
