"""The security card: halves of two codes and the serial, the same question until it is answered."""

from pathlib import Path

import pytest

from desktop.secret import Secret
from desktop.services.api import AnswerMedium, Check, Medium, MediumVerified, Reason
from tests.services.authority.desk import KIM, LEE, PARK, Clock, Desk, at_epost, refused


def test_the_right_halves_and_serial_verify(desk: Desk) -> None:
    journey = desk.at(Check.MEDIUM)
    challenge = desk.challenge(journey)
    first, second = challenge.positions
    assert first != second
    assert {first, second} <= set(range(1, 36))
    assert (challenge.serial_digits, challenge.tries_left) == (8, 5)
    assert desk.answer(journey, desk.card_answer(challenge)) == MediumVerified(Medium.CARD)


@pytest.mark.parametrize("wrong", ["serial", "first", "second"])
def test_any_wrong_part_is_one_and_the_same_wrong_card(desk: Desk, wrong: str) -> None:
    journey = desk.at(Check.MEDIUM)
    answer = desk.card_answer(desk.challenge(journey))
    held: Secret = getattr(answer, wrong)
    other = "".join(str((int(c) + 1) % 10) for c in held.reveal())
    with refused(Reason.WRONG_CARD, field=None, tries_left=4):
        desk.answer(journey, desk.card_answer(desk.challenge(journey), KIM, **{wrong: other}))


def test_the_challenge_stays_after_a_failure_across_journeys_and_restarts(desk: Desk) -> None:
    journey = desk.at(Check.MEDIUM)
    asked = desk.challenge(journey).positions
    with refused(Reason.WRONG_CARD):
        desk.answer(journey, desk.card_answer(desk.challenge(journey), serial="00000000"))
    assert desk.challenge(journey).positions == asked
    desk.restart()
    journey = desk.at(Check.MEDIUM)
    again = desk.challenge(journey)
    assert (again.positions, again.tries_left) == (asked, 4)
    desk.answer(journey, desk.card_answer(again))


def test_after_a_success_the_next_challenge_is_drawn_anew(desk: Desk) -> None:
    seen = set()
    for _ in range(4):
        journey = desk.at(Check.MEDIUM)
        challenge = desk.challenge(journey)
        seen.add(challenge.positions)
        desk.answer(journey, desk.card_answer(challenge))
    assert len(seen) > 1


def test_five_failures_in_a_row_lock_the_card_for_good(desk: Desk) -> None:
    journey = desk.at(Check.MEDIUM)
    challenge = desk.challenge(journey)
    for left in (4, 3, 2, 1):
        with refused(Reason.WRONG_CARD, tries_left=left):
            desk.answer(journey, desk.card_answer(challenge, serial="00000000"))
    with refused(Reason.CARD_LOCKED, tries_left=0):
        desk.answer(journey, desk.card_answer(challenge, serial="00000000"))
    desk.restart()
    with refused(Reason.CARD_LOCKED, tries_left=0):
        desk.answer(journey, desk.card_answer(challenge))
    with refused(Reason.CARD_LOCKED):
        desk.challenge(journey)
    assert desk.challenge(journey, Medium.OTP).otp_digits == 6


def test_four_failures_then_success_forgives(desk: Desk) -> None:
    journey = desk.at(Check.MEDIUM)
    challenge = desk.challenge(journey)
    for _ in range(4):
        with refused(Reason.WRONG_CARD):
            desk.answer(journey, desk.card_answer(challenge, serial="00000000"))
    desk.answer(journey, desk.card_answer(challenge))
    assert desk.challenge(desk.at(Check.MEDIUM)).tries_left == 5


def test_an_answer_needs_a_challenge_first(desk: Desk) -> None:
    with refused(Reason.OUT_OF_ORDER):
        desk.answer(desk.at(Check.MEDIUM), AnswerMedium())


def test_a_challenge_answered_in_another_journey_is_gone(desk: Desk) -> None:
    here, there = desk.at(Check.MEDIUM), desk.at(Check.MEDIUM)
    challenge = desk.challenge(here)
    desk.answer(there, desk.card_answer(desk.challenge(there)))
    with refused(Reason.OUT_OF_ORDER):
        desk.answer(here, desk.card_answer(challenge))
    desk.challenge(desk.at(Check.MEDIUM))


def test_a_challenge_used_while_its_try_was_under_way_is_gone(desk: Desk) -> None:
    journey = desk.at(Check.MEDIUM)
    challenge = desk.challenge(journey)
    with desk.store.transaction() as cx:
        cx.execute("CREATE TRIGGER used AFTER UPDATE OF tries ON card BEGIN UPDATE card SET first = NULL; END")
    with refused(Reason.OUT_OF_ORDER):
        desk.answer(journey, desk.card_answer(challenge))


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("first", "card_first", "1"),
        ("second", "card_second", "123"),
        ("serial", "card_serial", "1234567"),
        ("first", "card_first", "ab"),
    ],
)
def test_what_cannot_be_an_answer_is_not_counted(desk: Desk, part: str, field: str, value: str) -> None:
    journey = desk.at(Check.MEDIUM)
    challenge = desk.challenge(journey)
    with refused(Reason.BAD_REQUEST, field=field):
        desk.answer(journey, desk.card_answer(challenge, KIM, **{part: value}))
    assert desk.challenge(journey).tries_left == 5


def test_a_missing_part_is_a_bad_request(desk: Desk) -> None:
    journey = desk.at(Check.MEDIUM)
    desk.challenge(journey)
    with refused(Reason.BAD_REQUEST, field="card_first"):
        desk.answer(journey, AnswerMedium())


def test_where_no_serial_is_asked_none_is_needed(folder: Path, clock: Clock) -> None:
    desk = Desk(folder, clock, card_serial_digits=0)
    journey = desk.at(Check.MEDIUM)
    answer = desk.card_answer(desk.challenge(journey))
    desk.answer(journey, AnswerMedium(first=answer.first, second=answer.second))
    desk.close()


def test_where_four_digits_of_the_serial_are_asked_they_are_the_last(folder: Path, clock: Clock) -> None:
    desk = Desk(folder, clock, card_serial_digits=4)
    journey = desk.open()
    for check in (Check.TERMS, Check.IDENTITY, Check.PHONE):
        desk.do(journey, check)
    desk.answer(journey, desk.card_answer(desk.challenge(journey), serial=at_epost(KIM).card_serial[-4:]))
    desk.close()


def test_who_has_no_card_has_no_challenge(desk: Desk) -> None:
    with refused(Reason.NO_MEDIUM):
        desk.challenge(desk.at(Check.MEDIUM, PARK))
    with refused(Reason.NO_MEDIUM):
        desk.challenge(desk.at(Check.MEDIUM, LEE), Medium.OTP)


def test_a_medium_that_the_bank_does_not_take_is_refused(folder: Path, clock: Clock) -> None:
    desk = Desk(folder, clock, media=(Medium.CARD,))
    with refused(Reason.BAD_REQUEST, field="medium"):
        desk.challenge(desk.at(Check.MEDIUM), Medium.OTP)
    desk.close()


def test_a_card_of_another_shape_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="35 codes"), desk.store.transaction() as cx:
        desk.parts.cards.add(cx, bank="epost", customer=1, serial="1", codes=["1234"] * 34)
