"""Walks whole journeys on a real authority: the flow, the answers of a made-up person, the virtual phone."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

from desktop.answers import Answerer, Answers, Card, Otp, Phone
from desktop.banks import Bank
from desktop.services.api import Kind, PhoneEvent, Status, Task
from desktop.services.authority.local import DATABASE_NAME, LocalAuthority
from desktop.services.authority.practice import Person, load_people
from desktop.services.authority.wrapping import Hardness
from desktop.services.wallet import LocalWallet
from desktop.shipped import shipped
from desktop.wizard.flow.journal import Journal
from desktop.wizard.flow.plan import make_plan
from desktop.wizard.flow.runner import Runner
from desktop.wizard.flow.view import View

QUICK = Hardness(iterations=1, lanes=1, memory_kib=64)
PEOPLE = {person.id: person for person in load_people(shipped("practice", "people.toml")).people}
#: What a person makes up on the way.
NEW = {"terms": "all", "pin": "362904", "password": "Saero+6149un", "certificate": "only"}


def answers_of(person: Person, bank: str, *, take: tuple[str, ...] = (), **more: str) -> Answers:
    """All that a made-up person can answer at a bank; `more` is what they choose."""
    held = next(held for held in person.at if held.bank == bank)
    known = {
        **NEW,
        "rrn": person.rrn,
        "account": held.account,
        "account_password": held.account_password,
        "user_id": held.user_id,
        "name": person.name,
        "phone": person.phone,
        "email": f"{person.id}@practice.invalid",
        "document": "resident",
        "document_date": person.resident_issued,
    }
    for certificate in person.certificates:
        known |= {"current_pin": certificate.pin, "current_password": certificate.password}
    return Answers(
        {**known, **more},
        practice=True,
        take=take,
        card=Card(held.card_serial, held.card_codes) if held.card_codes else None,
        otp=Otp(held.otp_secret) if held.otp_secret else None,
        phone=Phone("auto"),
    )


class Walker:
    """One journey, page by page. `pages` are the steps that were shown, in order."""

    def __init__(
        self,
        authority: LocalAuthority,
        bank: Bank,
        kind: Kind,
        task: Task,
        folder: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._authority, self._clock, self._moved = authority, clock, asyncio.Event()
        plan, journal = make_plan(bank, kind, task), Journal(folder)
        wallet = LocalWallet(pc=folder, clock=clock)
        self.runner = Runner(services=authority, wallet=wallet, plan=plan, journal=journal, on_view=self._viewed)
        self.pages: list[str] = []
        self.runner.start()

    def _viewed(self, view: View) -> None:
        if view.busy is None and self.pages[-1:] != [view.step]:
            self.pages.append(view.step)
        self._moved.set()

    async def walk(self, answers: Answers, *, until: Callable[[View], bool] = lambda view: False) -> View:
        """To the result, to the first problem, or to where `until` says."""
        filler = Answerer(answers, self._authority, _nobody_asks, _nobody_asks, self._clock)
        while not (ended := _is_over(view := await self.runner.settled())) and not until(view):
            if (action := filler.action(view)) is not None:
                self.runner.act(action)
            elif not await filler.press(view) and self.runner.view.step == view.step:
                for name, value in (await filler.choices(view)).items():
                    self.runner.choose(name, value)
                self.runner.next(await filler.give(self.runner.view))
        assert ended or until(view)
        return view

    async def answer_phone(self, choose: Callable[[PhoneEvent, View], str]) -> View:
        """Answers the newest message on the phone alone, and waits for what comes of it on the screen."""
        before, event = self.runner.view, (await self._authority.events(after=0, wait=10))[-1]
        self._moved.clear()
        await self._authority.answer(event.id, choose(event, before))
        async with asyncio.timeout(10):
            while self.runner.view.step == before.step:
                await self._moved.wait()
                self._moved.clear()
        return await self.runner.settled()


def _nobody_asks(prompt: str) -> str:
    raise AssertionError(f"the answers lack {prompt}")


def _is_over(view: View) -> bool:
    return view.end is not None or view.finished or view.problem is not None or any(f.problem for f in view.fields)


class Town:
    """An authority with banks and people on a folder of its own."""

    def __init__(
        self, authority: LocalAuthority, banks: Mapping[str, Bank], folder: Path, clock: Callable[[], float]
    ) -> None:
        self.authority, self.banks, self._folder, self._clock = authority, banks, folder, clock

    @asynccontextmanager
    async def begin(self, bank: str, kind: Kind, task: Task) -> AsyncIterator[Walker]:
        walker = Walker(self.authority, self.banks[bank], kind, task, self._folder, self._clock)
        try:
            yield walker
        finally:
            await walker.runner.aclose()

    def books(self) -> list[tuple[str, str]]:
        """Status and reason of every certificate, in the order they were made."""
        with closing(sqlite3.connect(self._folder / DATABASE_NAME)) as db:
            rows = db.execute("SELECT status, reason FROM ca_certificates ORDER BY rowid")
            return [(Status(status).value, reason or "") for status, reason in rows]


@asynccontextmanager
async def town(
    folder: Path, banks: Mapping[str, Bank], *, clock: Callable[[], float] = time.time
) -> AsyncIterator[Town]:
    authority = await asyncio.to_thread(LocalAuthority.open, folder, banks, clock=clock, hardness=QUICK)
    try:
        yield Town(authority, banks, folder, clock)
    finally:
        await authority.aclose()
