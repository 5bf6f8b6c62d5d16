"""The checks that some journeys have: ID document, account, and the password of the certificate that is replaced."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from desktop.secret import Secret
from desktop.services.api import (
    Authorize,
    Check,
    Document,
    Kind,
    PasswordVerified,
    Reason,
    Task,
    VerifyDocument,
    VerifyPassword,
    password_statement,
)
from desktop.services.authority.signing import SHA256_OID
from tests.services.authority.desk import WHO, Desk, refused
from tests.services.authority.offered import offered
from tests.services.authority.purse import signed
from tests.services.authority.test_changing_at_once import at_once

GUKMIN, MUN, DO, CHU = (WHO[n] for n in ("kim_gukmin", "mun_noeul", "do_bunsil", "chu_haneul"))
BYEON = WHO["byeon_tahaeng"]
JOINT = Kind.JOINT


def prove(desk: Desk, journey: str, certificate: bytes, signature: bytes) -> PasswordVerified:
    return desk.proofs.verify_password(journey, VerifyPassword(certificate, signature), desk.key())


def for_document(desk: Desk) -> str:
    return desk.at(Check.DOCUMENT, GUKMIN, kind=Kind.MOBILE)


@pytest.mark.parametrize("kind", Document)
def test_either_document_proves_with_its_date_and_a_licence_with_its_number(desk: Desk, kind: Document) -> None:
    assert desk.document(for_document(desk), GUKMIN, kind).document is kind


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Document.RESIDENT, {"issued_on": "20150101"}),
        (Document.DRIVER, {"issued_on": "20150101"}),
        (Document.DRIVER, {"number": "110012345678"}),
    ],
)
def test_a_wrong_document_is_counted_on_the_journey_and_locks_it(
    desk: Desk, kind: Document, given: dict[str, str]
) -> None:
    journey = for_document(desk)
    for left in (4, 3, 2, 1):
        with refused(Reason.DOCUMENT_MISMATCH, field=None, tries_left=left):
            desk.document(journey, GUKMIN, kind, **given)
    desk.restart()
    with refused(Reason.DOCUMENT_LOCKED, tries_left=0):
        desk.document(journey, GUKMIN, kind, **given)
    with refused(Reason.JOURNEY_CLOSED):
        desk.document(journey, GUKMIN)


def test_a_document_that_the_person_does_not_have_is_a_mismatch(desk: Desk) -> None:
    journey = desk.at(Check.DOCUMENT, WHO["ko_byeolbit"], kind=Kind.MOBILE)
    with refused(Reason.DOCUMENT_MISMATCH):
        desk.document(journey, GUKMIN, Document.DRIVER)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (VerifyDocument(Document.RESIDENT, Secret.of("2015010")), "document_date"),
        (VerifyDocument(Document.DRIVER, Secret.of("20150101")), "document_number"),
        (VerifyDocument(Document.DRIVER, Secret.of("20150101"), Secret.of("11")), "document_number"),
        (VerifyDocument(Document.RESIDENT, Secret.of("20150101"), Secret.of("110012345678")), "document_number"),
    ],
)
def test_what_no_document_says_is_a_bad_request(desk: Desk, request_: VerifyDocument, field: str) -> None:
    with refused(Reason.BAD_REQUEST, field=field):
        desk.proofs.verify_document(for_document(desk), request_, desk.key())


def test_the_document_is_asked_of_the_hardened_alone(desk: Desk) -> None:
    plain = desk.at(None, MUN, Task.REISSUE, kind=JOINT)
    with refused(Reason.OUT_OF_ORDER):
        desk.document(plain, MUN)
    hardened = desk.at(None, DO, Task.REISSUE, kind=JOINT)
    with refused(Reason.OUT_OF_ORDER):
        desk.enrol(hardened)
    desk.document(hardened, DO)
    assert desk.gain(hardened).task is Task.REISSUE


# ── The account ──


def for_account(desk: Desk) -> str:
    return desk.at(Check.ACCOUNT, GUKMIN)


def test_the_account_and_the_ways_to_reach_a_person_are_confirmed(desk: Desk) -> None:
    assert "g**@example.com" == desk.account(for_account(desk), GUKMIN).email


def test_the_account_password_is_counted_on_the_account_as_ever(desk: Desk) -> None:
    for left in (4, 3, 2, 1):
        with refused(Reason.WRONG_ACCOUNT_PASSWORD, field="account_password", tries_left=left):
            desk.account(for_account(desk), GUKMIN, account_password="0000")
    with refused(Reason.ACCOUNT_LOCKED, tries_left=0):
        desk.account(for_account(desk), GUKMIN, account_password="0000")
    with refused(Reason.ACCOUNT_LOCKED):
        desk.account(for_account(desk), GUKMIN)


@pytest.mark.parametrize(
    ("field", "value"),
    [("account", "91112223334445"), ("account", WHO["ko_byeolbit"].at[0].account), ("phone", "01000990000")],
)
def test_an_account_or_phone_of_somebody_else_is_counted_on_the_journey(desk: Desk, field: str, value: str) -> None:
    journey = for_account(desk)
    for left in (4, 3, 2, 1):
        with refused(Reason.IDENTITY_MISMATCH, field=field, tries_left=left):
            desk.account(journey, GUKMIN, **{field: value})
    with refused(Reason.IDENTITY_LOCKED):
        desk.account(journey, GUKMIN, **{field: value})
    with refused(Reason.JOURNEY_CLOSED):
        desk.account(journey, GUKMIN)


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "gil"), ("email", "gil@home"), ("email", "a b@c.d"), ("email", "x" * 60 + "@c.d"), ("phone", "010"),
     ("account", "1"), ("account_password", "12")],
)  # fmt: skip
def test_what_cannot_be_such_a_value_is_a_bad_request(desk: Desk, field: str, value: str) -> None:
    with refused(Reason.BAD_REQUEST, field=field):
        desk.account(for_account(desk), GUKMIN, **{field: value})


# ── The password of the certificate that is replaced ──


def test_the_key_of_the_newest_joint_certificate_proves_its_password(desk: Desk) -> None:
    journey = desk.at(Check.PASSWORD, CHU, Task.REISSUE, kind=JOINT)
    verified = desk.password(journey, CHU)
    (held,) = desk.changing.holdings(journey).certificates
    assert PasswordVerified(held.credential_id) == verified


def test_a_signature_of_another_key_or_for_another_journey_is_a_wrong_password_and_never_counted(desk: Desk) -> None:
    journey = desk.at(Check.PASSWORD, CHU, Task.REISSUE, kind=JOINT)
    other = desk.at(Check.PASSWORD, CHU, Task.REISSUE, kind=JOINT)
    elsewhere = desk.purse.prove(other, desk.certificate(CHU), CHU.certificates[0].password)
    stranger = signed(generate_private_key(65537, 2048), password_statement(journey))
    for signature in (elsewhere.signature, stranger, b"", b"0" * 256):
        for _ in range(6):
            with refused(Reason.WRONG_PASSWORD, field="current_password", tries_left=None):
                prove(desk, journey, elsewhere.certificate, signature)
    assert desk.password(journey, CHU).credential_id


def test_a_certificate_of_somebody_else_or_of_nobody_proves_nothing(desk: Desk) -> None:
    journey = desk.at(Check.PASSWORD, CHU, Task.REISSUE, kind=JOINT)
    desk.at(Check.PHONE, BYEON, Task.REGISTER, kind=JOINT)
    theirs = desk.purse.prove(journey, desk.certificate(BYEON), BYEON.certificates[0].password)
    for certificate in (theirs.certificate, desk.parts.ca.chain()[0], b"", b"0" * 1000):
        with refused(Reason.NO_CERTIFICATE):
            prove(desk, journey, certificate, theirs.signature)


def test_a_certificate_revoked_meanwhile_has_no_password_to_prove(desk: Desk) -> None:
    journey = desk.at(Check.PASSWORD, CHU, Task.REISSUE, kind=JOINT)
    desk.change(desk.at(None, CHU, Task.REVOKE, kind=JOINT))
    with refused(Reason.NO_CERTIFICATE):
        desk.password(journey, CHU)


def test_ten_wrong_answers_at_once_gain_no_try(desk: Desk) -> None:
    document = for_document(desk)
    mismatches = at_once(lambda _: desk.document(document, GUKMIN, issued_on="20150101"), 10)
    assert 10 == len(mismatches)
    assert mismatches.count(Reason.DOCUMENT_MISMATCH) <= 4
    with refused(Reason.JOURNEY_CLOSED):
        desk.identity(document, GUKMIN)


def test_tries_that_were_counted_but_never_answered_lock_the_journey_too(desk: Desk) -> None:
    document = for_document(desk)
    with desk.store.transaction() as cx:
        cx.execute("UPDATE journey SET document_tries = 5")
    with refused(Reason.DOCUMENT_LOCKED, tries_left=0):
        desk.document(document, GUKMIN)


def test_who_forgot_the_password_shows_a_document_instead(desk: Desk) -> None:
    journey = desk.at(Check.PASSWORD, CHU, Task.REISSUE, kind=JOINT)
    with refused(Reason.OUT_OF_ORDER):
        desk.terms(journey)
    desk.document(journey, CHU)
    with desk.store.transaction() as cx:
        assert {Check.PASSWORD, Check.DOCUMENT} <= set(desk.parts.journeys.status(cx, journey).done)
    desk.identity(journey, CHU)
    desk.terms(journey)
    assert desk.gain(journey).kind is JOINT


def test_who_knows_the_password_needs_no_document(desk: Desk) -> None:
    journey = desk.at(None, CHU, Task.REISSUE, kind=JOINT)
    with refused(Reason.OUT_OF_ORDER):
        desk.document(journey, CHU)
    desk.gain(journey)


def test_the_cloud_knows_nothing_of_a_key_that_its_owner_keeps(desk: Desk) -> None:
    journey = desk.at(None, CHU, Task.REISSUE, kind=JOINT)
    issued = desk.gain(journey)
    assert () == desk.issuing.credentials_list(journey).credential_ids
    with refused(Reason.NOT_OFFERED):
        desk.issuing.credentials_info(journey, issued.credential_id)
    request = Authorize(issued.credential_id, (hashlib.sha256(b"x").digest(),), SHA256_OID, Secret.of("470382"))
    with refused(Reason.NOT_OFFERED):
        desk.issuing.authorize(journey, request, desk.key())
    assert [issued.serial] == [h.serial for h in desk.changing.holdings(journey).certificates if h.tasks]


def test_the_limits_are_the_banks(desk: Desk) -> None:
    desk.banks = offered(document_tries=1)
    desk.restart()
    with refused(Reason.DOCUMENT_LOCKED):
        desk.document(for_document(desk), GUKMIN, issued_on="20150101")
