"""The courier in a whole authority: what was written is sent without anybody's doing, whatever went wrong before."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509

from desktop.secret import Secret
from desktop.services.api import (
    AcceptTerms,
    Channel,
    ConfirmCode,
    Kind,
    OpenJourney,
    PhoneVerified,
    SendCode,
    Task,
    VerifyIdentity,
)
from desktop.services.authority.local import LocalAuthority
from desktop.services.hooks.brought import Hooks
from desktop.services.hooks.gateway import Dispatch
from tests.services.authority.desk import KIM, QUICK, Clock, epost
from tests.services.hooks.banks import AWAY, FakeDirectory, FakeGateway, FakeMedia


class TellingGateway(FakeGateway):
    """`asked` is set when it was asked to send, `came` when it did."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.came, self.closed = threading.Event(), threading.Event(), False

    def send(self, dispatch: Dispatch, *, key: str) -> None:
        self.asked.set()
        super().send(dispatch, key=key)
        self.came.set()

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def gateway() -> TellingGateway:
    return TellingGateway()


@pytest.fixture
async def authority(folder: Path, gateway: TellingGateway) -> AsyncIterator[LocalAuthority]:
    hooks = Hooks(FakeDirectory(KIM), gateway, FakeMedia(KIM))
    made = await asyncio.to_thread(
        LocalAuthority.open, folder, epost(), clock=Clock(), practice=False, hardness=QUICK, hooks=hooks
    )
    try:
        yield made
    finally:
        await made.aclose()
    assert gateway.closed


async def identified(authority: LocalAuthority) -> str:
    opened = await authority.open_journey(OpenJourney("epost", Kind.FINANCIAL, Task.ISSUE), key="1")
    terms = tuple((term.id, term.version) for term in epost()["epost"].terms)
    await authority.accept_terms(opened.journey, AcceptTerms(terms), key="2")
    held = KIM.at[0]
    told = {"rrn": KIM.rrn, "account": held.account, "account_password": held.account_password}
    request = VerifyIdentity({name: Secret.of(value) for name, value in told.items()})
    await authority.verify_identity(opened.journey, request, key="3")
    return opened.journey


async def test_a_code_is_on_its_way_as_soon_as_it_is_written(
    authority: LocalAuthority, gateway: TellingGateway
) -> None:
    journey = await identified(authority)
    await authority.send_code(journey, SendCode(Channel.SMS), key="4")
    assert await asyncio.to_thread(gateway.came.wait, 10)
    code = ConfirmCode(Secret.of(gateway.code()))
    assert PhoneVerified(Channel.SMS) == await authority.confirm_code(journey, code, key="5")


async def test_a_fault_in_an_adapter_does_not_end_the_courier(
    authority: LocalAuthority, gateway: TellingGateway, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.trouble.before = [ZeroDivisionError("of 01000001885")]
    first = await identified(authority)
    await authority.send_code(first, SendCode(Channel.SMS), key="4")
    assert await asyncio.to_thread(gateway.asked.wait, 10)
    await authority.send_code(first, SendCode(Channel.ARS), key="5")
    assert await asyncio.to_thread(gateway.came.wait, 10)
    assert "ars_typed" == gateway.sent[-1][1].says
    assert "01000001885" not in caplog.text


async def test_what_a_gateway_does_not_take_is_told_to_whoever_runs_the_server(
    authority: LocalAuthority, gateway: TellingGateway
) -> None:
    before = await authority.standing()
    gateway.trouble.before = [AWAY]
    await authority.send_code(await identified(authority), SendCode(Channel.SMS), key="4")
    assert await asyncio.to_thread(gateway.asked.wait, 10)
    assert (0, 1) == (before.messages_waiting, (await authority.standing()).messages_waiting)
    ends = x509.load_der_x509_certificate(await authority.ca_certificate()).not_valid_after_utc
    assert ends.timestamp() == before.ca_expires > Clock()() + 9 * 365 * 86400


async def test_a_reply_that_a_gateway_brings_is_heard_by_who_waits(
    authority: LocalAuthority, gateway: TellingGateway
) -> None:
    journey = await identified(authority)
    await authority.send_code(journey, SendCode(Channel.SMS), key="4")
    await asyncio.to_thread(gateway.came.wait, 10)
    waiting = asyncio.create_task(authority.await_reply(journey, wait=0.2))
    with pytest.raises(Exception, match="bad_request"):
        await authority.take_reply(gateway.sent[-1][0], gateway.code(), reply="r-1")
    assert None is await waiting


def test_practice_has_no_courier() -> None:
    before = threading.active_count()
    made = LocalAuthority.open(None, epost(), clock=Clock(), hardness=QUICK)
    assert before == threading.active_count()
    asyncio.run(made.aclose())
