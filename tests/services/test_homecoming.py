"""What a made-up person has at home comes to this machine, once, and from a practice server alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from desktop.services.api import Check, KeyFile, Kind, Reason, Task
from desktop.services.authority.local import LocalAuthority
from desktop.services.homecoming import HomecomingServices
from tests.services.authority.desk import Clock, make_folder, refused
from tests.services.contract.offices import Customer, Office, authority_on, served


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def visited(data: Path, home: Path | None) -> AsyncIterator[tuple[Customer, LocalAuthority]]:
    """Who has a joint certificate, about to say who they are; their own machine keeps it in `home`."""
    async with authority_on(data, Clock()) as authority, served(authority, authority) as door:
        client = HomecomingServices(door.url)
        client.home = home
        try:
            customer = Customer(Office(client, client, Clock()), "chu_haneul", Kind.JOINT, Task.REISSUE)
            await customer.at(Check.IDENTITY)
            yield customer, authority
        finally:
            await client.aclose()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    make_folder(tmp_path / "data")
    return tmp_path / "data"


def found(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.rglob("*") if path.is_file()}


async def test_the_files_are_there_once_the_person_is_known(data: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with visited(data, home) as (customer, authority):
        with refused(Reason.OUT_OF_ORDER):
            await authority.files(customer.journey)
        await customer.identity()
        (file,) = await authority.files(customer.journey)
    assert {"signCert.der": file.certificate, "signPri.key": file.key} == found(home)


async def test_what_is_there_already_stays_as_its_owner_has_it(data: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with visited(data, home) as (customer, _):
        await customer.identity(key="once")
        key = await asyncio.to_thread(_changed, home)
        await customer.identity(key="once")
    assert key == found(home)["signPri.key"]


def _changed(home: Path) -> bytes:
    (key,) = home.rglob("signPri.key")
    key.write_bytes(b"under another password")
    return key.read_bytes()


async def test_a_bank_s_own_server_is_not_asked_for_files(data: Path, tmp_path: Path) -> None:
    async with visited(data, None) as (customer, _):
        await customer.identity()
    assert {} == found(tmp_path / "home")


async def test_a_file_that_holds_no_certificate_makes_no_sense(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def garbage(_: object, journey: str) -> tuple[KeyFile, ...]:
        return (KeyFile(b"garbage", b"garbage"),)

    monkeypatch.setattr(LocalAuthority, "files", garbage)
    async with visited(data, tmp_path / "home") as (customer, _):
        with refused(Reason.NONSENSE):
            await customer.identity()
    assert {} == found(tmp_path / "home")
