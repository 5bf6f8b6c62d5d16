"""The real window on a practice authority of its own, and a person who visits it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from desktop.answers import Answerer, Answers, read_answers
from desktop.app import Front, run_in_loop
from desktop.backend import Backend
from desktop.banks import Bank
from desktop.demo import USUAL, answers_for
from desktop.services.api import Place, PlaceKind
from desktop.services.authority.local import LocalAuthority
from desktop.services.authority.wrapping import Hardness
from desktop.services.media.eject import Removal
from desktop.services.wallet import LocalWallet
from desktop.wizard.counter import Counter
from desktop.wizard.flow.runner import Runner
from desktop.wizard.flow.view import Given, View
from desktop.wizard.frame import Frame
from desktop.wizard.hands import Hands, Keyboard, laid_out
from desktop.wizard.offers import Offer
from tests.conftest import FakeClock

QUICK = Hardness(iterations=1, lanes=1, memory_kib=64)


@dataclass
class Office:
    """A window on a practice authority of its own, whose data lie in `folder`."""

    front: Front
    folder: Path
    clock: FakeClock
    banks: dict[str, Bank]
    kind: type[LocalAuthority] = LocalAuthority
    drives: list[Place] = field(default_factory=list)  # what is plugged in beside this PC

    released: list[Place] = field(default_factory=list)  # drives that were let go of, to be pulled out

    def places(self) -> tuple[Place, ...]:
        return (Place("pc", PlaceKind.PC, path=str(self.folder), free=10**11), *self.drives)

    def plug_in(self, folder: Path, label: str = "가온 스틱") -> Place:
        """A stick whose content lies in this folder."""
        folder.mkdir(exist_ok=True)
        stick = Place(f"usb:{folder.name}", PlaceKind.REMOVABLE, label, str(folder), free=14_200_000_000)
        self.drives.append(stick)
        return stick

    def _plugged_in(self) -> Hashable:
        return tuple(self.drives)

    def _let_go(self, place: Place) -> Removal:
        self.released.append(place)
        return Removal.RELEASED

    def counter(self, *, keep: bool = True) -> Counter:
        @asynccontextmanager
        async def opening() -> AsyncIterator[Backend]:
            authority = self.kind.open(self.folder, self.banks, clock=self.clock, hardness=QUICK)
            try:
                yield Backend(authority, LocalWallet(clock=self.clock, find=self.places), authority)
            finally:
                await authority.aclose()

        return Counter(
            theme=self.front.theme,
            window=self.front.window,
            banks=self.banks,
            language="ko",
            data=self.folder,
            opening=opening,
            keep=keep,
            plugged_in=self._plugged_in,
            let_go=self._let_go,
        )

    def run(
        self,
        work: Callable[[Visit], Awaitable[None]],
        offer: Offer = USUAL,
        *,
        keep: bool = True,
        answers: Answers | None = None,
    ) -> None:
        """One opening of the program, in which the visit takes place."""

        async def whole() -> None:
            self.front.window.show()
            counter = self.counter(keep=keep)
            serving = asyncio.ensure_future(counter.serve())
            await counter.opened.wait()
            try:
                await work(Visit(self.front, counter, Keyboard(self.front.window), self.clock, offer, answers))
            finally:
                self.front.window.closing.emit()
                await serving

        run_in_loop(self.front.application, whole())


@dataclass
class Visit:
    front: Front
    counter: Counter
    hands: Hands
    clock: FakeClock
    offer: Offer = USUAL
    answers: Answers | None = None  # those of the person the journey is meant for unless given

    def __post_init__(self) -> None:
        assert self.counter.backend is not None
        answers = self.answers or read_answers(answers_for(self.offer))
        self.answerer = Answerer(answers, self.counter.backend.phone, clock=self.clock)

    @property
    def runner(self) -> Runner:
        assert self.counter.runner is not None
        return self.counter.runner

    @property
    def frame(self) -> Frame:
        assert self.front.window.frame is not None
        return self.front.window.frame

    async def answer(self) -> View:
        """Fills in the page as the made-up person would and goes on."""
        await self.runner.settled()
        await laid_out()
        self.hands.fill(Given(await self.answerer.choices(self.runner.view)))
        given = await self.answerer.give(self.runner.view)
        await laid_out()
        self.hands.fill(given)
        self.hands.press()
        return await self.runner.settled()

    async def walk_to(self, step: str, stage: int = 0) -> View:
        if self.counter.runner is None:
            await self.hands.begin(self.offer)
        view = await self.runner.settled()
        while (view.step, view.stage) != (step, stage):
            assert {None} == {view.problem, *(field.problem for field in view.fields)}
            view = await self.answer()
        await laid_out()
        return view
