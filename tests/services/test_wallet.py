"""The wallet against a real authority: what it leaves on a medium or a token, and in the books, whatever happens."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.secret import Secret
from desktop.services.api import PlaceKind, Reason, ServiceError, Status
from desktop.services.media.disk import Disk
from desktop.services.npki.capubs import NAME as CA_PUBS
from desktop.services.npki.container import open_key, seal_key
from desktop.services.npki.tree import CERTIFICATE, KEY
from desktop.services.wallet import LocalWallet
from tests.services.authority.desk import copied, refused
from tests.services.media.faulty import FaultyDisk, Killed, state
from tests.services.side import (
    CONFIRMATION,
    PASSWORD,
    PC,
    STICK,
    Run,
    Side,
    assert_signed,
    cancelled_at,
    folder_of,
    lost_from,
    names,
)
from tests.services.softhsm import PIN

# ── Into files ──


@pytest.mark.parametrize("place", [STICK, PC])
def test_a_certificate_comes_to_the_place_chosen_counts_and_signs(run: Run, place: str) -> None:
    async def work(side: Side) -> None:
        wallet = side.wallet()
        issued = await side.given(wallet, place)
        here, other = (side.stick, side.pc) if place == STICK else (side.pc, side.stick)
        assert sorted([CERTIFICATE, KEY, CA_PUBS]) == names(here)
        assert [] == names(other)
        assert issued.certificate == (folder_of(here, issued) / CERTIFICATE).read_bytes()
        assert_signed(await wallet.sign(issued.serial, Secret.of(PASSWORD), b"a document"), issued, b"a document")
        assert [Status.GOOD] == side.books()

    run(work)


def test_a_folder_that_was_named_comes_first_and_is_made(run: Run, tmp_path: Path) -> None:
    async def work(side: Side) -> None:
        wallet = LocalWallet(folders=[tmp_path / "out"], clock=side.clock, find=lambda: tuple(side.found))
        first = (await wallet.places()).places[0]
        assert (PlaceKind.FOLDER, "out", str(tmp_path / "out")) == (first.kind, first.label, first.path)
        await side.given(wallet, first.id)
        assert sorted([CERTIFICATE, KEY, CA_PUBS]) == names(tmp_path / "out")

    run(work)


def test_a_place_that_is_gone_is_called_by_its_name_and_the_ca_hears_nothing(run: Run) -> None:
    async def work(side: Side) -> None:
        wallet = side.wallet()
        await wallet.places()
        side.found.pop()
        with refused(Reason.MEDIUM_GONE, where="가온 스틱"):
            await side.enrol(wallet)
        with refused(Reason.TOKEN_GONE):
            await side.enrol(wallet, "token:maker:1", secret=PIN)
        assert (0, []) == (side.sent, side.books())

    run(work)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("read_only", Reason.MEDIUM_READ_ONLY),
        ("permission", Reason.MEDIUM_READ_ONLY),
        ("full", Reason.MEDIUM_FULL),
        ("not_mounted", Reason.MEDIUM_FAILED),
    ],
)
def test_where_nothing_can_be_written_the_ca_hears_nothing(run: Run, trouble: str, reason: Reason) -> None:
    async def work(side: Side) -> None:
        side.found[1] = replace(side.found[1], path="", trouble=trouble)
        with refused(reason, where="가온 스틱"):
            await side.enrol()
        assert (0, []) == (side.sent, side.books())

    run(work)


class Refusing(Disk):
    """One kind of system call fails."""

    def __init__(self, name: str, error: int) -> None:
        self._error = error
        setattr(self, name, self._fail)

    def _fail(self, *_: object) -> None:
        raise OSError(self._error, os.strerror(self._error))


@pytest.mark.parametrize(
    ("name", "error", "reason"),
    [
        ("mkdir", errno.EROFS, Reason.MEDIUM_READ_ONLY),
        ("write", errno.ENOSPC, Reason.MEDIUM_FULL),
        ("flush", errno.EIO, Reason.MEDIUM_FAILED),
        ("rename", errno.ENODEV, Reason.MEDIUM_GONE),
    ],
)
def test_a_disk_that_refuses_gets_no_certificate_and_no_half(run: Run, name: str, error: int, reason: Reason) -> None:
    async def work(side: Side) -> None:
        with refused(reason, where="가온 스틱"):
            await side.enrol(side.wallet(Refusing(name, error)))
        assert [Status.REVOKED] == side.books()
        assert await side.authority.issued(side.journey) is None
        assert {CERTIFICATE, KEY}.isdisjoint(names(side.stick))
        assert await side.enrol() is not None, "the journey goes on when the disk is mended"
        assert [Status.REVOKED, Status.GOOD] == side.books()
        assert sorted([CERTIFICATE, KEY, CA_PUBS]) == names(side.stick)

    run(work)


def test_a_folder_that_cannot_be_made_is_said_and_the_certificate_revoked(run: Run) -> None:
    async def work(side: Side) -> None:
        side.pc.write_bytes(b"a file in the way")
        with pytest.raises(ServiceError) as raised:
            await side.enrol(place=PC)
        assert raised.value.reason.startswith("medium_")
        assert [Status.REVOKED] == side.books()

    run(work)


@pytest.mark.parametrize("call", [12, 25, 40])
def test_a_write_that_was_cut_short_is_brought_to_its_end_before_the_next(run: Run, call: int) -> None:
    async def work(side: Side) -> None:
        with pytest.raises(Killed):
            await side.enrol(side.wallet(FaultyDisk(call)))
        assert [Status.SUSPENDED] == side.books()
        issued = await side.given()
        assert [Status.REVOKED, Status.GOOD] == side.books()
        left = {Path(name).parent for name in state(side.stick)}
        assert folder_of(side.stick, issued).relative_to(side.stick) in left
        assert all(sorted([CERTIFICATE, KEY, CA_PUBS]) == names(side.stick / folder) for folder in left)

    run(work)


# ── The answers that do not come ──


def test_a_confirmation_whose_answer_is_lost_counts_and_is_found_out(run: Run) -> None:
    async def work(side: Side) -> None:
        wallet = side.wallet()
        with refused(Reason.UNREACHABLE):
            await side.enrol(wallet, send=lost_from(side, CONFIRMATION))
        issued = await side.authority.issued(side.journey)
        assert issued is not None
        assert [Status.GOOD] == side.books()
        assert_signed(await wallet.sign(issued.serial, Secret.of(PASSWORD), b"x"), issued, b"x")

    run(work)


def test_a_confirmation_that_never_arrives_leaves_a_certificate_on_hold(run: Run) -> None:
    async def work(side: Side) -> None:
        with refused(Reason.UNREACHABLE):
            await side.enrol(send=lost_from(side, CONFIRMATION, delivered=False))
        assert await side.authority.issued(side.journey) is None
        assert [Status.SUSPENDED] == side.books()
        await side.given()
        assert [Status.REVOKED, Status.GOOD] == side.books()

    run(work)


@pytest.mark.parametrize(
    ("number", "books", "kept"),
    [(2, [], []), (CONFIRMATION, [Status.SUSPENDED], sorted([CERTIFICATE, KEY, CA_PUBS]))],
)
def test_who_gives_up_midway_has_no_certificate_that_counts(
    run: Run, number: int, books: list[Status], kept: list[str]
) -> None:
    async def work(side: Side) -> None:
        await cancelled_at(side, number)
        assert books == side.books()
        assert kept == names(side.stick)

    run(work)


def test_who_gives_up_while_it_is_written_finds_nothing_on_the_medium(run: Run) -> None:
    began, go_on = threading.Event(), threading.Event()

    class Slow(Disk):
        def rename(self, old: Path, new: Path) -> None:
            began.set()
            assert go_on.wait(10)
            super().rename(old, new)

    async def work(side: Side) -> None:
        enrolling = asyncio.ensure_future(side.enrol(side.wallet(Slow())))
        await asyncio.to_thread(began.wait)
        enrolling.cancel()
        await asyncio.sleep(0)
        assert not enrolling.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await enrolling
        assert (CONFIRMATION - 1, [Status.SUSPENDED]) == (side.sent, side.books())
        assert [] == names(side.stick)

    run(work)


# ── Signing with what is at hand ──


def test_each_copy_may_have_a_password_of_its_own(run: Run) -> None:
    async def work(side: Side) -> None:
        wallet = side.wallet()
        issued = await side.given(wallet)
        here, there = folder_of(side.stick, issued), folder_of(side.pc, issued)
        copied(here, there)
        plain = open_key((here / KEY).read_bytes(), Secret.of(PASSWORD))
        (there / KEY).write_bytes(seal_key(plain, Secret.of("Another+7715")))
        for password in (PASSWORD, "Another+7715"):
            assert_signed(await wallet.sign(issued.serial, Secret.of(password), b"x"), issued, b"x")
        with refused(Reason.WRONG_PASSWORD):
            await wallet.sign(issued.serial, Secret.of("neither"), b"x")
        (there / KEY).write_bytes(b"no key")
        with refused(Reason.WRONG_PASSWORD, where=str(here / KEY)):
            await wallet.sign(issued.serial, Secret.of("neither"), b"x")
        (there / KEY).unlink()
        (here / KEY).unlink()
        with refused(Reason.KEY_MISSING):
            await wallet.sign(issued.serial, Secret.of(PASSWORD), b"x")
        side.found.clear()
        with refused(Reason.CERTIFICATE_NOT_HERE):
            await wallet.sign(issued.serial, Secret.of(PASSWORD), b"x")

    run(work)


def test_what_it_was_given_in_trust_is_wiped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[Secret]()

    class Noted(Secret):
        def __init__(self, data: bytes | bytearray | memoryview = b"") -> None:
            super().__init__(data)
            made.append(self)

    for module in ("wallet", "folder", "npki.key", "npki.container"):
        monkeypatch.setattr(f"desktop.services.{module}.Secret", Noted)

    async def work(side: Side) -> None:
        wallet = side.wallet()
        issued = await side.given(wallet)
        await wallet.sign(issued.serial, Secret.of(PASSWORD), b"x")
        with pytest.raises(ServiceError):
            await wallet.sign(issued.serial, Secret.of("wrong"), b"x")

    run(work)
    assert len(made) >= 6
    assert {0} == {len(secret) for secret in made}
