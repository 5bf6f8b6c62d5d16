"""One set of services in several places: in this process, and behind HTTP over TLS; and a customer who visits them."""

from __future__ import annotations

import asyncio
import base64
import itertools
import secrets
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socket
from tempfile import TemporaryDirectory
from typing import Any

from starlette.types import ASGIApp

from desktop.banks import Bank
from desktop.secret import Secret
from desktop.services.api import (
    AcceptTerms,
    AnswerMedium,
    ChallengeMedium,
    Channel,
    Check,
    CloudVerified,
    ConfirmCloud,
    ConfirmCode,
    Document,
    IdentityVerified,
    Kind,
    Medium,
    MediumChallenge,
    OpenCloud,
    OpenJourney,
    PhoneEvent,
    PhoneVerified,
    PracticePhone,
    SendCode,
    Services,
    Task,
    VerifyAccount,
    VerifyDocument,
    VerifyIdentity,
    VerifyPassword,
    password_statement,
)
from desktop.services.authority.local import DATABASE_NAME, LocalAuthority
from desktop.services.authority.otp import password
from desktop.services.authority.practice import Person
from desktop.services.authority.witness import Witness
from desktop.services.http import HttpServices
from desktop.services.npki.container import open_key
from desktop.services.npki.key import load_key
from desktop.services.pins import trust
from desktop.services.server.access import AccessLog
from desktop.services.server.application import Fronted, Served, make_application, make_front, make_routes
from desktop.services.server.back import Back, Bound
from desktop.services.server.front import Front, Paths
from desktop.services.server.limits import Limits, Rate
from desktop.services.server.running import Address, Listener, url_of
from desktop.services.server.scribe import Scribe
from tests.services.authority.desk import QUICK, WHO, Clock
from tests.services.authority.offered import offered
from tests.services.authority.purse import signed
from tests.services.contract.differing import Differing
from tests.services.contract.serving import Tls

#: For tests that ask as fast as they can.
GENEROUS = Limits(address=Rate(10_000.0, 1000.0), journey=Rate(10_000.0, 1000.0))


@dataclass(frozen=True, slots=True)
class Office:
    """`clock` is the authority's; what is on the wire waits by the real one. `banks` are those it knows."""

    services: Services
    phone: PracticePhone
    clock: Clock
    banks: Mapping[str, Bank] = field(default_factory=offered)


@dataclass(frozen=True, slots=True)
class Door:
    """A server within this process, and its lines."""

    url: str
    served: Served
    lines: list[str] = field(repr=False)


@asynccontextmanager
async def authority_on(
    folder: Path, clock: Clock, *, database: str | None = None, **policies: Any
) -> AsyncIterator[LocalAuthority]:
    made = await asyncio.to_thread(
        LocalAuthority.open,
        folder,
        offered(**policies),
        clock=clock,
        hardness=QUICK,
        require_random=False,
        database=database,
    )
    try:
        yield made
    finally:
        await made.aclose()


@asynccontextmanager
async def served(
    services: Services,
    phone: PracticePhone | None,
    *,
    tls: Tls | None = None,
    limits: Limits = GENEROUS,
    around: Callable[[ASGIApp], ASGIApp] = lambda application: application,
    made: Callable[[Served], ASGIApp] = make_application,
) -> AsyncIterator[Door]:
    """On this loop, at a free port, until the block ends; then it stops as a server does."""
    lines: list[str] = []
    what = Served(services, phone, ("epost", "kb", "kbank", "woori"), AccessLog(lines.append), limits=limits)
    address = Address("127.0.0.1", 0, *((tls.certificate, tls.key) if tls else ()))
    context, bound, ready = address.context(), address.bind(), asyncio.Event()
    listener = Listener(
        around(made(what)),
        limits=limits,
        metrics=what.metrics,
        stopping=what.stopping,
        tls=context,
        started=ready.set,
        catches=False,
    )
    running = asyncio.create_task(listener.serve([bound]))
    try:
        await ready.wait()
        yield Door(url_of(address.scheme, bound), what, lines)
    finally:
        listener.should_exit = True
        await running
        bound.close()


@contextmanager
def hatch_in(folder: Path) -> Iterator[tuple[Paths, Bound]]:
    paths = Paths.within(folder)
    with closing(socket(AF_UNIX, SOCK_STREAM)) as requests, closing(socket(AF_UNIX, SOCK_STREAM)) as messages:
        for bound, path in ((requests, paths.requests), (messages, paths.messages)):
            path.unlink(missing_ok=True)
            bound.bind(str(path))
            bound.listen()
        yield paths, Bound(requests, messages)


@asynccontextmanager
async def front_of(authority: LocalAuthority, folder: Path, clock: Clock) -> AsyncIterator[Callable[[Served], ASGIApp]]:
    """What `served` takes as `made`, so that all is answered through a hatch, as by two processes."""
    witness = Witness.open(folder / DATABASE_NAME, clock=clock)
    opened: list[tuple[Front, asyncio.Event, asyncio.Task[None]]] = []
    with TemporaryDirectory() as name, hatch_in(Path(name)) as (paths, bound):

        def made(what: Served) -> ASGIApp:
            back, stopping = Back(make_routes(what), Scribe(authority.pkix_together), what.log), asyncio.Event()
            front = Front(paths, what.limits, witness.prove)
            opened.append((front, stopping, asyncio.ensure_future(back.serve(bound, stopping, 10))))
            return make_front(front, Fronted(what.log, what.limits, what.metrics, what.proxies, what.ticks))

        try:
            yield made
        finally:
            for front, stopping, serving in opened:
                front.close()
                stopping.set()
                await serving
            witness.close()


@asynccontextmanager
async def behind_a_front(folder: Path, clock: Clock, tls: Tls, **policies: Any) -> AsyncIterator[Office]:
    async with (
        authority_on(folder, clock, **policies) as authority,
        front_of(authority, folder, clock) as made,
        served(authority, authority, tls=tls, made=made) as door,
    ):
        client = HttpServices(door.url, trust=trust(roots=tls.roots))
        try:
            yield Office(client, client, clock)
        finally:
            await client.aclose()


@asynccontextmanager
async def in_process(folder: Path, clock: Clock, tls: Tls, **policies: Any) -> AsyncIterator[Office]:
    assert tls.roots.exists(), "which nobody asks for here"
    async with authority_on(folder, clock, **policies) as authority:
        yield Office(authority, authority, clock)


@asynccontextmanager
async def over_tls(folder: Path, clock: Clock, tls: Tls, **policies: Any) -> AsyncIterator[Office]:
    async with (
        authority_on(folder, clock, **policies) as authority,
        served(authority, authority, tls=tls) as door,
    ):
        client = HttpServices(door.url, trust=trust(roots=tls.roots))
        try:
            yield Office(client, client, clock)
        finally:
            await client.aclose()


@asynccontextmanager
async def at_another_bank(folder: Path, clock: Clock, tls: Tls, **policies: Any) -> AsyncIterator[Office]:
    """Which does everything differently that docs/backends.md lets it."""
    async with (
        authority_on(folder, clock, **policies) as authority,
        served(authority, authority, tls=tls, around=Differing) as door,
    ):
        client = HttpServices(door.url, trust=trust(roots=tls.roots))
        try:
            yield Office(client, client, clock)
        finally:
            await client.aclose()


@contextmanager
def on_a_thread(opening: Callable[[], AbstractAsyncContextManager[Door]]) -> Iterator[Door]:
    """For clients that have a loop of their own, or none."""
    opened: list[Door] = []
    ready, over = threading.Event(), threading.Event()

    async def run() -> None:
        async with opening() as door:
            opened.append(door)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        assert ready.wait(30)
        yield opened[0]
    finally:
        over.set()
        thread.join()


class Customer:
    """A made-up person in one journey, with the right answers unless told otherwise."""

    def __init__(self, office: Office, who: str, kind: Kind = Kind.FINANCIAL, task: Task = Task.ISSUE) -> None:
        self.office, self.person, self.kind, self.task = office, WHO[who], kind, task
        self.held = self.person.at[0]
        self.journey, self.seen = "", 0
        self.device = ""
        self.checks: tuple[Check, ...] = ()
        self._keys = map(f"{secrets.token_hex(6)}-{{}}".format, itertools.count())

    @property
    def services(self) -> Services:
        return self.office.services

    def key(self) -> str:
        return next(self._keys)

    async def open(self) -> None:
        request = OpenJourney(self.held.bank, self.kind, self.task, self.device)
        opened = await self.services.open_journey(request, key=self.key())
        self.journey, self.checks = opened.journey, opened.checks
        old = await self.office.phone.events(after=0, wait=0)
        self.seen = old[-1].id if old else 0

    async def at(self, check: Check | None) -> None:
        """Every check before this one done; None for all."""
        await self.open()
        for done in self.checks:
            if done == check:
                return
            await self.do(done)

    async def do(self, check: Check) -> None:
        steps: dict[Check, Callable[[], Awaitable[object]]] = {
            Check.TERMS: self.terms,
            Check.IDENTITY: self.identity,
            Check.PHONE: self.prove_phone,
            Check.MEDIUM: self.card,
            Check.CLOUD: self.cloud,
            Check.DOCUMENT: self.document,
            Check.ACCOUNT: self.account,
        }
        await steps[check]()

    async def terms(self) -> None:
        known = self.office.banks[self.held.bank].terms
        accepted = AcceptTerms(tuple((term.id, term.version) for term in known))
        await self.services.accept_terms(self.journey, accepted, key=self.key())

    def fields(self, **given: str) -> dict[str, Secret]:
        names = self.office.banks[self.held.bank].journey(self.kind, self.task)
        assert names is not None
        asked = names.asks.get("identity") or ("rrn", "account", "account_password")
        known = {
            "rrn": self.person.rrn,
            "account": self.held.account,
            "account_password": self.held.account_password,
            "user_id": self.held.user_id,
            "phone": self.person.phone,
        }
        return {name: Secret.of({**known, **given}[name]) for name in asked}

    async def identity(self, *, key: str | None = None, **given: str) -> IdentityVerified:
        request = VerifyIdentity(self.fields(**given))
        return await self.services.verify_identity(self.journey, request, key=key or self.key())

    async def document(self, **given: str) -> None:
        issued_on = given.get("issued_on", self.person.resident_issued)
        request = VerifyDocument(Document.RESIDENT, Secret.of(issued_on))
        await self.services.verify_document(self.journey, request, key=self.key())

    async def account(self, **given: str) -> None:
        known = {"account": self.held.account, "account_password": self.held.account_password, **given}
        secret = {name: Secret.of(value) for name, value in known.items()}
        request = VerifyAccount(
            secret["account"], secret["account_password"], "someone@practice.invalid", self.person.phone
        )
        await self.services.verify_account(self.journey, request, key=self.key())

    async def event(self) -> PhoneEvent:
        event = (await self.office.phone.events(after=self.seen, wait=10))[-1]
        self.seen = event.id
        return event

    async def code(self) -> str:
        await self.services.send_code(self.journey, SendCode(Channel.SMS), key=self.key())
        return (await self.event()).code or ""

    async def confirm(self, code: str, *, key: str | None = None) -> PhoneVerified:
        request = ConfirmCode(Secret.of(code))
        return await self.services.confirm_code(self.journey, request, key=key or self.key())

    async def prove_phone(self) -> None:
        assert PhoneVerified(Channel.SMS) == await self.confirm(await self.code())

    async def prove_phone_by_keys(self) -> None:
        sent = await self.services.send_code(self.journey, SendCode(Channel.ARS), key=self.key())
        waiting = asyncio.create_task(self.services.await_reply(self.journey, wait=10))
        await self.office.phone.answer((await self.event()).id, sent.shown or "")
        assert PhoneVerified(Channel.ARS) == await waiting

    def card_answer(self, challenge: MediumChallenge, **given: str) -> AnswerMedium:
        first, second = challenge.positions
        codes = self.held.card_codes
        right = {"serial": self.held.card_serial, "first": codes[first - 1][:2], "second": codes[second - 1][2:]}
        return AnswerMedium(**{name: Secret.of(text) for name, text in {**right, **given}.items()})

    async def card(self, **given: str) -> None:
        request = ChallengeMedium(Medium.CARD)
        challenge = await self.services.challenge_medium(self.journey, request, key=self.key())
        await self.services.answer_medium(self.journey, self.card_answer(challenge, **given), key=self.key())

    async def token(self) -> None:
        await self.services.challenge_medium(self.journey, ChallengeMedium(Medium.OTP), key=self.key())
        shown = password(base64.b32decode(self.held.otp_secret), self.office.clock())
        await self.services.answer_medium(self.journey, AnswerMedium(otp=Secret(shown)), key=self.key())

    async def open_cloud(self, **given: str) -> PhoneEvent:
        known = {"name": self.person.name, "phone": self.person.phone, "birth_date": f"18{self.person.rrn[:6]}"}
        await self.services.open_cloud(self.journey, OpenCloud(**{**known, **given}), key=self.key())
        return await self.event()

    async def cloud(self) -> None:
        request = ConfirmCloud(Secret.of((await self.open_cloud()).code or ""))
        await self.services.confirm_cloud(self.journey, request, key=self.key())

    async def cloud_by_reply(self) -> None:
        event = await self.open_cloud()
        waiting = asyncio.create_task(self.services.await_reply(self.journey, wait=10))
        await self.office.phone.answer(event.id, event.code or "")
        verified = await waiting
        assert isinstance(verified, CloudVerified)
        assert verified.by_reply

    async def proof_of_password(self) -> VerifyPassword:
        """By the file that the person has at home, as the practice authority hands it out."""
        (file,) = await self.office.phone.files(self.journey)
        key = await asyncio.to_thread(key_of, file.certificate, file.key, self.person)
        return VerifyPassword(file.certificate, signed(key, password_statement(self.journey)))


def key_of(certificate: bytes, key: bytes, person: Person) -> Any:
    from cryptography import x509

    secret = Secret.of(person.certificates[0].password)
    return load_key(open_key(key, secret), x509.load_der_x509_certificate(certificate))
