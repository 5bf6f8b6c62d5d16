"""The practice journey in the real window, done by the real keys, with a picture of every page and the certificate."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.answers import Answerer, read_answers
from desktop.app import ARGUMENTS, Front, make_counter, make_front, run_in_loop
from desktop.config import Settings
from desktop.outcome import save
from desktop.receipt import make_receipt
from desktop.services.api import Issued
from desktop.shipped import shipped
from desktop.wizard.counter import Counter
from desktop.wizard.flow.steps import Proof
from desktop.wizard.flow.view import End, Entry, View
from desktop.wizard.hands import Hands, Keyboard, laid_out

DONE, FAILED = 0, 1
ANSWERS = "epost-financial-issue.toml"
#: What nobody else will do in their stead: with nobody there, a page that does not come is given up (seconds).
PATIENCE = 60


def run_demo(settings: Settings, *, pictures: Path) -> int:
    """Leaves NN-<step>.png and the files of the certificate in `pictures`. Returns 0 when the journey was done.

    Works on a data folder of its own, in practice alone, whatever the settings say; without a display too.
    """
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")) and sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    pictures.mkdir(parents=True, exist_ok=True)
    application = QApplication(ARGUMENTS)
    application.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory(prefix="changgu-demo-") as folder:
        own = replace(settings, data=Path(folder), backend=None)
        front = make_front(application, own, animations=False)
        front.window.show()
        demo = Demo(front, make_counter(front, own), Keyboard(front.window), pictures)
        return DONE if run_in_loop(application, demo.run()) is End.DONE else FAILED


class Demo:
    """One journey, page by page: look, fill in, take a picture, go on."""

    def __init__(self, front: Front, counter: Counter, hands: Hands, pictures: Path) -> None:
        self._front, self._counter, self._hands, self._pictures = front, counter, hands, pictures
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
        answerer = Answerer(read_answers(shipped("practice", ANSWERS)), backend.phone)
        await self._take("home")
        self._hands.begin()
        codes = 0
        view: View | None = None
        while (runner := self._counter.runner) is not None:
            view = await runner.settled()
            given = await answerer.give(view)
            if any(field.entry is Entry.CODE and view.code_ends_at for field in view.fields):
                codes += 1
                await self._counter.until(partial(self._has_heard, codes))
            await laid_out()
            self._hands.fill(given)
            await self._take(view.step)
            issued, proof = view.facts.get(Issued), view.facts.get(Proof)
            if issued is not None and proof is not None:
                receipt = make_receipt(runner.journey.plan.bank, view.task, issued)
                await save(self._pictures, backend.services, issued, receipt, proof)
            self._hands.press()
            view = runner.view
            if view.busy is not None and view.irreversible:
                await self._take(f"{view.step}-waiting")
        return view.end if view else None

    def _has_heard(self, messages: int) -> bool:
        return self._counter.heard >= messages

    async def _take(self, name: str) -> None:
        """The window as it stands, laid out and painted."""
        await laid_out()
        self._front.window.grab().save(str(self._pictures / f"{self._taken:02}-{name}.png"))
        self._taken += 1
