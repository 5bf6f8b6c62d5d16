"""Simulated kiosks, each with a whole journey of a person of its own, that come whether the server is ready or not.

`--kiosks N` journeys in all, `--rate R` a second on average (Poisson), `--cloud S` the share with a certificate in the
cloud: all factors, PIN, issue and a signature, of which two derivations of a key from the PIN cost 170 ms of a core
each by design. The others fetch a joint certificate at the CMP door, with a key of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import random
import secrets
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any, Final, TypeVar

from cryptography.hazmat.primitives.asymmetric import rsa

from bench.served import Server, server
from desktop.banks import Bank, load_banks
from desktop.secret import Secret
from desktop.services import api
from desktop.services.api import Channel, Document, Kind, Medium, MediumChallenge, ServiceError, Task
from desktop.services.authority.crowd import member
from desktop.services.authority.otp import password
from desktop.services.authority.practice import Person
from desktop.services.authority.signing import RSA_SHA256_OID, SHA256_OID
from desktop.services.cmp.client import enrol
from desktop.services.http import HttpServices
from desktop.services.pins import trust
from desktop.shipped import shipped

T = TypeVar("T")
PIN: Final = "470382"
#: Seconds for which a message on the phone is waited for.
_PATIENCE: Final = 25.0
_KEYS: Final = 8  # RSA keys, used in turn: to make one is the kiosk's own work, and this machine is the server's too


@dataclass(slots=True)
class Tally:
    """Seconds by operation, and refusals by operation and code."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def timed(self, operation: str, work: Awaitable[T]) -> T:
        began = time.perf_counter()
        try:
            return await work
        except ServiceError as error:
            self.refused[operation, f"{error.reason.value}:{error.detail}" if error.detail else error.reason.value] += 1
            raise
        finally:
            self.seconds[operation].append(time.perf_counter() - began)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kiosks", type=int, default=2000)
    asked.add_argument("--rate", type=float, default=8.0)
    asked.add_argument("--cloud", type=float, default=0.1)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name, server(Path(name), "--practice-people", str(given.kiosks)) as running:
        before, began = running.cpu(), time.perf_counter()
        tally = asyncio.run(_open_loop(running, given.kiosks, given.rate, given.cloud))
        seconds, cpu = time.perf_counter() - began, running.cpu() - before
    done = len(tally.seconds["journey"]) - sum(tally.refused.values())
    print(f"{done} of {given.kiosks} journeys in {seconds:.0f} s, {done / seconds:.2f} a second; ", end="")
    print(f"the server had {cpu / seconds:.2f} cores, {cpu / max(done, 1) * 1000:.0f} ms of one a journey")
    _tell(tally)
    return int(done < given.kiosks)


async def _open_loop(running: Server, kiosks: int, rate: float, cloud: float) -> Tally:
    """Nobody waits for who came before. Each next one comes after a time that is distributed exponentially."""
    tally, banks, lot = Tally(), load_banks(shipped("banks")), random.Random(1)
    keys = [rsa.generate_private_key(65537, 2048) for _ in range(_KEYS)]
    pool = Pool(running)
    async with asyncio.TaskGroup() as fleet:
        for number in range(kiosks):
            await asyncio.sleep(lot.expovariate(rate))
            kiosk = Kiosk(pool, tally, banks, member(number), keys[number % _KEYS])
            fleet.create_task(kiosk.run(in_cloud=lot.random() < cloud))
    await pool.aclose()
    return tally


class Pool:
    """Connections of kiosks that have gone home, for those who come: at a bank they stay open between customers."""

    def __init__(self, running: Server) -> None:
        self._url, self._trust = running.serving.url, trust(roots=running.tls.roots)
        self._free: list[HttpServices] = []
        self._all: list[HttpServices] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator[HttpServices]:
        if not self._free:
            self._all.append(HttpServices(self._url, trust=self._trust))
            self._free.append(self._all[-1])
        services = self._free.pop()
        try:
            yield services
        finally:
            self._free.append(services)

    async def aclose(self) -> None:
        for services in self._all:
            await services.aclose()


class Kiosk:
    """One person's journey, without the time that people need to read and to type."""

    def __init__(
        self, pool: Pool, tally: Tally, banks: dict[str, Bank], person: Person, key: rsa.RSAPrivateKey
    ) -> None:
        self._pool, self._tally, self._banks, self._person, self._key = pool, tally, banks, person, key
        self._journey, self._seen = "", 0

    async def run(self, *, in_cloud: bool) -> None:
        """A refusal ends the journey, and is in the tally."""
        async with self._pool.one() as services:
            self._services = services
            began = time.perf_counter()
            try:
                await (self._in_cloud() if in_cloud else self._at_home())
            except ServiceError:
                pass  # counted where it happened
            finally:
                self._tally.seconds["journey"].append(time.perf_counter() - began)

    async def _in_cloud(self) -> None:
        person, held, do = self._person, self._person.at[0], self._do
        await self._open("epost", Kind.FINANCIAL)
        await self._terms("epost")
        await self._identify({"rrn": person.rrn, "account": held.account, "account_password": held.account_password})
        await self._phone()
        medium = Medium.CARD if held.card_codes else Medium.OTP
        challenge = await do("challenge_medium", request=api.ChallengeMedium(medium))
        await do("answer_medium", request=self._medium(challenge))
        await do("open_cloud", request=api.OpenCloud(person.name, person.phone, f"18{person.rrn[:6]}"))
        await do("confirm_cloud", request=api.ConfirmCloud(Secret.of(await self._code())))
        issued = await do("issue", request=api.Issue(pin=Secret.of(PIN)))
        digest = hashlib.sha256(person.id.encode()).digest()
        wanted = api.Authorize(issued.credential_id, (digest,), SHA256_OID, Secret.of(PIN))
        allowed = await do("credentials_authorize", request=wanted)
        asked = api.SignHash(issued.credential_id, allowed.sad, (digest,), SHA256_OID, RSA_SHA256_OID)
        await do("sign_hash", request=asked)
        await do("close_journey")

    async def _at_home(self) -> None:
        person = self._person
        await self._open("kbank", Kind.JOINT)
        await self._identify({"rrn": person.rrn, "phone": person.phone})
        await self._phone()
        licence = Secret.of(person.licence_issued), Secret.of(person.licence)
        await self._do("verify_document", request=api.VerifyDocument(Document.DRIVER, *licence))
        await self._terms("kbank")
        leave = await self._do("enrol", request=api.Enrol("bank", ""))
        await enrol(
            lambda message: self._tally.timed("pkix", self._services.pkix(message)),
            reference=leave.reference,
            code=Secret.of(leave.code),
            subject=leave.subject,
            key=self._key,
            chain=leave.chain,
            store=_kept,
            random=secrets.token_bytes(20),
        )
        await self._do("close_journey")

    async def _do(self, operation: str, **given: Any) -> Any:
        """One write of the journey."""
        method = getattr(self._services, operation)
        return await self._tally.timed(operation, method(self._journey, key=secrets.token_hex(16), **given))

    async def _open(self, bank: str, kind: Kind) -> None:
        asked = api.OpenJourney(bank, kind, Task.ISSUE)
        opened = await self._tally.timed("open_journey", self._services.open_journey(asked, key=secrets.token_hex(16)))
        self._journey = opened.journey

    async def _terms(self, bank: str) -> None:
        journey = self._banks[bank].journey(Kind.FINANCIAL if bank == "epost" else Kind.JOINT, Task.ISSUE)
        assert journey is not None
        wanted = [term for term in self._banks[bank].terms if not journey.terms or term.id in journey.terms]
        await self._do("accept_terms", request=api.AcceptTerms(tuple((term.id, term.version) for term in wanted)))

    async def _identify(self, told: dict[str, str]) -> None:
        fields = {name: Secret.of(value) for name, value in told.items()}
        await self._do("verify_identity", request=api.VerifyIdentity(fields))

    async def _phone(self) -> None:
        await self._do("send_code", request=api.SendCode(Channel.SMS))
        await self._do("confirm_code", request=api.ConfirmCode(Secret.of(await self._code())))

    async def _code(self) -> str:
        """Read off the practice phone, of this journey."""
        waited = self._services.events_of(self._journey, after=self._seen, wait=_PATIENCE)
        event = (await self._tally.timed("events_of", waited))[-1]
        self._seen = event.id
        return str(event.data["code"])

    def _medium(self, challenge: MediumChallenge) -> api.AnswerMedium:
        held = self._person.at[0]
        if challenge.medium == Medium.OTP:
            return api.AnswerMedium(otp=Secret(password(base64.b32decode(held.otp_secret), time.time())))
        first, second = challenge.positions
        halves = held.card_codes[first - 1][:2], held.card_codes[second - 1][2:]
        return api.AnswerMedium(Secret.of(held.card_serial), *map(Secret.of, halves))


async def _kept(certificate: bytes, chain: tuple[bytes, ...]) -> None:
    """On the kiosk's medium, which is nobody's concern here."""


def _tell(tally: Tally) -> None:
    print("| operation | calls | p50 ms | p95 ms | p99 ms | most ms | refused |\n|---|---|---|---|---|---|---|")
    for operation, seconds in tally.seconds.items():
        cuts = quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else seconds * 99
        times = " | ".join(f"{value * 1000:.0f}" for value in (cuts[49], cuts[94], cuts[98], max(seconds)))
        codes = ", ".join(
            f"{code} {count}" for (name, code), count in sorted(tally.refused.items()) if name == operation
        )
        print(f"| {operation} | {len(seconds)} | {times} | {codes} |")


if __name__ == "__main__":
    sys.exit(main())
