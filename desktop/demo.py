"""The practice journey in the real window, done by the real keys, with a picture of every page and the certificate."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.answers import Answerer, read_answers
from desktop.app import ARGUMENTS, Front, make_counter, make_front, run_in_loop
from desktop.config import Settings
from desktop.outcome import save
from desktop.receipt import make_receipt
from desktop.services.api import Changed, Issued, Kind, Task
from desktop.shipped import shipped
from desktop.wizard.counter import Counter
from desktop.wizard.flow.runner import Runner
from desktop.wizard.flow.steps import Proof
from desktop.wizard.flow.view import End, Entry, Given, View
from desktop.wizard.hands import Hands, Keyboard, Lost, laid_out
from desktop.wizard.offers import Offer

DONE, FAILED = 0, 1
#: What is shown where nobody names a journey.
USUAL = Offer("epost", Kind.FINANCIAL, Task.ISSUE)
#: What nobody else will do in their stead: with nobody there, a page that does not come is given up (seconds).
PATIENCE = 60
#: No journey has more pages; more means that a page is not left.
MOST_PAGES = 40


class Missing(LookupError):  # noqa: N818 - it says what is wrong
    """No bank offers this journey, so nobody can show it."""


def journey(bank: str | None, kind: str | None, task: str | None) -> Offer:
    """The one asked for; what is not said is as usual. Raises Missing."""
    offer = Offer(bank or USUAL.bank, Kind(kind or USUAL.kind), Task(task or USUAL.task))
    if not answers_for(offer).is_file():
        raise Missing(offer.id)
    return offer


def answers_for(offer: Offer) -> Path:
    """The shipped answers of the made-up person for whom this journey is meant."""
    return shipped("practice", f"{offer.bank}-{offer.kind}-{offer.task}.toml")


def run_demo(settings: Settings, *, pictures: Path, offer: Offer = USUAL) -> int:
    """Leaves NN-<step>.png and the files of the certificate in `pictures`. Returns 0 when the journey was done.

    Works on a data folder of its own, in practice alone, whatever the settings say; without a display too.
    """
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")) and sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    pictures.mkdir(parents=True, exist_ok=True)
    application = QApplication(ARGUMENTS)
    application.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory(prefix="changgu-demo-") as folder:
        own = settings._replace(data=Path(folder), backend=None)
        front = make_front(application, own, animations=False)
        front.window.show()
        demo = Demo(front, make_counter(front, own), Keyboard(front.window), pictures, offer)
        return DONE if run_in_loop(application, demo.run()) is End.DONE else FAILED


class Demo:
    """One journey, page by page: look, fill in, take a picture, go on."""

    def __init__(
        self,
        front: Front,
        counter: Counter,
        hands: Hands,
        pictures: Path,
        offer: Offer = USUAL,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock`: the authority's, seconds since the epoch, for one-time passwords."""
        self._front, self._counter, self._hands, self._pictures = front, counter, hands, pictures
        self._offer, self._clock = offer, clock
        self._taken = 0

    async def run(self) -> End | None:
        serving = asyncio.ensure_future(self._counter.serve())
        try:
            async with asyncio.timeout(PATIENCE):
                await self._counter.opened.wait()
                return await self._journey()
        finally:
            self._front.window.closing.emit()
            await serving

    async def _journey(self) -> End | None:
        backend = self._counter.backend
        if backend is None:
            return None
        answerer = Answerer(read_answers(answers_for(self._offer)), backend.phone, clock=self._clock)
        await self._take("home")
        await self._hands.begin(self._offer)
        codes = 0
        view: View | None = None
        while (runner := self._counter.runner) is not None:
            view = await runner.settled()
            if self._taken > MOST_PAGES:
                raise Lost(view.step)
            if any(field.entry is Entry.CODE and view.code_ends_at for field in view.fields):
                codes += 1
                await self._counter.until(partial(self._has_heard, codes))
            await laid_out()
            await self._fill(answerer, runner)
            await self._take(view.step)
            subject = view.facts.get(Issued) or view.facts.get(Changed)
            if view.finished and subject is not None:
                receipt = make_receipt(runner.journey.plan.bank, view.task, subject)
                await save(self._pictures, backend.services, subject, receipt, view.facts.get(Proof))
            view = await self._go_on(answerer, runner)
        return view.end if view else None

    async def _fill(self, answerer: Answerer, runner: Runner) -> None:
        """What is chosen comes first: it may decide what else the page asks."""
        self._hands.fill(Given(await answerer.choices(runner.view)))
        await laid_out()
        self._hands.fill(await answerer.give(runner.view))

    async def _go_on(self, answerer: Answerer, runner: Runner) -> View:
        """The way that the answers take from this page: another one, the phone, or the primary button."""
        step = runner.view.step
        action = answerer.action(runner.view)
        if action is not None:
            self._hands.act(action)
        elif await answerer.press(runner.view):
            await self._counter.until(lambda: runner.view.step != step)
        else:
            self._hands.press()
            if runner.view.busy is not None and runner.view.irreversible:
                await self._take(f"{step}-waiting")
        return runner.view

    def _has_heard(self, messages: int) -> bool:
        return self._counter.heard >= messages

    async def _take(self, name: str) -> None:
        """The window as it stands, laid out and painted."""
        await laid_out()
        self._front.window.grab().save(str(self._pictures / f"{self._taken:02}-{name}.png"))
        self._taken += 1
