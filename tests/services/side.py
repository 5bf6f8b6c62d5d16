"""A person's own side of a joint journey: media, a wallet and the way to the CA, on a real authority."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from desktop.secret import Secret
from desktop.services.api import Enrol, Issued, Place, PlaceKind, Reason, ServiceError, Signed, Status
from desktop.services.authority.local import DATABASE_NAME, LocalAuthority
from desktop.services.media.disk import Disk
from desktop.services.npki.names import user_path
from desktop.services.tokens import Tokens
from desktop.services.wallet import LocalWallet, Send
from tests.services.authority.desk import Clock
from tests.services.media.faulty import state

PASSWORD = "Saero+6149un"
STICK, PC = "usb:0A1B", "pc"
CONFIRMATION = 3  # after genm for the encryption certificate, and ir


@dataclass
class Side:
    """A person's own side of a journey with all its checks done: a PC, a stick, and what they send to the CA."""

    authority: LocalAuthority
    journey: str
    data: Path
    clock: Clock
    home: Path
    tokens: Tokens | None = None
    sent: int = 0
    found: list[Place] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stick, self.pc = self.home / "스틱", self.home / "pc"
        self.stick.mkdir(parents=True)
        self.found = [
            Place(PC, PlaceKind.PC, path=str(self.pc), free=10**9),
            Place(STICK, PlaceKind.REMOVABLE, "가온 스틱", str(self.stick), free=10**9),
        ]

    def wallet(self, disk: Disk | None = None) -> LocalWallet:
        return LocalWallet(tokens=lambda: self.tokens, clock=self.clock, find=lambda: tuple(self.found), disk=disk)

    async def send(self, message: bytes) -> bytes:
        self.sent += 1
        return await self.authority.pkix(message)

    async def enrol(
        self,
        wallet: LocalWallet | None = None,
        place: str = STICK,
        *,
        secret: str = PASSWORD,
        send: Send | None = None,
    ) -> Issued | None:
        """By a leave of its own, and what the bank says then."""
        enrolment = await self.authority.enrol(self.journey, Enrol(), key=secrets.token_hex(8))
        with_ = Secret.of(secret)
        try:
            await (wallet or self.wallet()).enrol(place, enrolment, with_, send or self.send)
        finally:
            assert Secret.of(secret) == with_, "the caller's own is the caller's to wipe"
        return await self.authority.issued(self.journey)

    async def given(self, wallet: LocalWallet | None = None, place: str = STICK, *, secret: str = PASSWORD) -> Issued:
        issued = await self.enrol(wallet, place, secret=secret)
        assert issued is not None
        return issued

    def books(self) -> list[Status]:
        """How every certificate stands that was made, in their order."""
        with closing(sqlite3.connect(self.data / DATABASE_NAME)) as db:
            return [Status(status) for (status,) in db.execute("SELECT status FROM ca_certificates ORDER BY rowid")]


Work = Callable[[Side], Awaitable[None]]
Run = Callable[..., None]


def names(root: Path) -> list[str]:
    return sorted(Path(name).name for name in state(root))


def folder_of(root: Path, issued: Issued) -> Path:
    return root / user_path(x509.load_der_x509_certificate(issued.certificate))


def assert_signed(signed: Signed, issued: Issued, document: bytes) -> None:
    assert issued.certificate == signed.certificate
    public = x509.load_der_x509_certificate(signed.certificate).public_key()
    assert isinstance(public, RSAPublicKey)
    public.verify(signed.signature, document, PKCS1v15(), SHA256())


def lost_from(side: Side, number: int, *, delivered: bool = True) -> Send:
    """The line fails from this message on, and for so long that nobody waits for it."""

    async def send(message: bytes) -> bytes:
        if side.sent + 1 < number or delivered:
            answer = await side.send(message)
        else:
            side.sent += 1
        if side.sent < number:
            return answer
        raise ServiceError(Reason.UNREACHABLE, retry_after=3600)

    return send


async def cancelled_at(side: Side, number: int, place: str = STICK, *, secret: str = PASSWORD) -> None:
    """Given up while this message is under way, never to arrive."""
    waiting = asyncio.Event()

    async def send(message: bytes) -> bytes:
        if side.sent + 1 < number:
            return await side.send(message)
        waiting.set()
        await asyncio.Event().wait()
        raise AssertionError

    enrolling = asyncio.ensure_future(side.enrol(place=place, secret=secret, send=send))
    await waiting.wait()
    enrolling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await enrolling
