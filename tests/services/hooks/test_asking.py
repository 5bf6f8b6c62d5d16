"""Identity, account and document by the bank's own directory: counted first, asked outside, believed where it fits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktop.services.api import Check, Document, Kind, Medium, Reason, ServiceError
from desktop.services.authority.asking import key_for
from tests.services.authority.desk import KIM, LEE, WHO, Clock, refused
from tests.services.hooks.banks import AWAY
from tests.services.hooks.desk import BankDesk

GUKMIN = WHO["kim_gukmin"]


@pytest.fixture
def journey(desk: BankDesk) -> str:
    return desk.at(Check.IDENTITY)


def tries(desk: BankDesk) -> int:
    with desk.store.read() as cx:
        return int(cx.execute("SELECT identity_tries FROM journey ORDER BY id DESC").fetchone()["identity_tries"])


def test_whom_the_bank_knows_is_known_here_from_then_on(desk: BankDesk, journey: str) -> None:
    verified = desk.identity(journey, key="mine")
    assert ("김*체", (Medium.CARD, Medium.OTP)) == (verified.name, verified.media)
    assert ["", key_for(journey, "mine")] == desk.directory.keys
    with desk.store.read() as cx:
        row = desk.parts.customers.by_rrn(cx, KIM.rrn)
        assert row is not None
        assert "C-1" == desk.parts.customers.reference(cx, "epost", row)
        with desk.parts.customers.person(cx, row) as person:
            assert (KIM.name, KIM.phone) == (person.name, person.phone)
    assert 0 == tries(desk)


def test_a_mismatch_does_not_say_of_what_and_the_last_one_closes_the_journey(desk: BankDesk, journey: str) -> None:
    for left in (4, 3, 2, 1):
        with refused(Reason.IDENTITY_MISMATCH, field=None, tries_left=left):
            desk.identity(journey, account="10000000000000")
    with refused(Reason.IDENTITY_LOCKED, tries_left=0):
        desk.identity(journey, account="10000000000000")
    with refused(Reason.JOURNEY_CLOSED):
        desk.identity(journey)
    assert 5 == desk.directory.asked


def test_a_wrong_account_password_is_told_with_the_tries_that_the_bank_has_left(desk: BankDesk, journey: str) -> None:
    with refused(Reason.WRONG_ACCOUNT_PASSWORD, field="account_password", tries_left=4):
        desk.identity(journey, account_password="0000")
    desk.directory.tries_left = 0
    with refused(Reason.ACCOUNT_LOCKED, tries_left=0):
        desk.identity(journey)


def test_a_lost_answer_is_asked_again_under_its_key_and_counts_once(desk: BankDesk, journey: str) -> None:
    desk.directory.trouble.after = [AWAY]
    with refused(Reason.UNREACHABLE):
        desk.identity(journey, key="mine", account_password="0000")
    with refused(Reason.WRONG_ACCOUNT_PASSWORD, tries_left=4):
        desk.identity(journey, key="mine", account_password="0000")
    assert (1, 1) == (desk.directory.asked, tries(desk))


def test_the_key_of_a_call_is_another_one_in_another_journey(desk: BankDesk, journey: str) -> None:
    desk.identity(journey, key="mine")
    desk.clock.now += 86_401  # from when on the first is forgotten here, and perhaps not at the bank
    desk.restart()
    other = desk.at(Check.IDENTITY)
    desk.directory.tries_left = 0
    with refused(Reason.ACCOUNT_LOCKED):
        desk.identity(other, key="mine")


def test_a_bank_that_is_away_is_no_outcome(desk: BankDesk, journey: str) -> None:
    desk.directory.trouble.before = [AWAY, ServiceError(Reason.TIMED_OUT)]
    for reason in (Reason.UNREACHABLE, Reason.TIMED_OUT):
        with refused(reason):
            desk.identity(journey, key="mine")
    assert "김*체" == desk.identity(journey, key="mine").name
    assert 0 == tries(desk)


def test_somebody_whom_not_all_fits_that_was_told_is_not_believed(desk: BankDesk, journey: str) -> None:
    desk.directory.slips = True
    with refused(Reason.NONSENSE):
        desk.identity(journey)


def test_a_new_telephone_is_known_at_the_next_identification(desk: BankDesk) -> None:
    desk.identity(desk.at(Check.IDENTITY))
    desk.directory.phone = "01000009999"
    journey = desk.at(Check.PHONE)
    desk.send(journey)
    desk.deliver()
    assert "01000009999" == desk.gateway.sent[-1][1].phone


def test_a_resumed_journey_is_for_the_same_person_alone(desk: BankDesk) -> None:
    journey = desk.at(Check.PHONE)
    with desk.store.transaction() as cx:
        assert (Check.IDENTITY,) == desk.parts.journeys.status(cx, journey).reprove
    desk.directory.becomes(LEE)
    with refused(Reason.IDENTITY_MISMATCH, tries_left=4):
        desk.identity(journey, LEE)


def test_who_has_not_joined_is_told_so(desk: BankDesk, journey: str) -> None:
    desk.directory.joined = False
    with refused(Reason.NOT_JOINED):
        desk.identity(journey)


def test_without_a_media_server_nobody_has_a_medium(folder: Path, clock: Clock) -> None:
    desk = BankDesk(folder, clock, media=False)
    try:
        with refused(Reason.NO_MEDIUM):
            desk.identity(desk.at(Check.IDENTITY))
    finally:
        desk.close()


def test_many_at_once_ask_the_bank_no_more_often_than_one_journey_may(desk: BankDesk, journey: str) -> None:
    def attack(number: int) -> Reason:
        try:
            desk.identity(journey, account_password=f"{number:04}")
        except ServiceError as error:
            return error.reason
        raise AssertionError("guessed")

    with ThreadPoolExecutor(8) as threads:
        reasons = list(threads.map(attack, range(16)))
    assert 5 >= desk.directory.asked
    assert {Reason.WRONG_ACCOUNT_PASSWORD, Reason.ACCOUNT_LOCKED, Reason.IDENTITY_LOCKED, Reason.JOURNEY_CLOSED} >= set(
        reasons
    )


def test_an_account_is_checked_by_the_bank_and_a_strangers_telephone_here(desk: BankDesk) -> None:
    desk.directory.becomes(GUKMIN)
    journey = desk.at(Check.ACCOUNT, GUKMIN)
    with refused(Reason.IDENTITY_MISMATCH, field="phone", tries_left=4):
        desk.account(journey, GUKMIN, phone="01000009999")
    asked = desk.directory.asked
    with refused(Reason.IDENTITY_MISMATCH, field="account", tries_left=3):
        desk.account(journey, GUKMIN, account="10000000000000")
    with refused(Reason.WRONG_ACCOUNT_PASSWORD, tries_left=4):
        desk.account(journey, GUKMIN, account_password="0000")
    desk.account(journey, GUKMIN)
    assert asked + 3 == desk.directory.asked


def test_a_document_is_checked_by_the_bank_and_counted_on_the_journey(desk: BankDesk) -> None:
    desk.directory.becomes(GUKMIN)
    journey = desk.at(Check.DOCUMENT, GUKMIN, kind=Kind.MOBILE)
    desk.directory.trouble.after = [AWAY]
    with refused(Reason.UNREACHABLE):
        desk.document(journey, GUKMIN, key="mine", issued_on="20200101")
    with refused(Reason.DOCUMENT_MISMATCH, tries_left=4):
        desk.document(journey, GUKMIN, key="mine", issued_on="20200101")
    assert Document.RESIDENT == desk.document(journey, GUKMIN).document
