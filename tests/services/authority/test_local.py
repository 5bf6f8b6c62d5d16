"""The async face: in worker threads, waiting without polling, closing cleanly, and hiding what broke inside."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from desktop.secret import Secret
from desktop.services.api import (
    AcceptTerms,
    Channel,
    Check,
    Kind,
    OpenJourney,
    PhoneEvent,
    PracticePhone,
    Reason,
    SendCode,
    ServiceError,
    Services,
    Task,
    VerifyIdentity,
)
from desktop.services.authority.local import LocalAuthority
from tests.services.authority.desk import KIM, QUICK, Clock, Desk, at_epost, epost, refused

T = TypeVar("T")
Work = Callable[[LocalAuthority], Awaitable[None]]
OPEN = OpenJourney("epost", Kind.FINANCIAL, Task.ISSUE)


def run(folder: Path | None, work: Work, *, practice: bool = True) -> None:
    async def whole() -> None:
        authority = LocalAuthority.open(folder, epost(), clock=Clock(), practice=practice, hardness=QUICK)
        try:
            await work(authority)
        finally:
            await authority.aclose()

    asyncio.run(whole())


def at(folder: Path, check: Check) -> str:
    desk = Desk(folder, Clock())
    journey = desk.at(check)
    desk.close()
    return journey


def test_it_is_what_the_wizard_and_the_phone_ask_for(folder: Path) -> None:
    async def work(authority: LocalAuthority) -> None:
        services: Services = authority
        phone: PracticePhone = authority
        assert (await services.open_journey(OPEN, key="k")).practice
        assert await phone.events(after=0, wait=0) == ()

    run(folder, work)


def test_in_memory_it_leaves_no_files() -> None:
    async def work(authority: LocalAuthority) -> None:
        assert (await authority.open_journey(OPEN, key="k")).journey

    run(None, work)


def test_an_authority_that_is_no_practice_knows_no_made_up_people(tmp_path: Path) -> None:
    async def work(authority: LocalAuthority) -> None:
        opened = await authority.open_journey(OPEN, key="k")
        assert not opened.practice
        assert not (await authority.journey_status(opened.journey)).practice
        terms = epost()["epost"].terms
        await authority.accept_terms(opened.journey, AcceptTerms(tuple((t.id, t.version) for t in terms)), key="terms")
        with refused(Reason.IDENTITY_MISMATCH):
            await authority.verify_identity(opened.journey, identity(), key="identity")

    run(tmp_path / "real", work, practice=False)


def identity() -> VerifyIdentity:
    held = at_epost(KIM)
    given = {"rrn": KIM.rrn, "account": held.account, "account_password": held.account_password}
    return VerifyIdentity({name: Secret.of(value) for name, value in given.items()})


def test_who_waits_for_an_event_is_woken_by_it(folder: Path) -> None:
    journey = at(folder, Check.PHONE)

    async def work(authority: LocalAuthority) -> None:
        waiting = asyncio.create_task(authority.events(after=0, wait=30))
        done = {e.id for e in await authority.events(after=0, wait=0)}
        waiting.cancel()
        waiting = asyncio.create_task(authority.events(after=max(done, default=0), wait=30))
        await authority.send_code(journey, SendCode(Channel.SMS), key="k")
        (event,) = await asyncio.wait_for(waiting, 10)
        assert isinstance(event, PhoneEvent)

    run(folder, work)


def test_who_waits_for_nothing_gets_nothing_in_time(folder: Path) -> None:
    journey = at(folder, Check.PHONE)

    async def work(authority: LocalAuthority) -> None:
        assert await authority.await_reply(journey, wait=0.02) is None
        assert await authority.events(after=99, wait=0.02) == ()
        with refused(Reason.JOURNEY_UNKNOWN):
            await authority.await_reply("nowhere", wait=30)

    run(folder, work)


def test_a_cancelled_call_still_has_its_secrets_and_its_effect(folder: Path) -> None:
    journey = at(folder, Check.IDENTITY)

    async def work(authority: LocalAuthority) -> None:
        request = identity()
        call = asyncio.create_task(authority.verify_identity(journey, request, key="k"))
        await asyncio.sleep(0)
        call.cancel()
        for secret in request.fields.values():
            secret.wipe()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await again(lambda: authority.verify_identity(journey, identity(), key="k"))).name == "김*체"

    run(folder, work)


async def again(call: Callable[[], Awaitable[T]]) -> T:
    """Asked until the first call under the key is over."""
    while True:
        try:
            return await call()
        except ServiceError as error:
            if error.reason != Reason.KEY_IN_FLIGHT:
                raise


def test_a_closed_authority_is_unreachable_and_lets_the_folder_go(folder: Path) -> None:
    async def work(authority: LocalAuthority) -> None:
        waiting = asyncio.create_task(authority.events(after=99, wait=30))
        await authority.events(after=0, wait=0)
        await authority.aclose()
        await authority.aclose()
        with refused(Reason.UNREACHABLE):
            await waiting
        with refused(Reason.UNREACHABLE):
            await authority.open_journey(OPEN, key="k")

    run(folder, work)
    run(folder, closing)


async def closing(authority: LocalAuthority) -> None:
    opened = await authority.open_journey(OPEN, key="open")
    await authority.close_journey(opened.journey, key="close")
    await authority.close_journey(opened.journey, key="close")
    with refused(Reason.JOURNEY_CLOSED):
        await authority.close_journey(opened.journey, key="other")
    assert (await authority.journey_status(opened.journey)).closed


def test_a_second_authority_on_the_folder_is_refused(folder: Path) -> None:
    async def work(_: LocalAuthority) -> None:
        with refused(Reason.DATA_FOLDER_IN_USE):
            LocalAuthority.open(folder, epost())

    run(folder, work)


def test_a_failed_opening_lets_the_folder_go(folder: Path) -> None:
    key = (folder / "server.key").read_bytes()
    (folder / "server.key").write_bytes(bytes(32))
    with refused(Reason.STORE_CORRUPT):
        LocalAuthority.open(folder, epost())
    (folder / "server.key").write_bytes(key)
    run(folder, closing)


def test_what_breaks_inside_is_named_by_its_kind_alone(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def work(authority: LocalAuthority) -> None:
        def broken() -> None:
            raise ValueError("800101-9123456")

        with caplog.at_level(logging.ERROR), refused(Reason.INTERNAL):
            await authority._workers.read(broken)
        assert [record.getMessage() for record in caplog.records] == ["internal error: ValueError"]

    run(folder, work)
