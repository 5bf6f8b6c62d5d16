"""Identity: the right person gets on, a wrong answer is counted where it belongs, and nothing tells too much."""

import pytest

from desktop.secret import Secret
from desktop.services.api import Channel, Check, IdentityVerified, Medium, Reason, VerifyIdentity
from desktop.services.authority.bank import masked_name, masked_phone
from tests.services.authority.desk import (
    CHOI,
    HAN,
    JUNG,
    KIM,
    LEE,
    NAMGUNG,
    PARK,
    Desk,
    at_epost,
    refused,
)


def test_the_right_answers_verify_and_come_back_masked(desk: Desk) -> None:
    assert desk.identity(desk.at(Check.IDENTITY)) == IdentityVerified(
        name="김*체",
        phone="010-0000-****",
        media=(Medium.CARD, Medium.OTP),
        channels=(Channel.SMS, Channel.ARS),
    )


def test_media_are_those_the_customer_holds(desk: Desk) -> None:
    assert desk.identity(desk.at(Check.IDENTITY), LEE).media == (Medium.CARD,)
    assert desk.identity(desk.at(Check.IDENTITY), PARK).media == (Medium.OTP,)


@pytest.mark.parametrize(
    "given",
    [
        {"rrn": LEE.rrn},
        {"rrn": "8503149000000"},
        {"account": at_epost(LEE).account},
        {"account": "0000000000"},
    ],
)
def test_whatever_does_not_match_is_one_and_the_same_mismatch(desk: Desk, given: dict[str, str]) -> None:
    with refused(Reason.IDENTITY_MISMATCH, tries_left=4, field=None, detail=None):
        desk.identity(desk.at(Check.IDENTITY), KIM, **given)


def test_mismatches_are_counted_and_the_last_closes_the_journey(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    for left in (4, 3, 2, 1):
        with refused(Reason.IDENTITY_MISMATCH, tries_left=left):
            desk.identity(journey, rrn=LEE.rrn)
    with refused(Reason.IDENTITY_LOCKED, tries_left=0):
        desk.identity(journey, rrn=LEE.rrn)
    with refused(Reason.JOURNEY_CLOSED):
        desk.identity(journey)
    desk.identity(desk.at(Check.IDENTITY))


def test_tries_that_were_counted_but_never_answered_lock_the_journey_too(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    request = VerifyIdentity(
        {"rrn": Secret.of(LEE.rrn), "account": Secret.of("0000000000"), "account_password": Secret.of("0000")}
    )
    for _ in range(5):
        with desk.store.transaction() as cx:
            desk.parts.identity.count(cx, desk.parts.journeys.enter(cx, journey), request)
    with refused(Reason.IDENTITY_LOCKED, tries_left=0):
        desk.identity(journey)
    with refused(Reason.JOURNEY_CLOSED):
        desk.identity(journey)


def test_four_wrong_passwords_then_the_right_one_works_and_forgives(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    for left in (4, 3, 2, 1):
        with refused(Reason.WRONG_ACCOUNT_PASSWORD, field="account_password", tries_left=left):
            desk.identity(journey, account_password="0000")
    desk.identity(journey)
    with refused(Reason.WRONG_ACCOUNT_PASSWORD, tries_left=4):
        desk.identity(desk.at(Check.IDENTITY), account_password="0000")


def test_five_wrong_passwords_lock_the_account_across_journeys_and_restarts(desk: Desk) -> None:
    for _ in range(4):
        with refused(Reason.WRONG_ACCOUNT_PASSWORD):
            desk.identity(desk.at(Check.IDENTITY), account_password="0000")
    desk.restart()
    with refused(Reason.ACCOUNT_LOCKED, field="account_password", tries_left=0):
        desk.identity(desk.at(Check.IDENTITY), account_password="0000")
    desk.restart()
    with refused(Reason.ACCOUNT_LOCKED, tries_left=0):
        desk.identity(desk.at(Check.IDENTITY))


def test_who_has_not_joined_internet_banking_is_told_after_the_password(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    with refused(Reason.WRONG_ACCOUNT_PASSWORD):
        desk.identity(journey, CHOI, account_password="0000")
    with refused(Reason.NOT_JOINED):
        desk.identity(journey, CHOI)


def test_who_has_no_medium_is_told_at_once(desk: Desk) -> None:
    with refused(Reason.NO_MEDIUM):
        desk.identity(desk.at(Check.IDENTITY), JUNG)


def test_a_locked_account_says_so_even_with_the_right_password(desk: Desk) -> None:
    with refused(Reason.ACCOUNT_LOCKED, tries_left=0):
        desk.identity(desk.at(Check.IDENTITY), HAN)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rrn", "850314911164"),
        ("rrn", "850314-911164"),
        ("rrn", "85031491116四"),
        ("account", "123456789"),
        ("account_password", "12345"),
        ("account_password", ""),
        ("user_id", "kim"),
    ],
)
def test_what_cannot_be_an_answer_is_a_bad_request_and_not_counted(desk: Desk, field: str, value: str) -> None:
    journey = desk.at(Check.IDENTITY)
    with refused(Reason.BAD_REQUEST, field=field):
        desk.identity(journey, KIM, **{field: value})
    with refused(Reason.IDENTITY_MISMATCH, tries_left=4):
        desk.identity(journey, rrn=LEE.rrn)


def test_a_missing_answer_is_a_bad_request(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    with refused(Reason.BAD_REQUEST, field="rrn"):
        desk.checks.verify_identity(journey, VerifyIdentity({}), desk.key())


def test_the_customer_is_known_in_clear_only_for_the_block(desk: Desk) -> None:
    journey = desk.at(Check.PHONE, NAMGUNG)
    with desk.store.transaction() as cx:
        entered = desk.parts.journeys.enter(cx, journey)
        with desk.parts.customers.known(cx, entered) as customer:
            assert (customer.name, customer.birth_date) == ("남궁택배", "18990817")
            assert customer.rrn.reveal() == NAMGUNG.rrn
        assert (len(customer.rrn), len(customer.account)) == (0, 0)


def test_an_unproven_journey_has_no_customer(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    with desk.store.transaction() as cx:
        entered = desk.parts.journeys.enter(cx, journey)
        with refused(Reason.OUT_OF_ORDER), desk.parts.customers.known(cx, entered):
            pass


@pytest.mark.parametrize(("name", "masked"), [("이산", "이*"), ("김우체", "김*체"), ("남궁택배", "남**배")])
def test_names_are_masked_in_the_middle(name: str, masked: str) -> None:
    assert masked_name(name) == masked


@pytest.mark.parametrize(("phone", "masked"), [("01000001885", "010-0000-****"), ("0100001885", "010-000-****")])
def test_the_last_digits_of_phones_are_masked(phone: str, masked: str) -> None:
    assert masked_phone(phone) == masked
