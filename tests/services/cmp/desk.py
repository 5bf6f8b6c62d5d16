"""A client and a responder that speak without a network."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from desktop.secret import Secret
from desktop.services.cmp.client import enrol
from desktop.services.cmp.protect import PrivateKey
from desktop.services.cmp.responder import Responder
from desktop.services.cmp.talk import Patience
from tests.services.cmp.pki import named, pki, rsa_key
from tests.services.cmp.register import Register

REFERENCE, CODE = "20261122", "A1B2C3D4E5F6G7H8"


@dataclass(slots=True)
class Clock:
    at: float

    def __call__(self) -> float:
        return self.at

    async def pause(self, seconds: float) -> None:
        self.at += seconds


@dataclass(slots=True)
class Desk:
    """`asked` and `answered`: every message that passed. `change` may stand between."""

    register: Register
    responder: Responder
    clock: Clock
    asked: list[bytes] = field(default_factory=list)
    answered: list[bytes] = field(default_factory=list)
    stored: list[bytes] = field(default_factory=list)
    change: Callable[[bytes], bytes] | None = None

    async def send(self, message: bytes) -> bytes:
        self.asked.append(message)
        answer = self.responder.answer(message)
        self.answered.append(answer)
        return answer if self.change is None else self.change(answer)

    async def store(self, certificate: bytes, chain: tuple[bytes, ...]) -> None:
        assert self.register.pki.chain == chain
        assert not self.register.last.confirmed
        self.stored.append(certificate)

    @property
    def patience(self) -> Patience:
        return Patience(self.clock, self.clock.pause)

    async def enrol(
        self,
        *,
        reference: str = REFERENCE,
        code: str = CODE,
        name: str = "hong",
        key: PrivateKey | None = None,
        random: bytes | None = None,
        replaces: bytes | None = None,
        send: Callable[[bytes], Awaitable[bytes]] | None = None,
        store: Callable[[bytes, tuple[bytes, ...]], Awaitable[None]] | None = None,
    ) -> bytes:
        return await enrol(
            send or self.send,
            reference=reference,
            code=Secret.of(code),
            subject=named(name).public_bytes(),
            key=key or rsa_key("leaf"),
            chain=self.register.pki.chain,
            store=store or self.store,
            random=random,
            replaces=replaces,
            now=self.clock,
            pause=self.clock.pause,
        )


def new_desk() -> Desk:
    """Its register knows one person by reference number and code."""
    register = Register(pki(), {REFERENCE: CODE})
    clock = Clock(time.time())
    responder = Responder(register, register.pki.speaker, decryption=register.pki.reader, now=clock)
    return Desk(register, responder, clock)
