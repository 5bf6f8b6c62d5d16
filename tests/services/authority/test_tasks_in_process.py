"""The new calls through the async services, as the wizard makes them: holdings, devices, change, hand-off, password."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path

from desktop.secret import Secret
from desktop.services.api import (
    AcceptTerms,
    Change,
    Check,
    Document,
    Enrol,
    Issued,
    Kind,
    OpenJourney,
    Reason,
    Status,
    Task,
    VerifyDocument,
    VerifyIdentity,
)
from desktop.services.authority.local import LocalAuthority
from tests.services.authority.desk import QUICK, WHO, Clock, Desk, refused
from tests.services.authority.offered import offered
from tests.services.authority.purse import obtained

SONG, GUKMIN, CHU = WHO["song_ujeong"], WHO["kim_gukmin"], WHO["chu_haneul"]
KEYS = map("task-{}".format, itertools.count())


def run(folder: Path, work: Callable[[LocalAuthority], Awaitable[None]]) -> None:
    async def whole() -> None:
        authority = LocalAuthority.open(folder, offered(), clock=Clock(), hardness=QUICK)
        try:
            await work(authority)
        finally:
            await authority.aclose()

    asyncio.run(whole())


def proven(folder: Path, who: str, task: Task, kind: Kind, *, before: Check | None = None, device: str = "") -> str:
    """A journey with every check done, or the next one to be `before`, made by the blocking core."""
    desk = Desk(folder, Clock())
    journey = desk.at(before, WHO[who], task, kind=kind, device=device)
    desk.close()
    return journey


def test_devices_are_limited_and_the_limit_is_told(folder: Path) -> None:
    journey = proven(folder, "song_ujeong", Task.DEVICES, Kind.FINANCIAL, device="here")

    async def work(authority: LocalAuthority) -> None:
        (held,) = (await authority.holdings(journey)).certificates
        known = await authority.devices(journey, held.credential_id)
        assert ["here"] == [device.id for device in known.devices if device.here]
        change = Change(held.credential_id, devices=("here",))
        changed = await authority.change(journey, change, key="k")
        assert (Status.GOOD, 1) == (changed.status, changed.devices)
        assert changed == (await authority.journey_status(journey)).changed

    run(folder, work)


def test_a_change_wipes_its_own_copies_of_the_pins_alone(folder: Path) -> None:
    journey = proven(folder, "song_ujeong", Task.PIN, Kind.FINANCIAL)

    async def work(authority: LocalAuthority) -> None:
        request = Change("", Secret.of(SONG.certificates[0].pin), Secret.of("915036"))
        await authority.change(journey, request, key="k")
        assert request.pin is not None
        assert "915036" == request.pin.reveal()

    run(folder, work)


def test_the_phone_completes_a_hand_off_that_somebody_waits_for(folder: Path) -> None:
    async def work(authority: LocalAuthority) -> None:
        opened = await authority.open_journey(OpenJourney("kb", Kind.MOBILE, Task.ISSUE), key=next(KEYS))
        journey = opened.journey
        assert (Check.IDENTITY, Check.DOCUMENT) == opened.checks
        fields = {"rrn": Secret.of(GUKMIN.rrn), "user_id": Secret.of(GUKMIN.at[0].user_id)}
        await authority.verify_identity(journey, VerifyIdentity(fields), key=next(KEYS))
        document = VerifyDocument(Document.RESIDENT, Secret.of(GUKMIN.resident_issued))
        await authority.verify_document(journey, document, key=next(KEYS))
        handoff = await authority.hand_off(journey, key=next(KEYS))
        assert 300.0 == handoff.expires_in
        assert None is await authority.await_reply(journey, wait=0)
        waiting = asyncio.create_task(authority.await_reply(journey, wait=10))
        event = (await authority.events(after=0, wait=10))[-1]
        await authority.answer(event.id, "")
        issued = await waiting
        assert isinstance(issued, Issued)
        assert Kind.MOBILE is issued.kind
        assert issued == (await authority.journey_status(journey)).issued

    run(folder, work)


def test_a_hand_off_that_ran_out_says_so_to_who_waits(folder: Path) -> None:
    journey = proven(folder, "kim_gukmin", Task.ISSUE, Kind.MOBILE)
    clock = Clock()

    async def whole() -> None:
        authority = LocalAuthority.open(folder, offered(), clock=clock, hardness=QUICK)
        try:
            await authority.hand_off(journey, key="k")
            clock.advance(301)
            with refused(Reason.HANDOFF_EXPIRED):
                await authority.await_reply(journey, wait=0)
        finally:
            await authority.aclose()

    asyncio.run(whole())


def test_a_joint_certificate_is_reissued_by_who_opens_the_old_file_and_makes_a_new_key(folder: Path) -> None:
    desk = Desk(folder, Clock())
    journey = desk.at(Check.PASSWORD, CHU, Task.REISSUE, kind=Kind.JOINT)
    proof = desk.purse.prove(journey, desk.certificate(CHU), CHU.certificates[0].password)
    desk.close()

    async def work(authority: LocalAuthority) -> None:
        verified = await authority.verify_password(journey, proof, key=next(KEYS))
        (held,) = (await authority.holdings(journey)).certificates
        assert held.credential_id == verified.credential_id
        with refused(Reason.OUT_OF_ORDER):
            await authority.enrol(journey, Enrol(), key=next(KEYS))
        terms = tuple((term.id, term.version) for term in offered()["kbank"].terms)
        await authority.accept_terms(journey, AcceptTerms(terms), key=next(KEYS))
        enrolment = await authority.enrol(journey, Enrol(credential_id=held.credential_id), key=next(KEYS))
        assert None is await authority.issued(journey)
        der = await obtained(authority.pkix, enrolment, Clock())
        issued = await authority.issued(journey)
        assert issued is not None
        assert (der, Task.REISSUE) == (issued.certificate, issued.task)
        assert issued == (await authority.journey_status(journey)).issued

    run(folder, work)


def test_a_bank_alone_knows_the_certificates_of_banks_that_come_with_the_program(tmp_path: Path) -> None:
    async def work() -> None:
        authority = LocalAuthority.open(tmp_path, {"epost": offered()["epost"]}, clock=Clock(), hardness=QUICK)
        try:
            request = OpenJourney("epost", Kind.FINANCIAL, Task.REGISTER)
            journey = (await authority.open_journey(request, key=next(KEYS))).journey
            seo = WHO["seo_tahaeng"]
            known = {"rrn": seo.rrn, "account": seo.at[0].account, "account_password": seo.at[0].account_password}
            fields = {name: Secret.of(text) for name, text in known.items()}
            await authority.verify_identity(journey, VerifyIdentity(fields), key=next(KEYS))
            assert ["kb"] == [held.bank for held in (await authority.holdings(journey)).elsewhere]
        finally:
            await authority.aclose()

    asyncio.run(work())
