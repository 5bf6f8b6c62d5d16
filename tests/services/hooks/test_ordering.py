"""A certificate of a CA outside: one order a journey, durable at each step, and never two that are good."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import ReasonFlags

from desktop.services.api import Check, Issued, Kind, Reason, ServiceError, Status, Task
from desktop.services.authority.books import balance
from desktop.services.authority.local import LocalAuthority
from desktop.services.authority.orders import FORSAKEN, HELD
from tests.services.authority.desk import KIM, PIN, Clock, epost, refused
from tests.services.authority.test_issuing import authorize, sign
from tests.services.hooks.banks import AWAY, FakeIssuer, KilledError
from tests.services.hooks.desk import BankDesk

REFUSED = ServiceError(Reason.ENROLMENT_REFUSED, detail="bad_request")


@pytest.fixture
def clock() -> Clock:
    return Clock(time.time())


@pytest.fixture
def desk(outside: BankDesk) -> BankDesk:
    return outside


@pytest.fixture
def issuer(desk: BankDesk) -> FakeIssuer:
    return desk.issuer


@pytest.fixture
def journey(desk: BankDesk) -> str:
    return desk.at(None)


def is_only_good(issuer: FakeIssuer, issued: Issued) -> bool:
    return {issued.certificate} == issuer.good()


def test_a_journey_ends_in_a_certificate_of_the_banks_own_ca_which_signs(desk: BankDesk, journey: str) -> None:
    issued = desk.issue(journey)
    assert desk.issuer.chain == issued.chain
    x509.load_der_x509_certificate(issued.certificate).verify_directly_issued_by(
        x509.load_der_x509_certificate(issued.chain[0])
    )
    (wanted,) = desk.issuer.wanted
    assert (KIM.name, "EPB", "071", "1.2.410.200005.1.1.1.10") == (
        wanted.person,
        wanted.unit,
        wanted.code,
        wanted.policy,
    )
    assert is_only_good(desk.issuer, issued)
    assert 1 == len(sign(desk, journey, issued, authorize(desk, journey, issued).sad).signatures)


def test_a_ca_that_is_away_is_asked_again_for_the_same_key(desk: BankDesk, issuer: FakeIssuer, journey: str) -> None:
    issuer.asking.before = [AWAY, ServiceError(Reason.TIMED_OUT)]
    for reason in (Reason.UNREACHABLE, Reason.TIMED_OUT):
        with refused(reason):
            desk.issue(journey, key="mine")
    assert is_only_good(issuer, desk.issue(journey, key="mine"))
    keys = {wanted.key.public_key().public_numbers() for wanted in issuer.wanted}
    assert (3, 1) == (len(issuer.wanted), len(keys))


def test_a_certificate_that_got_lost_on_the_way_is_asked_for_anew_and_the_ca_never_heard_it_was_wanted(
    desk: BankDesk, issuer: FakeIssuer, journey: str
) -> None:
    issuer.asking.after = [AWAY]
    with refused(Reason.UNREACHABLE):
        desk.issue(journey, key="mine")
    assert is_only_good(issuer, desk.issue(journey, key="mine"))


def test_a_confirmation_that_got_lost_is_taken_back_before_another_is_asked_for(
    desk: BankDesk, issuer: FakeIssuer, journey: str
) -> None:
    issuer.confirming.after = [AWAY]
    with refused(Reason.UNREACHABLE):
        desk.issue(journey, key="mine")
    issued = desk.issue(journey, key="mine")
    assert is_only_good(issuer, issued)
    assert [(issuer.made[0], ReasonFlags.superseded)] == issuer.revoked
    assert 2 == len(issuer.made)


@pytest.mark.parametrize("moment", ["asking.before", "asking.after", "confirming.before", "confirming.after"])
def test_a_program_that_dies_at_any_moment_goes_on_and_leaves_one_certificate(
    desk: BankDesk, issuer: FakeIssuer, journey: str, moment: str
) -> None:
    trouble, when = moment.split(".")
    setattr(getattr(issuer, trouble), when, [KilledError()])
    with pytest.raises(KilledError):
        desk.issue(journey, key="mine")
    desk.restart()
    issued = desk.issue(journey, key="mine")
    desk.tell_ca()
    assert is_only_good(issuer, issued)
    assert issued == desk.issue(journey, key="mine")


def test_a_program_that_dies_when_all_is_done_at_the_ca_asks_it_for_nothing_more(
    desk: BankDesk, issuer: FakeIssuer, journey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(desk.parts.outside.ca if desk.parts.outside else desk, "enter", killed)
        with pytest.raises(KilledError):
            desk.issue(journey, key="mine")
    desk.restart()
    assert is_only_good(issuer, desk.issue(journey, key="mine"))
    assert 1 == len(issuer.made)


def test_another_call_waits_for_the_first_and_takes_over_what_it_let_go(
    desk: BankDesk, issuer: FakeIssuer, journey: str
) -> None:
    issuer.confirming.after = [KilledError()]
    with pytest.raises(KilledError):
        desk.issue(journey, key="first")
    with refused(Reason.STORE_BUSY):
        desk.issue(journey, "582914", key="second")
    desk.clock.now += HELD + 1
    issued = desk.issue(journey, "582914", key="second")
    assert len(issuer.confirmed) == 2
    desk.tell_ca()
    assert is_only_good(issuer, issued)
    assert 1 == len(sign(desk, journey, issued, authorize(desk, journey, issued, "582914").sad).signatures)
    with refused(Reason.ALREADY_ISSUED):
        desk.issue(journey, key="first")


def test_who_lost_the_order_while_the_ca_was_slow_does_not_want_the_certificate(
    desk: BankDesk, issuer: FakeIssuer, journey: str
) -> None:
    def overtaken() -> None:
        issuer.looks = lambda: None
        desk.clock.now += HELD + 1
        quick.append(desk.issue(journey, "582914", key="second"))

    quick: list[Issued] = []
    issuer.looks = overtaken
    with refused(Reason.STORE_BUSY):
        desk.issue(journey, key="first")
    desk.tell_ca()
    assert is_only_good(issuer, quick[0])
    with refused(Reason.ALREADY_ISSUED):
        desk.issue(journey, key="first")


def test_a_serial_number_that_was_given_before_is_not_taken(
    desk: BankDesk, issuer: FakeIssuer, journey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = desk.issue(journey)
    monkeypatch.setattr(issuer, "_make", lambda wanted: old.certificate)
    with refused(Reason.ENROLMENT_BROKEN, detail="serial"):
        desk.issue(desk.at(None, task=Task.REISSUE))
    desk.tell_ca()
    assert is_only_good(issuer, old)


def test_who_typed_another_pin_while_the_ca_was_away_need_not_wait(
    desk: BankDesk, issuer: FakeIssuer, journey: str
) -> None:
    issuer.asking.before = [AWAY]
    with refused(Reason.UNREACHABLE):
        desk.issue(journey, PIN, key="first")
    assert is_only_good(issuer, desk.issue(journey, "582914", key="second"))


def test_many_at_once_leave_one_certificate(desk: BankDesk, issuer: FakeIssuer, journey: str) -> None:
    def attempt(number: int) -> Issued | None:
        try:
            return desk.issue(journey, key=f"call-{number}")
        except ServiceError as error:
            refusals.add(error.reason)
            return None

    refusals: set[Reason] = set()

    with ThreadPoolExecutor(6) as threads:
        issued = [one for one in threads.map(attempt, range(6)) if one]
    desk.tell_ca()
    assert 1 == len(issued)
    assert refusals <= {Reason.STORE_BUSY, Reason.ALREADY_ISSUED}
    assert is_only_good(issuer, issued[0])


def test_a_refusal_is_an_outcome_and_another_call_may_ask_again(
    desk: BankDesk, issuer: FakeIssuer, journey: str
) -> None:
    issuer.asking.before = [REFUSED]
    for _ in range(2):
        with refused(Reason.ENROLMENT_REFUSED, detail="bad_request"):
            desk.issue(journey, key="mine")
    assert is_only_good(issuer, desk.issue(journey))


def test_what_nobody_came_back_for_is_revoked(desk: BankDesk, issuer: FakeIssuer, journey: str) -> None:
    issuer.confirming.after = [KilledError()]
    with pytest.raises(KilledError):
        desk.issue(journey)
    desk.clock.now += FORSAKEN + 1
    desk.tell_ca()
    assert [(issuer.made[0], ReasonFlags.cessation_of_operation)] == issuer.revoked


def test_a_certificate_whose_journey_ended_meanwhile_is_revoked(
    desk: BankDesk, issuer: FakeIssuer, journey: str
) -> None:
    def slow() -> None:
        desk.clock.now += 601

    issuer.looks = slow
    with refused(Reason.SESSION_EXPIRED):
        desk.issue(journey)
    issuer.looks = lambda: None
    desk.tell_ca()
    assert set() == issuer.good()
    assert 1 == len(issuer.revoked)


# ── What the CA is told, and tells ──


def test_a_revocation_holds_at_once_and_is_told_until_the_ca_has_taken_it(
    desk: BankDesk, issuer: FakeIssuer, journey: str
) -> None:
    issued = desk.issue(journey)
    change = desk.at(None, task=Task.REVOKE)
    assert Status.REVOKED == desk.change(change, issued.credential_id).status
    issuer.revoking.before = [AWAY, REFUSED]
    for seconds in (1.0, 2.0, 4.0):
        desk.tell_ca()
        desk.clock.now += seconds
    assert [(issued.certificate, ReasonFlags.cessation_of_operation)] == issuer.revoked


def test_a_reissue_revokes_the_old_one_there_too(desk: BankDesk, issuer: FakeIssuer, journey: str) -> None:
    old = desk.issue(journey)
    new = desk.issue(desk.at(None, task=Task.REISSUE))
    desk.tell_ca()
    assert [(old.certificate, ReasonFlags.superseded)] == issuer.revoked
    assert is_only_good(issuer, new)


def test_the_books_of_a_server_with_another_ca_balance(desk: BankDesk, issuer: FakeIssuer, journey: str) -> None:
    issuer.confirming.after = [AWAY]
    with refused(Reason.UNREACHABLE):
        desk.issue(journey, key="mine")
    desk.issue(journey, key="mine")
    reissued = desk.issue(desk.at(None, task=Task.REISSUE))
    issuer.states[reissued.certificate] = Status.SUSPENDED
    desk.at(Check.PHONE, task=Task.RESUME)
    assert Status.SUSPENDED == desk.status_of(reissued.serial)
    with desk.store.read() as cx:
        found = balance(cx, desk.vault, desk.banks, desk.clock)
    assert (2, ()) == (found.certificates, found.wrong)


@pytest.mark.parametrize("outside", [False, True])
def test_a_store_keeps_the_ca_that_signed_its_first_certificate(folder: Path, clock: Clock, outside: bool) -> None:
    first = BankDesk(folder, clock, outside=outside)
    first.restart()  # with nothing signed yet, and with something
    first.issue(first.at(None))
    first.restart()
    first.close()
    hooks = replace(first.hooks, issuer=None if outside else first.issuer)
    with refused(Reason.OTHER_PURPOSE):
        LocalAuthority.open(folder, epost(), clock=clock, practice=False, hooks=hooks)


@pytest.mark.parametrize("holds", [False, True])
def test_a_hold_is_told_to_a_ca_that_knows_holds_and_kept_here_in_any_case(
    desk: BankDesk, issuer: FakeIssuer, journey: str, holds: bool
) -> None:
    issuer.holds = holds
    issued = desk.issue(journey)
    assert Status.SUSPENDED == desk.change(desk.at(None, task=Task.SUSPEND), issued.credential_id).status
    assert Status.GOOD == desk.change(desk.at(None, task=Task.RESUME), issued.credential_id).status
    desk.tell_ca()
    told = [ReasonFlags.certificate_hold, ReasonFlags.remove_from_crl] if holds else []
    assert told == [reason for _, reason in issuer.revoked]


def test_what_the_ca_has_revoked_by_itself_is_known_at_the_next_identification(
    desk: BankDesk, issuer: FakeIssuer, journey: str
) -> None:
    issued = desk.issue(journey)
    issuer.states[issued.certificate] = Status.REVOKED
    again = desk.issue(desk.at(None))
    assert (Status.REVOKED, Status.GOOD) == (desk.status_of(issued.serial), desk.status_of(again.serial))
    desk.tell_ca()
    assert [] == issuer.revoked


def test_of_what_another_ca_signs_this_server_says_nothing_and_enrols_nobody(desk: BankDesk) -> None:
    for ask in (desk.issuing.crl, lambda: desk.issuing.ocsp(b"")):
        with refused(Reason.NOT_OFFERED, detail="outside_ca"):
            ask()
    with refused(Reason.NOT_OFFERED):
        desk.enrol(desk.open("kbank", Kind.JOINT))
