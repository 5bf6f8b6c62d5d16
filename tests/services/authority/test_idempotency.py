"""One key, one effect: across retries, restarts, crashes in the middle and two calls at once."""

import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from desktop.secret import Secret
from desktop.services.api import Check, Issue, Medium, Reason, ServiceError, VerifyIdentity
from desktop.services.authority.connection import Connection
from desktop.services.authority.idempotency import Call
from tests.services.authority.desk import KIM, LEE, PIN, Desk, at_epost, refused


class Crash(BaseException):
    """The program ended here."""


def crash_before(desk: Desk, transaction: int) -> None:
    """Restarts with a program that ends before its nth transaction from now, counted from 0."""
    desk.restart()
    begun, numbers = desk.store.transaction, itertools.count()

    @contextmanager
    def until() -> Iterator[Connection]:
        if next(numbers) >= transaction:
            raise Crash
        with begun() as cx:
            yield cx

    desk.store.transaction = until  # type: ignore[method-assign]  # of this one program


def test_the_same_call_again_gets_the_same_answer_and_does_nothing(desk: Desk) -> None:
    journey = desk.at(Check.PHONE)
    sent = desk.send(journey, key="again")
    desk.restart()
    assert desk.send(journey, key="again") == sent


def test_a_refusal_is_repeated_without_costing_a_try(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    for _ in range(7):
        with refused(Reason.WRONG_ACCOUNT_PASSWORD, tries_left=4, field="account_password"):
            desk.identity(journey, account_password="0000", key="again")
    with refused(Reason.WRONG_ACCOUNT_PASSWORD, tries_left=3):
        desk.identity(journey, account_password="0000")


def test_all_that_a_refusal_says_is_repeated(desk: Desk) -> None:
    journey = desk.at(None)
    for _ in range(2):
        with refused(Reason.WEAK_PIN, field="pin", detail="pin_repeated", tries_left=None):
            desk.issue(journey, "111111", key="again")


def test_another_request_under_the_same_key_is_refused(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    desk.identity(journey, key="k")
    with refused(Reason.KEY_REUSED):
        desk.identity(journey, account_password="0000", key="k")
    with refused(Reason.KEY_REUSED):
        desk.identity(desk.at(Check.IDENTITY), key="k")
    with refused(Reason.KEY_REUSED):
        desk.send(journey, key="k")
    desk.identity(journey, key="k")


@pytest.mark.parametrize("key", ["", "x" * 256, "키", "a\nb"])
def test_a_key_must_be_short_printable_ascii(desk: Desk, key: str) -> None:
    with refused(Reason.BAD_REQUEST, detail="key"):
        desk.checks.verify_identity(desk.at(Check.IDENTITY), VerifyIdentity({}), key)


def test_requests_that_read_alike_have_different_fingerprints(desk: Desk) -> None:
    calls = desk.parts.calls
    requests: list[object] = [
        VerifyIdentity({"a": Secret.of("bc")}),
        VerifyIdentity({"ab": Secret.of("c")}),
        VerifyIdentity({"a": Secret.of("b"), "c": Secret()}),
        Issue(Secret.of("1")),
        ("1",),
        "1",
        "None",
        None,
        b"\x00",
        (),
    ]
    prints = {calls._fingerprint(Call("k", "j", "m", request, object)) for request in requests}
    assert len(prints) == len(requests)
    assert calls._fingerprint(Call("k", "jm", "", None, object)) != calls._fingerprint(
        Call("k", "j", "m", None, object)
    )


def test_a_key_in_use_is_in_flight(desk: Desk) -> None:
    begun, go_on = threading.Event(), threading.Event()
    call = Call("k", "", "m", None, int)

    def slow(_: str) -> int:
        begun.set()
        go_on.wait(10)
        return 1

    def work() -> None:
        desk.parts.calls.twice(call, lambda cx: "", lambda cx, note, made: made, between=slow)

    worker = threading.Thread(target=work)
    worker.start()
    begun.wait(10)
    with refused(Reason.KEY_IN_FLIGHT):
        desk.parts.calls.once(call, lambda cx: 2)
    go_on.set()
    worker.join()
    assert desk.parts.calls.once(call, lambda cx: 2) == 1


def test_troubles_of_the_machine_are_not_an_outcome(desk: Desk) -> None:
    call = Call("k", "", "m", None, int)

    def full(cx: Connection) -> int:
        cx.execute("DELETE FROM account")
        raise ServiceError(Reason.STORE_FULL)

    for _ in range(2):
        with refused(Reason.STORE_FULL):
            desk.parts.calls.once(call, full)
    with desk.store.read() as cx:
        assert cx.execute("SELECT count(*) FROM account").fetchone()[0] > 0
    assert desk.parts.calls.once(call, lambda cx: 1) == 1


def test_a_crash_between_counting_and_checking_costs_one_try_and_no_more(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    crash_before(desk, 1)
    with pytest.raises(Crash):
        desk.identity(journey, account_password="0000", key="k")
    desk.restart()
    for _ in range(3):
        with refused(Reason.WRONG_ACCOUNT_PASSWORD, tries_left=4):
            desk.identity(journey, account_password="0000", key="k")
    with refused(Reason.WRONG_ACCOUNT_PASSWORD, tries_left=3):
        desk.identity(journey, account_password="0000")


def test_tries_that_crashed_before_they_were_checked_lock_as_well(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    for _ in range(5):
        crash_before(desk, 1)
        with pytest.raises(Crash):
            desk.identity(journey, account_password="0000")
    desk.restart()
    with refused(Reason.ACCOUNT_LOCKED):
        desk.identity(journey)


@pytest.mark.parametrize("transaction", [0, 1])
def test_a_crash_during_the_issue_leaves_one_certificate_for_the_key(desk: Desk, transaction: int) -> None:
    journey = desk.at(None)
    crash_before(desk, transaction)
    with pytest.raises(Crash):
        desk.issue(journey, key="k")
    desk.restart()
    assert certificates(desk) == 0
    issued = desk.issue(journey, key="k")
    assert desk.issue(journey, key="k") == issued
    assert certificates(desk) == 1
    with refused(Reason.ALREADY_ISSUED):
        desk.issue(journey, key="other")


def certificates(desk: Desk) -> int:
    with desk.store.read() as cx:
        count: int = cx.execute("SELECT count(*) FROM cloud_credentials").fetchone()[0]
    return count


KILLED_BETWEEN = """
import os, signal, sys
from pathlib import Path
from desktop.services.authority.identity import Identity
from tests.services.authority.desk import Clock, Desk

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

Identity.check = killed
desk = Desk(Path(sys.argv[1]), Clock(), database=sys.argv[4] or None)
desk.identity(sys.argv[2], account_password="0000", key=sys.argv[3])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_kill_9_between_counting_and_checking_costs_exactly_one_try(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    desk.close()
    for n in range(4):
        command = [sys.executable, "-c", KILLED_BETWEEN, str(desk.folder), journey, f"killed-{n}", desk.database or ""]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        ended = subprocess.run(command, env=environment, check=False)
        assert -signal.SIGKILL == ended.returncode
    desk.restart()
    with refused(Reason.WRONG_ACCOUNT_PASSWORD, tries_left=3):
        desk.identity(journey, account_password="0000", key="killed-1")
    with refused(Reason.ACCOUNT_LOCKED, tries_left=0):
        desk.identity(journey, account_password="0000")
    with refused(Reason.ACCOUNT_LOCKED):
        desk.identity(journey)


def test_ten_tries_at_once_gain_none(desk: Desk) -> None:
    journeys = [desk.at(Check.IDENTITY) for _ in range(10)]
    assert sorted(at_once(lambda j: desk.identity(j, account_password="0000"), journeys)) == [
        *[Reason.ACCOUNT_LOCKED] * 6,
        *[Reason.WRONG_ACCOUNT_PASSWORD] * 4,
    ]
    with refused(Reason.ACCOUNT_LOCKED):
        desk.identity(journeys[0])


def test_ten_mismatches_at_once_close_the_journey(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    reasons = at_once(lambda j: desk.identity(j, LEE, account=at_epost(KIM).account), [journey] * 10)
    assert len(reasons) == 10
    assert reasons.count(Reason.IDENTITY_MISMATCH) <= 4
    with refused(Reason.JOURNEY_CLOSED):
        desk.identity(journey, LEE)


def test_ten_card_and_token_answers_at_once_gain_none(desk: Desk) -> None:
    journeys = [desk.at(Check.MEDIUM) for _ in range(10)]
    challenges = {j: desk.challenge(j) for j in journeys}
    assert sorted(at_once(lambda j: desk.answer(j, desk.card_answer(challenges[j], serial="00000000")), journeys)) == [
        *[Reason.CARD_LOCKED] * 6,
        *[Reason.WRONG_CARD] * 4,
    ]

    for journey in journeys:
        desk.challenge(journey, Medium.OTP)
    assert sorted(at_once(lambda j: desk.answer(j, desk.otp_answer(drift=9)), journeys * 2)) == [
        *[Reason.OTP_LOCKED] * 11,
        *[Reason.WRONG_OTP] * 9,
    ]


def test_ten_issues_at_once_make_one_certificate(desk: Desk) -> None:
    journeys = [desk.at(None) for _ in range(3)]
    outcomes = at_once(lambda j: desk.issue(j, PIN), journeys * 3)
    assert outcomes == [Reason.ALREADY_ISSUED] * 8
    assert certificates(desk) == 1


def at_once(work: Callable[[str], object], journeys: list[str]) -> list[Reason]:
    """The refusals, in any order, of calls that begin together."""
    together, reasons = threading.Barrier(len(journeys)), []

    def run(journey: str) -> None:
        together.wait()
        try:
            work(journey)
        except ServiceError as error:
            reasons.append(error.reason)

    threads = [threading.Thread(target=run, args=(journey,)) for journey in journeys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return reasons


def test_keys_are_kept_without_what_was_said_under_them(desk: Desk) -> None:
    journey = desk.at(Check.PHONE)
    desk.send(journey, key="k")
    with desk.store.read() as cx:
        row = cx.execute("SELECT * FROM call WHERE key = 'k'").fetchone()
    assert b"1885" not in row["result"]
