"""Journeys: the order is kept by the authority, each journey ends, and a restart proves the person again."""

from collections.abc import Callable

import pytest

from desktop.services.api import AnswerMedium, Check, JourneyStatus, Kind, Medium, Reason, Task
from tests.services.authority.desk import KIM, LEE, Clock, Desk, refused

CALLS: dict[str, Callable[[Desk, str], object]] = {
    "terms": lambda desk, j: desk.terms(j),
    "identity": lambda desk, j: desk.identity(j),
    "send": lambda desk, j: desk.send(j),
    "confirm": lambda desk, j: desk.confirm(j, "000000"),
    "challenge": lambda desk, j: desk.challenge(j),
    "answer": lambda desk, j: desk.answer(j, AnswerMedium()),
    "open_cloud": lambda desk, j: desk.open_cloud(j),
    "confirm_cloud": lambda desk, j: desk.confirm_cloud(j, "00"),
    "issue": lambda desk, j: desk.issue(j),
    "credentials": lambda desk, j: desk.issuing.credentials_list(j),
}
IN_TURN = {
    Check.TERMS: {"terms"},
    Check.IDENTITY: {"identity"},
    Check.PHONE: {"send", "confirm"},
    Check.MEDIUM: {"challenge", "answer"},
    Check.CLOUD: {"open_cloud", "confirm_cloud"},
    None: {"issue", "credentials"},
}


@pytest.mark.parametrize("turn", IN_TURN)
def test_whatever_is_not_next_is_out_of_order(desk: Desk, turn: Check | None) -> None:
    journey = desk.at(turn)
    for name in CALLS.keys() - IN_TURN[turn]:
        with refused(Reason.OUT_OF_ORDER):
            CALLS[name](desk, journey)


def test_every_call_needs_a_journey_that_exists(desk: Desk) -> None:
    for call in CALLS.values():
        with refused(Reason.JOURNEY_UNKNOWN):
            call(desk, "0" * 32)


def test_journey_ids_name_the_bank_and_are_long_and_never_the_same(desk: Desk) -> None:
    names = [desk.open().split(".") for _ in range(20)]
    assert {"epost"} == {bank for bank, _ in names}
    assert len({secret for _, secret in names}) == 20
    assert {32} == {len(secret) for _, secret in names}


@pytest.mark.parametrize(
    ("bank", "kind", "task"),
    [
        ("nowhere", Kind.FINANCIAL, Task.ISSUE),
        ("epost", Kind.JOINT, Task.ISSUE),
        ("kb", Kind.FINANCIAL, Task.SUSPEND),
    ],
)
def test_what_the_profile_does_not_offer_is_not_opened(desk: Desk, bank: str, kind: Kind, task: Task) -> None:
    with refused(Reason.NOT_OFFERED):
        desk.open(bank, kind, task)


def test_a_journey_left_alone_expires(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.PHONE)
    clock.advance(600)
    desk.send(journey)
    clock.advance(600)
    desk.send(journey)
    clock.advance(600.1)
    with refused(Reason.SESSION_EXPIRED):
        desk.send(journey)


def test_a_closed_journey_takes_nothing_more(desk: Desk) -> None:
    journey = desk.at(Check.PHONE)
    with desk.store.transaction() as cx:
        desk.parts.journeys.close(cx, journey)
    with refused(Reason.JOURNEY_CLOSED):
        desk.send(journey)
    with refused(Reason.JOURNEY_CLOSED), desk.store.transaction() as cx:
        desk.parts.journeys.close(cx, journey)
    assert status(desk, journey).closed


def status(desk: Desk, journey: str) -> JourneyStatus:
    with desk.store.transaction() as cx:
        return desk.parts.journeys.status(cx, journey)


def test_the_status_says_what_is_done_and_what_is_to_be_proven_again(desk: Desk) -> None:
    journey = desk.at(Check.CLOUD)
    desk.restart()
    found = status(desk, journey)
    assert (Check.TERMS, Check.IDENTITY, Check.PHONE, Check.MEDIUM) == found.done
    assert (Check.IDENTITY,) == found.reprove
    assert (None, False, True) == (found.issued, found.closed, found.practice)


def test_before_the_identity_there_is_nothing_to_prove_again(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    assert status(desk, journey).reprove == ()
    desk.identity(journey)


def test_after_a_restart_only_the_identity_goes_on_and_the_other_proofs_stay(desk: Desk) -> None:
    journey = desk.at(Check.CLOUD)
    status(desk, journey)
    for name in CALLS.keys() - {"identity"}:
        with refused(Reason.OUT_OF_ORDER):
            CALLS[name](desk, journey)
    desk.identity(journey)
    assert status(desk, journey).done[-1] == Check.MEDIUM
    desk.identity(journey)
    desk.do(journey, Check.CLOUD)
    assert desk.issue(journey).bank == "epost"


def test_nobody_else_goes_on_with_a_resumed_journey(desk: Desk) -> None:
    journey = desk.at(Check.CLOUD, KIM)
    status(desk, journey)
    with refused(Reason.IDENTITY_MISMATCH, tries_left=4):
        desk.identity(journey, LEE)
    with refused(Reason.OUT_OF_ORDER):
        desk.open_cloud(journey)
    desk.identity(journey, KIM)
    desk.open_cloud(journey)


def test_asking_again_and_again_does_not_keep_a_journey_alive(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.CLOUD)
    clock.advance(500)
    assert not status(desk, journey).closed
    clock.advance(500)
    assert not status(desk, journey).closed
    clock.advance(101)
    assert status(desk, journey).closed


def test_the_status_of_an_issued_journey_brings_the_certificate_even_long_after(desk: Desk, clock: Clock) -> None:
    journey = desk.at(None)
    issued = desk.issue(journey)
    assert status(desk, journey).reprove == ()
    clock.advance(86_400)
    desk.restart()
    found = status(desk, journey)
    assert (issued, True) == (found.issued, found.closed)


def test_the_medium_of_a_challenge_is_remembered(desk: Desk) -> None:
    journey = desk.at(Check.MEDIUM)
    desk.challenge(journey, Medium.OTP)
    with refused(Reason.BAD_REQUEST, field="otp"):
        desk.answer(journey, AnswerMedium())
