"""People at a server that may die at any moment: each asks again under the same key until there is an answer."""

from __future__ import annotations

import asyncio
import base64
import itertools
import secrets
import ssl
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import httpx

from desktop.banks import Bank, load_banks
from desktop.secret import Secret
from desktop.services.api import (
    AcceptTerms,
    AnswerMedium,
    Authorize,
    ChallengeMedium,
    Channel,
    Check,
    ConfirmCloud,
    ConfirmCode,
    Enrol,
    Issue,
    Issued,
    Kind,
    Medium,
    OpenCloud,
    OpenJourney,
    PracticePhone,
    Reason,
    SendCode,
    ServiceError,
    Services,
    SignHash,
    Task,
    VerifyIdentity,
)
from desktop.services.authority.otp import password
from desktop.services.authority.signing import RSA_SHA256_OID, SHA256_OID
from desktop.services.http import HttpServices
from desktop.shipped import shipped
from tests.services.authority.desk import PIN, WHO
from tests.services.authority.purse import obtained

#: Nobody was there, or the database was not: ask again.
ABSENT: Final = frozenset({Reason.UNREACHABLE, Reason.TIMED_OUT, Reason.STORE_BUSY, Reason.KEY_IN_FLIGHT})
#: How a visit may end, where others of the same name are at the counter too, or too many tries were wrong.
ENDS: Final = frozenset(
    {
        Reason.ALREADY_ISSUED,
        Reason.NO_CERTIFICATE,
        Reason.CERTIFICATE_REVOKED,
        Reason.ACCOUNT_LOCKED,
        Reason.CARD_LOCKED,
        Reason.CODE_LOCKED,
        Reason.CLOUD_LOCKED,
        Reason.PIN_LOCKED,
        Reason.OUT_OF_ORDER,  # two with one card: what was asked of both, one has answered
        Reason.WRONG_CARD,
        Reason.ENROLMENT_REFUSED,
    }
)
WRONG: Final = {
    "account": {Reason.WRONG_ACCOUNT_PASSWORD, Reason.ACCOUNT_LOCKED},
    "code": {Reason.WRONG_CODE, Reason.CODE_LOCKED},
    "card": {Reason.WRONG_CARD, Reason.CARD_LOCKED},
    "cloud": {Reason.WRONG_CLOUD_CODE, Reason.CLOUD_LOCKED},
    "pin": {Reason.WRONG_PIN, Reason.PIN_LOCKED},
}
BANKS: Final[Mapping[str, Bank]] = load_banks(shipped("banks"))
HASHES: Final = (bytes(32),)
#: Made once: to read the system's roots takes a tenth of a second.
_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
#: What a call came to, in a form that can be compared.
Outcome = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A visit: who comes, for what, and how many wrong tries they make at each counter."""

    who: str
    slips: Mapping[str, int]
    again: bool = False  # a reissue

    @property
    def kind(self) -> Kind:
        return Kind.JOINT if WHO[self.who].at[0].bank == "woori" else Kind.FINANCIAL


@dataclass(slots=True)
class Told:
    """A write and what became of it, once that is known."""

    call: Callable[[], Awaitable[object]] = field(repr=False)
    name: str
    key: str
    outcome: Outcome | None = None


class Office(Services, PracticePhone, Protocol):
    """Where a visitor goes: over HTTP or in this process."""

    async def aclose(self) -> None: ...


def over_http(url: str, number: int) -> HttpServices:
    """From an address of the visitor's own: how much one address may ask is not what is tried here."""
    own = f"127.0.{number // 250 + 1}.{number % 250 + 1}"
    transport = httpx.AsyncHTTPTransport(local_address=own, verify=_NO_TLS)
    return HttpServices(url, transport=transport)


class Crowd:
    """`urls` of one server or several, who share a store. `up` is set while somebody is there to ask."""

    def __init__(self, urls: Sequence[str] = ()) -> None:
        self.urls, self.up = urls, asyncio.Event()
        self.told: list[Told] = []
        self.issued: dict[str, list[Issued]] = {}
        self.wrong: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.epochs: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.faults: list[str] = []
        self.visitors: list[Visitor] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.sent, self._watched = 0, asyncio.Event()
        self._target = -1

    def come(self, plan: Plan) -> None:
        number = len(self.visitors)
        visitor = Visitor(self, number, plan, over_http(self.urls[number % len(self.urls)], number))
        self.visitors.append(visitor)
        task = asyncio.create_task(visitor.visit())
        self.tasks.add(task)
        task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.faults.append(repr(task.exception()))

    def count(self) -> None:
        self.sent += 1
        if self.sent >= self._target >= 0:
            self._watched.set()

    async def until(self, more: int, delay: float) -> None:
        """So many more requests were sent, and `delay` seconds went by; or everybody has left."""
        self._target = self.sent + more
        self._watched.clear()
        watching = asyncio.create_task(self._watched.wait())
        while self.tasks and not self._watched.is_set():
            await asyncio.wait({watching, *self.tasks}, return_when=asyncio.FIRST_COMPLETED)
        watching.cancel()
        await asyncio.sleep(delay)

    async def leave(self, within: float) -> None:
        """Everybody comes to the end of their visit."""
        if self.tasks:
            _, late = await asyncio.wait(set(self.tasks), timeout=within)
            assert not late, f"{len(late)} are at the counter still"

    async def ask_again(self, told: Iterable[Told]) -> None:
        """Whoever had an answer gets the same one."""
        differing = []

        async def again(told: Told) -> None:
            if told.outcome is not None and told.outcome != (found := await self.outcome(told)):
                differing.append(f"{told.name} {told.key}: {told.outcome} became {found}")

        for some in batched(told, 8):
            await asyncio.gather(*map(again, some))
        assert [] == differing

    async def outcome(self, told: Told) -> Outcome:
        while True:
            await self.up.wait()
            self.count()
            try:
                return (await told.call(),)
            except ServiceError as error:
                if error.reason not in ABSENT and error.retry_after is None:
                    return (error.reason, error.field, error.tries_left)
                await asyncio.sleep(min(error.retry_after or 0.02, 1.0))

    async def aclose(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for visitor in self.visitors:
            await visitor.services.aclose()


class Visitor:
    """One person on one visit."""

    def __init__(self, crowd: Crowd, number: int, plan: Plan, services: Office) -> None:
        self.crowd, self.plan, self.person, self.services = crowd, plan, WHO[plan.who], services
        self.held, self.name = self.person.at[0], f"{number}-{secrets.token_hex(4)}"
        self.journey, self._keys = "", 0
        self.typed: list[str] = []  # off the token

    async def visit(self) -> None:
        try:
            await self._visit()
        except ServiceError as error:
            if error.reason not in ENDS:
                self.crowd.faults.append(f"{self.plan}: {error.reason} {error.detail}")

    async def say(self, name: str, *arguments: Any) -> Any:
        """A write, under a key of its own. Raises the refusal."""
        self._keys += 1
        key, before = f"{self.name}-{self._keys}", (self.journey,) if self.journey else ()
        told = Told(lambda: getattr(self.services, name)(*before, *arguments, key=key), name, key)
        self.crowd.told.append(told)
        told.outcome = await self.crowd.outcome(told)
        if isinstance(told.outcome[0], Reason):
            reason, found, left = told.outcome
            raise ServiceError(reason, field=found, tries_left=left)  # type: ignore[arg-type]  # as it was raised
        return told.outcome[0]

    async def read(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        outcome = await self.crowd.outcome(Told(work, "read", ""))
        if isinstance(outcome[0], Reason):
            raise ServiceError(outcome[0])
        return outcome[0]

    async def tries(self, counter: str, whose: str, right: object, wrong: object, name: str) -> Any:
        """So many wrong ones as planned, then the right one. What was counted must stay counted until that is sent."""
        at = (counter, whose)
        for _ in range(self.plan.slips.get(counter, 0)):
            epoch = self.crowd.epochs[at]
            try:
                await self.say(name, wrong)
            except ServiceError as error:
                if error.reason not in WRONG[counter]:
                    raise
                if epoch == self.crowd.epochs[at] and error.reason.value.startswith("wrong"):
                    self.crowd.wrong[at] += 1
        self._forget(at)
        answer = await self.say(name, right)
        self._forget(at)
        return answer

    def _forget(self, at: tuple[str, str]) -> None:
        self.crowd.epochs[at] += 1
        self.crowd.wrong.pop(at, None)

    async def _visit(self) -> None:
        await self.walk(None)
        issued = await self.obtain()
        if self.plan.kind == Kind.FINANCIAL:
            await self._sign(issued.credential_id)

    async def obtain(self) -> Issued:
        request = Issue(Secret.of(PIN))
        issued: Issued = await (self._enrol() if self.plan.kind == Kind.JOINT else self.say("issue", request))
        self.crowd.issued.setdefault(self.plan.who, []).append(issued)
        return issued

    async def walk(self, until: Check | None) -> None:
        """From the beginning; every check before this one done, None for all."""
        task = Task.REISSUE if self.plan.again else Task.ISSUE
        opened = await self.say("open_journey", OpenJourney(self.held.bank, self.plan.kind, task))
        self.journey = opened.journey
        for check in itertools.takewhile(lambda check: check != until, opened.checks):
            await self.walk_on(check)

    async def walk_on(self, check: Check) -> None:
        """One check, with the slips that are planned for it."""
        steps: dict[Check, Callable[[], Awaitable[object]]] = {
            Check.TERMS: self._terms,
            Check.IDENTITY: self._identity,
            Check.PHONE: self._phone,
            Check.MEDIUM: self._medium,
            Check.CLOUD: self._cloud,
        }
        await steps[check]()

    async def _terms(self) -> None:
        await self.say("accept_terms", AcceptTerms(tuple((t.id, t.version) for t in BANKS[self.held.bank].terms)))

    async def _identity(self) -> None:
        data = BANKS[self.held.bank].journey(self.plan.kind, Task.ISSUE)
        assert data is not None
        known = {
            "rrn": self.person.rrn,
            "account": self.held.account,
            "account_password": self.held.account_password,
            "user_id": self.held.user_id,
        }
        right = {name: known[name] for name in data.asks.get("identity", ("rrn", "account", "account_password"))}
        asked = VerifyIdentity({name: Secret.of(text) for name, text in right.items()})
        if "account_password" not in right:
            await self.say("verify_identity", asked)
            return
        wrong = VerifyIdentity({**asked.fields, "account_password": Secret.of(other(right["account_password"]))})
        await self.tries("account", self.person.id, asked, wrong, "verify_identity")

    async def _phone(self) -> None:
        code = await self.received(lambda: self.say("send_code", SendCode(Channel.SMS)), "sms")
        right, wrong = ConfirmCode(Secret.of(code)), ConfirmCode(Secret.of(other(code)))
        await self.tries("code", self.journey, right, wrong, "confirm_code")

    async def _cloud(self) -> None:
        request = OpenCloud(self.person.name, self.person.phone, f"18{self.person.rrn[:6]}")
        code = await self.received(lambda: self.say("open_cloud", request), "cloud")
        right, wrong = ConfirmCloud(Secret.of(code)), ConfirmCloud(Secret.of(other(code)))
        await self.tries("cloud", self.journey, right, wrong, "confirm_cloud")

    async def received(self, send: Callable[[], Awaitable[object]], says: str) -> str:
        """The code in the message that this sends."""
        await send()
        events = await self.read(lambda: self.services.events_of(self.journey, after=0, wait=0))
        mine = [event for event in events if event.says == says]
        assert mine, "the answer said that it was sent"
        return mine[-1].code or ""

    async def _medium(self) -> None:
        if not self.held.card_codes:
            await self.say("challenge_medium", ChallengeMedium(Medium.OTP))
            self.typed.append(self.shown())
            await self.say("answer_medium", AnswerMedium(otp=Secret.of(self.typed[-1])))
            return
        asked = await self.say("challenge_medium", ChallengeMedium(Medium.CARD))
        first, second = (self.held.card_codes[position - 1] for position in asked.positions)
        halves = {"first": Secret.of(first[:2]), "second": Secret.of(second[2:])}
        right = AnswerMedium(serial=Secret.of(self.held.card_serial), **halves)
        wrong = AnswerMedium(serial=Secret.of(other(self.held.card_serial)), **halves)
        await self.tries("card", self.person.id, right, wrong, "answer_medium")

    def shown(self) -> str:
        """By the person's token, now."""
        return password(base64.b32decode(self.held.otp_secret), time.time()).decode()

    async def _enrol(self) -> Issued:
        enrolment = await self.say("enrol", Enrol())

        async def send(message: bytes) -> bytes:
            answer = await self.read(lambda: self.services.pkix(message))
            assert isinstance(answer, bytes)
            return answer

        await obtained(send, enrolment, time.time)
        issued = await self.read(lambda: self.services.issued(self.journey))
        assert isinstance(issued, Issued)
        return issued

    async def _sign(self, credential: str) -> None:
        right, wrong = (Authorize(credential, HASHES, SHA256_OID, Secret.of(pin)) for pin in (PIN, other(PIN)))
        bought = await self.tries("pin", credential, right, wrong, "credentials_authorize")
        request = SignHash(credential, bought.sad, HASHES, SHA256_OID, RSA_SHA256_OID)
        assert len((await self.say("sign_hash", request)).signatures) == 1


def other(digits: str) -> str:
    return digits[:-1] + str((int(digits[-1]) + 1) % 10)


def batched(told: Iterable[Told], size: int) -> Iterator[tuple[Told, ...]]:
    rest = iter(told)
    while some := tuple(itertools.islice(rest, size)):
        yield some
