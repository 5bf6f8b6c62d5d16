"""Two servers of one bank on one PostgreSQL: no message twice, no try more, and one good certificate."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktop.services.api import Check, Issued, Reason, ServiceError
from tests.services.authority.desk import Clock
from tests.services.hooks.desk import BankDesk
from tests.services.postgres import NEEDED, Cluster

pytestmark = NEEDED


@pytest.fixture
def desks(tmp_path: Path, postgres: Cluster) -> Iterator[tuple[BankDesk, BankDesk]]:
    """With one clock, one key and the same bank behind them."""
    database, clock = postgres.create(), Clock(time.time())
    first = BankDesk(tmp_path, clock, outside=True, database=database)
    second = BankDesk(tmp_path, clock, outside=True, database=database, like=first)
    yield first, second
    for desk in (first, second):
        desk.close()
    postgres.drop(database)


def test_a_journey_goes_on_at_either_server(desks: tuple[BankDesk, BankDesk]) -> None:
    first, second = desks
    journey = first.at(Check.MEDIUM)
    for check in (Check.MEDIUM, Check.CLOUD):
        second.do(journey, check)
    issued = first.issue(journey, key="mine")
    assert issued == second.issue(journey, key="mine")
    assert {issued.certificate} == first.issuer.good()


def test_a_message_is_sent_by_one_of_them(desks: tuple[BankDesk, BankDesk]) -> None:
    first, second = desks
    for _ in range(4):
        first.send(first.at(Check.PHONE))
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda desk: desk.deliver(), desks))
    keys = [key for key, _ in first.gateway.sent]
    assert (4, 4) == (len(keys), len(set(keys)))
    assert len(first.gateway.keys) - 1 == 4
    assert second.gateway is first.gateway


def test_both_ask_the_bank_no_more_often_than_one_journey_may(desks: tuple[BankDesk, BankDesk]) -> None:
    journey = desks[0].at(Check.IDENTITY)

    def attack(number: int) -> None:
        with pytest.raises(ServiceError):
            desks[number % 2].identity(journey, account_password=f"{number:04}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(attack, range(16)))
    assert desks[0].directory.asked <= 5


def test_both_at_once_leave_one_certificate(desks: tuple[BankDesk, BankDesk]) -> None:
    first, _ = desks
    journey, refusals = first.at(None), set()

    def attempt(number: int) -> Issued | None:
        try:
            return desks[number % 2].issue(journey, key=f"call-{number // 2}")
        except ServiceError as error:
            refusals.add(error.reason)
            return None

    with ThreadPoolExecutor(8) as threads:
        issued = {found.serial: found for found in threads.map(attempt, range(8)) if found}
    first.tell_ca()
    assert 1 == len(issued)
    assert {found.certificate for found in issued.values()} == first.issuer.good()
    assert refusals <= {Reason.STORE_BUSY, Reason.ALREADY_ISSUED, Reason.KEY_IN_FLIGHT}
