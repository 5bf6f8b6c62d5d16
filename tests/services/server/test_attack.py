"""Ten servers on one database, and somebody who guesses at all of them at once: nobody gets a try more than allowed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desktop.secret import Secret
from desktop.services.api import (
    AnswerMedium,
    Authorize,
    ChallengeMedium,
    Channel,
    Check,
    ConfirmCloud,
    ConfirmCode,
    Medium,
    OpenCloud,
    Reason,
    SendCode,
    ServiceError,
    VerifyIdentity,
)
from desktop.services.authority.local import LocalAuthority
from desktop.services.authority.signing import SHA256_OID
from tests.services.authority.desk import PIN, QUICK, copied
from tests.services.postgres import NEEDED
from tests.services.server.conftest import Founded
from tests.services.server.crowd import BANKS, HASHES, Crowd, Office, Plan, Visitor, over_http
from tests.services.server.mortal import Mortal

#: Of ten, so many are programs of their own; the rest are in this one, each with its own store.
PROGRAMS, WITHIN = 2, 8
TRIES = 40
#: Further ones of the same person, since who waits for a journey waits for no counter.
JOURNEYS = 5
LIMITS = BANKS["epost"].policies


@dataclass(frozen=True, slots=True)
class Guess:
    """A secret to be guessed: `wrong(n)` is the n-th guess, which is another than `right`."""

    method: str
    wrong: Callable[[int], object]
    right: object
    allowed: int
    refusal: Reason
    locked: Reason


Prepare = Callable[[Visitor], Awaitable[Guess]]


def several(number: int, right: str) -> str:
    """Digits as long as the right ones, and not those."""
    return f"{(int(right) + 1 + number) % 10 ** len(right):0{len(right)}}"


async def account(visitor: Visitor) -> Guess:
    await visitor.walk(Check.IDENTITY)
    held = visitor.held
    fields = {"rrn": visitor.person.rrn, "account": held.account, "account_password": held.account_password}

    def asked(**given: str) -> VerifyIdentity:
        return VerifyIdentity({name: Secret.of(text) for name, text in {**fields, **given}.items()})

    return Guess(
        "verify_identity",
        lambda n: asked(account_password=several(n, held.account_password)),
        asked(),
        LIMITS.account_tries,
        Reason.WRONG_ACCOUNT_PASSWORD,
        Reason.ACCOUNT_LOCKED,
    )


async def sms(visitor: Visitor) -> Guess:
    await visitor.walk(Check.PHONE)
    code = await visitor.received(lambda: visitor.say("send_code", SendCode(Channel.SMS)), "sms")
    return Guess(
        "confirm_code",
        lambda n: ConfirmCode(Secret.of(several(n, code))),
        ConfirmCode(Secret.of(code)),
        LIMITS.code_tries,
        Reason.WRONG_CODE,
        Reason.CODE_LOCKED,
    )


async def cloud(visitor: Visitor) -> Guess:
    await visitor.walk(Check.CLOUD)
    person = visitor.person
    request = OpenCloud(person.name, person.phone, f"18{person.rrn[:6]}")
    code = await visitor.received(lambda: visitor.say("open_cloud", request), "cloud")
    return Guess(
        "confirm_cloud",
        lambda n: ConfirmCloud(Secret.of(several(n, code))),
        ConfirmCloud(Secret.of(code)),
        LIMITS.cloud_tries,
        Reason.WRONG_CLOUD_CODE,
        Reason.CLOUD_LOCKED,
    )


async def card(visitor: Visitor) -> Guess:
    await visitor.walk(Check.MEDIUM)
    asked = await visitor.say("challenge_medium", ChallengeMedium(Medium.CARD))
    first, second = (visitor.held.card_codes[position - 1] for position in asked.positions)

    def answer(given: str) -> AnswerMedium:
        serial = Secret.of(visitor.held.card_serial)
        return AnswerMedium(serial=serial, first=Secret.of(given), second=Secret.of(second[2:]))

    return Guess(
        "answer_medium",
        lambda n: answer(several(n, first[:2])),
        answer(first[:2]),
        LIMITS.card_tries,
        Reason.WRONG_CARD,
        Reason.CARD_LOCKED,
    )


async def token(visitor: Visitor) -> Guess:
    await visitor.walk(Check.MEDIUM)
    await visitor.say("challenge_medium", ChallengeMedium(Medium.OTP))
    shown = visitor.shown()
    return Guess(
        "answer_medium",
        lambda n: AnswerMedium(otp=Secret.of(several(n, shown))),
        AnswerMedium(otp=Secret.of(shown)),
        LIMITS.otp_tries,
        Reason.WRONG_OTP,
        Reason.OTP_LOCKED,
    )


async def pin(visitor: Visitor) -> Guess:
    await visitor.walk(None)
    credential = (await visitor.obtain()).credential_id

    def asked(given: str) -> Authorize:
        return Authorize(credential, HASHES, SHA256_OID, Secret.of(given))

    return Guess(
        "credentials_authorize",
        lambda n: asked(several(n, PIN)),
        asked(PIN),
        LIMITS.pin_tries,
        Reason.WRONG_PIN,
        Reason.PIN_LOCKED,
    )


async def at_the_medium(visitor: Visitor) -> None:
    await visitor.walk(Check.MEDIUM)
    medium = Medium.CARD if visitor.held.card_codes else Medium.OTP
    await visitor.say("challenge_medium", ChallengeMedium(medium))


#: Who, what is guessed, and how the same person comes as far on further journeys; a code is one journey's alone.
WAYS: Sequence[tuple[str, Prepare, Callable[[Visitor], Awaitable[None]] | None]] = (
    ("namgung_taekbae", account, lambda visitor: visitor.walk(Check.IDENTITY)),
    ("kim_uche", sms, None),
    ("kim_uche", cloud, None),
    ("lee_pyeonji", card, at_the_medium),
    ("park_sopo", token, at_the_medium),
    ("kim_uche", pin, lambda visitor: visitor.walk(None)),
)


@pytest.fixture
async def ten(founded_on_postgres: Founded, tmp_path: Path) -> AsyncIterator[list[Office]]:
    """On one database."""
    database = founded_on_postgres.create()
    async with AsyncExitStack() as stack:
        offices: list[Office] = []
        for number in range(PROGRAMS):
            program = Mortal(copied(founded_on_postgres.data, tmp_path / str(number)), database)
            stack.callback(program.abandon)
            offices.append(over_http(program.server.url, number))
            stack.push_async_callback(offices[-1].aclose)
        for _ in range(WITHIN):
            opened = await asyncio.to_thread(
                LocalAuthority.open, founded_on_postgres.data, BANKS, database=database, hardness=QUICK
            )
            offices.append(opened)
            stack.push_async_callback(opened.aclose)
        yield offices


async def guessed(offices: Sequence[Office], journeys: Sequence[str], guess: Guess) -> list[tuple[Reason, int | None]]:
    """What each guess came to, all made at once."""

    async def one(number: int) -> tuple[Reason, int | None]:
        office: Any = offices[number % len(offices)]
        journey = journeys[number // len(offices) % len(journeys)]
        while True:
            try:
                await getattr(office, guess.method)(journey, guess.wrong(number), key=f"{journey[-8:]}-{number}")
            except ServiceError as error:
                if error.retry_after is None and error.reason is not Reason.STORE_BUSY:
                    return error.reason, error.tries_left
                await asyncio.sleep(error.retry_after or 0.05)
            else:
                pytest.fail("a wrong guess was right")

    return await asyncio.gather(*(one(number) for number in range(TRIES)))


@NEEDED
async def test_guessing_at_ten_servers_at_once_gains_no_try(ten: list[Office]) -> None:
    crowd = Crowd()
    crowd.up.set()
    for number, (who, prepare, join) in enumerate(WAYS):
        first = Visitor(crowd, number, Plan(who, {}), ten[number])
        guess = await prepare(first)
        visitors = [first]
        if join is not None:
            visitors += [Visitor(crowd, n, Plan(who, {}, again=prepare is pin), ten[n]) for n in range(JOURNEYS)]
            for visitor in visitors[1:]:  # one by one: they have one card between them
                await join(visitor)
        outcomes = Counter(await guessed(ten, [visitor.journey for visitor in visitors], guess))
        compared = {(guess.refusal, left): 1 for left in range(1, guess.allowed)}
        assert compared == {outcome: n for outcome, n in outcomes.items() if outcome[0] == guess.refusal}
        assert {guess.locked} == {reason for reason, _ in outcomes} - {guess.refusal}
        with pytest.raises(ServiceError, match=guess.locked):
            await first.say(guess.method, guess.right)
