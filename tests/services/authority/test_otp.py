"""The token: RFC 6238's own numbers, a window for drift, each number once, and a lock."""

import pytest

from desktop.secret import Secret
from desktop.services.api import AnswerMedium, Check, Medium, MediumVerified, Reason
from desktop.services.authority.otp import password
from tests.services.authority.desk import PARK, Clock, Desk, refused


@pytest.mark.parametrize(
    ("at", "expected"),
    [(59, b"94287082"), (1111111109, b"07081804"), (1234567890, b"89005924"), (20000000000, b"65353130")],
)
def test_passwords_are_those_of_rfc_6238_appendix_b(at: int, expected: bytes) -> None:
    assert password(b"12345678901234567890", at, 8) == expected


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_a_token_may_be_one_step_off(desk: Desk, drift: int) -> None:
    journey = desk.at(Check.MEDIUM)
    challenge = desk.challenge(journey, Medium.OTP)
    assert (challenge.otp_digits, challenge.tries_left, challenge.positions) == (6, 10, ())
    assert desk.answer(journey, desk.otp_answer(drift=drift)) == MediumVerified(Medium.OTP)


@pytest.mark.parametrize("drift", [-2, 2])
def test_a_token_further_off_is_wrong(desk: Desk, drift: int) -> None:
    journey = desk.at(Check.MEDIUM)
    desk.challenge(journey, Medium.OTP)
    with refused(Reason.WRONG_OTP, field="otp", tries_left=9):
        desk.answer(journey, desk.otp_answer(drift=drift))


def test_a_number_is_good_for_once_across_journeys_and_restarts(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.MEDIUM)
    desk.challenge(journey, Medium.OTP)
    desk.answer(journey, desk.otp_answer())
    desk.restart()
    journey = desk.at(Check.MEDIUM)
    desk.challenge(journey, Medium.OTP)
    for drift in (0, -1):
        with refused(Reason.OTP_REPLAYED, field="otp"):
            desk.answer(journey, desk.otp_answer(drift=drift))
    clock.advance(30)
    desk.answer(journey, desk.otp_answer())


def test_ten_failures_in_a_row_lock_the_token(desk: Desk) -> None:
    journey = desk.at(Check.MEDIUM, PARK)
    desk.challenge(journey, Medium.OTP)
    for left in range(9, 0, -1):
        with refused(Reason.WRONG_OTP, tries_left=left):
            desk.answer(journey, desk.otp_answer(PARK, drift=9))
    desk.restart()
    with refused(Reason.OTP_LOCKED, tries_left=0):
        desk.answer(journey, desk.otp_answer(PARK, drift=9))
    with refused(Reason.OTP_LOCKED, tries_left=0):
        desk.answer(journey, desk.otp_answer(PARK))
    with refused(Reason.OTP_LOCKED):
        desk.challenge(journey, Medium.OTP)


def test_nine_failures_then_success_forgives(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.MEDIUM, PARK)
    desk.challenge(journey, Medium.OTP)
    for _ in range(9):
        with refused(Reason.WRONG_OTP):
            desk.answer(journey, desk.otp_answer(PARK, drift=9))
    desk.answer(journey, desk.otp_answer(PARK))
    clock.advance(30)
    assert desk.challenge(desk.at(Check.MEDIUM, PARK), Medium.OTP).tries_left == 10


@pytest.mark.parametrize("otp", ["12345", "1234567", "12345x"])
def test_what_cannot_be_a_number_is_not_counted(desk: Desk, otp: str) -> None:
    journey = desk.at(Check.MEDIUM)
    desk.challenge(journey, Medium.OTP)
    with refused(Reason.BAD_REQUEST, field="otp"):
        desk.answer(journey, AnswerMedium(otp=Secret.of(otp)))
    assert desk.challenge(journey, Medium.OTP).tries_left == 10
