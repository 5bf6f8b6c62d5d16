"""Several programs on one database: one CA, one effect for a key, one count of tries, and one bell."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktop.secret import Secret
from desktop.services.api import Channel, Check, Reason, SendCode, ServiceError
from desktop.services.authority.idempotency import Call
from desktop.services.authority.local import LocalAuthority
from desktop.services.wire.seal import Context, OpeningKeys
from tests.services.authority.desk import QUICK, Clock, Desk, epost, refused
from tests.services.postgres import NEEDED, Cluster

pytestmark = NEEDED


@pytest.fixture
def other(desk: Desk) -> Iterator[Desk]:
    """A second program, with the same key, on the same database."""
    made = Desk(desk.folder, desk.clock, database=desk.database)
    yield made
    made.close()


def test_of_two_that_start_at_once_one_founds_and_both_have_the_same(postgres: Cluster, tmp_path: Path) -> None:
    address, together = postgres.create(), threading.Barrier(2)
    epost()  # read before: msgspec must not see its types for the first time in two threads at once

    def start(_: int) -> Desk:
        together.wait()
        return Desk(tmp_path / "data", Clock(), database=address)

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(start, range(2))
    assert first.parts.ca.chain() == second.parts.ca.chain()
    assert first.vault.derive("a") == second.vault.derive("a")
    journey = first.at(Check.IDENTITY)
    second.identity(journey)
    first.close()
    second.close()
    postgres.drop(address)


def test_a_program_with_another_key_is_refused(database: str, tmp_path: Path) -> None:
    with refused(Reason.STORE_CORRUPT, detail="server_key"):
        opened(tmp_path / "another", database)


def test_a_key_that_one_works_on_is_in_flight_at_the_other(desk: Desk, other: Desk) -> None:
    begun, go_on = threading.Event(), threading.Event()
    call = Call("k", "", "m", None, int)

    def slow(_: str) -> int:
        begun.set()
        go_on.wait(10)
        return 1

    def ask(where: Desk) -> int:
        return where.parts.calls.twice(call, lambda cx: "", lambda cx, note, made: made, between=slow)

    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(ask, desk)
        begun.wait(10)
        with refused(Reason.KEY_IN_FLIGHT):
            ask(other)
        go_on.set()
        assert 1 == working.result(10)
    assert 1 == ask(other)


def test_one_key_at_both_at_once_makes_one_certificate(desk: Desk, other: Desk) -> None:
    journey, together = desk.at(None), threading.Barrier(8)

    def issue(number: int) -> str | Reason:
        together.wait()
        try:
            return (desk, other)[number % 2].issue(journey, key="k").serial
        except ServiceError as error:
            return error.reason

    with ThreadPoolExecutor(8) as threads:
        outcomes = set(threads.map(issue, range(8)))
    assert {desk.issue(journey, key="k").serial} == outcomes - {Reason.KEY_IN_FLIGHT}
    with desk.store.read() as cx:
        assert (
            1
            == cx.execute(
                "SELECT count(*) AS n FROM cloud_credentials WHERE kind = 'financial' AND account ="
                " (SELECT max(id) FROM cloud_accounts)"
            ).fetchone()["n"]
        )


def test_tries_at_both_at_once_are_counted_once_each(desk: Desk, other: Desk) -> None:
    journeys, together = [desk.at(Check.IDENTITY) for _ in range(10)], threading.Barrier(10)

    def guess(number: int) -> Reason | None:
        together.wait()
        try:
            (desk, other)[number % 2].identity(journeys[number], account_password="0000")
        except ServiceError as error:
            return error.reason
        return None

    with ThreadPoolExecutor(10) as threads:
        reasons = list(threads.map(guess, range(10)))
    assert (4, 6) == (reasons.count(Reason.WRONG_ACCOUNT_PASSWORD), reasons.count(Reason.ACCOUNT_LOCKED))
    with desk.store.read() as cx:
        desk.parts.audit.verify_chain(cx)


def opened(folder: Path, database: str) -> LocalAuthority:
    return LocalAuthority.open(folder, epost(), clock=Clock(), hardness=QUICK, database=database)


def test_who_waits_at_one_is_woken_by_what_happens_at_the_other(folder: Path, database: str) -> None:
    desk = Desk(folder, Clock(), database=database)
    journey = desk.at(Check.PHONE)
    desk.close()

    async def work() -> None:
        here, there = opened(folder, database), opened(folder, database)
        try:
            waiting = asyncio.create_task(here.events(after=0, wait=30))
            await there.send_code(journey, SendCode(Channel.SMS), key="k")
            (event,) = await asyncio.wait_for(waiting, 10)
            assert event.code
        finally:
            await here.aclose()
            await there.aclose()

    asyncio.run(work())


def test_what_is_sealed_for_one_opens_at_the_other_until_the_day_after(folder: Path, database: str) -> None:
    clock = Clock()

    async def work() -> None:
        here, there = opened(folder, database), opened(folder, database)
        keys = [OpeningKeys.derived(each.sealing_seed(), clock) for each in (here, there)]
        await here.aclose()
        await there.aclose()
        context, before = Context("epost", "j", "issue"), keys[0].sealing
        sealed = before.seal(Secret.of("470382"), context, "pin")
        assert "470382" == keys[1].open(sealed, context, "pin").reveal()
        clock.advance(86_400)
        assert "470382" == keys[1].open(sealed, context, "pin").reveal()
        assert before != keys[1].sealing == keys[0].sealing
        clock.advance(86_400)
        with refused(Reason.BAD_REQUEST, detail="sealing_key"):
            keys[1].open(sealed, context, "pin")

    asyncio.run(work())
