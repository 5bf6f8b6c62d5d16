"""Security card and one-time password at the bank's own server: one challenge, tries counted first on both sides."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from desktop.secret import Secret
from desktop.services.api import AnswerMedium, Check, Medium, MediumVerified, Reason, ServiceError
from desktop.services.authority.asking import key_for
from tests.services.authority.desk import refused
from tests.services.hooks.banks import AWAY
from tests.services.hooks.desk import BankDesk


@pytest.fixture
def journey(desk: BankDesk) -> str:
    return desk.at(Check.MEDIUM)


def wrong(desk: BankDesk, journey: str, *, key: str | None = None) -> None:
    desk.answer(journey, desk.card_answer(desk.challenge(journey), first="99"), key=key)


def test_the_banks_challenge_is_told_and_its_answer_is_the_check(desk: BankDesk, journey: str) -> None:
    challenge = desk.challenge(journey, key="asked")
    assert ((4, 30), 8, 5) == (challenge.positions, challenge.serial_digits, challenge.tries_left)
    assert MediumVerified(Medium.CARD) == desk.answer(journey, desk.card_answer(challenge), key="answered")
    assert ["", key_for(journey, "asked"), key_for(journey, "answered")] == desk.media.keys
    with refused(Reason.OUT_OF_ORDER):
        desk.challenge(journey)


def test_a_token_is_asked_for_its_number(desk: BankDesk, journey: str) -> None:
    challenge = desk.challenge(journey, Medium.OTP)
    assert (6, 5) == (challenge.otp_digits, challenge.tries_left)
    with refused(Reason.WRONG_OTP, field="otp", tries_left=4):
        desk.answer(journey, AnswerMedium(otp=Secret.of("654321")))
    assert MediumVerified(Medium.OTP) == desk.answer(journey, AnswerMedium(otp=Secret.of("123456")))


def test_nothing_is_answered_before_it_was_asked(desk: BankDesk, journey: str) -> None:
    with refused(Reason.OUT_OF_ORDER):
        desk.answer(journey, AnswerMedium(otp=Secret.of("123456")))
    desk.challenge(journey)
    with refused(Reason.BAD_REQUEST, field="card_first"):
        desk.answer(journey, AnswerMedium(otp=Secret.of("123456")))
    assert 0 == desk.media.answered


def test_the_fewer_tries_count_and_the_last_one_locks(desk: BankDesk, journey: str) -> None:
    desk.media.tries_left = 3
    for left in (2, 1):
        with refused(Reason.WRONG_CARD, tries_left=left):
            wrong(desk, journey)
    with refused(Reason.CARD_LOCKED, tries_left=0):
        wrong(desk, journey)


def test_a_bank_that_forgets_to_count_gives_nobody_more_tries_in_a_journey(desk: BankDesk, journey: str) -> None:
    for _ in range(5):
        desk.media.tries_left = 9
        with pytest.raises(ServiceError):
            wrong(desk, journey)
    desk.media.tries_left = 9
    with refused(Reason.CARD_LOCKED, tries_left=0):
        desk.challenge(journey)
    assert 5 == desk.media.answered


def test_a_lost_answer_is_asked_again_under_its_key_and_counts_once(desk: BankDesk, journey: str) -> None:
    answer = desk.card_answer(desk.challenge(journey), first="99")
    desk.media.trouble.after = [AWAY]
    with refused(Reason.UNREACHABLE):
        desk.answer(journey, answer, key="mine")
    with refused(Reason.WRONG_CARD, tries_left=4):
        desk.answer(journey, desk.card_answer(desk.challenge(journey), first="99"), key="mine")
    assert 1 == desk.media.answered


def test_positions_that_no_card_has_are_not_believed(desk: BankDesk, journey: str) -> None:
    for positions in ((0, 3), (4, 4), (12, 36)):
        desk.media.positions = positions
        with refused(Reason.NONSENSE):
            desk.challenge(journey)


def test_a_refusal_of_the_banks_is_an_outcome(desk: BankDesk, journey: str) -> None:
    desk.media.trouble.before = [ServiceError(Reason.NO_MEDIUM)]
    for _ in range(2):
        with refused(Reason.NO_MEDIUM):
            desk.challenge(journey, key="mine")
    assert ["", key_for(journey, "mine")] == desk.media.keys


def test_many_at_once_ask_the_bank_no_more_often_than_one_journey_may(desk: BankDesk, journey: str) -> None:
    answers = [desk.card_answer(desk.challenge(journey), first=f"{n:02}") for n in range(40, 56)]
    desk.media.tries_left = 99

    def attack(answer: AnswerMedium) -> None:
        with pytest.raises(ServiceError):
            desk.answer(journey, answer)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(attack, answers))
    assert 5 == desk.media.answered
