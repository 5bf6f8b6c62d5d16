"""Drives a Runner over a fake bank, as a page would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from desktop.wizard.flow.journal import Journal
from desktop.wizard.flow.journey import Journey
from desktop.wizard.flow.plan import Plan
from desktop.wizard.flow.runner import Runner
from desktop.wizard.flow.view import View
from tests.fakes import FakeServices, epost_plan, right_answers


class Drive:
    """One journey on one fake, with a clock that only tests move."""

    def __init__(self, services: FakeServices, folder: Path, plan: Plan | None = None) -> None:
        self.services, self.folder = services, folder
        self.now = 100.0
        self.views: list[View] = []
        self.reports: list[tuple[str, dict[str, str]]] = []
        self.pauses: list[float] = []
        self._changed = asyncio.Event()
        self.runner = Runner(
            services=services,
            wallet=services.wallet,
            plan=plan or epost_plan(),
            journal=Journal(folder),
            on_view=self._viewed,
            clock=lambda: self.now,
            today=lambda: date(2026, 11, 22),
            pause=self._pause,
            report=self._reported,
        )

    def _viewed(self, view: View) -> None:
        self.views.append(view)
        self._changed.set()

    def _reported(self, event: str, **codes: str) -> None:
        self.reports.append((event, codes))
        self._changed.set()

    async def when(self, true: Callable[[], bool]) -> View:
        """Waits until something that happens by itself makes this true."""
        while not true():
            self._changed.clear()
            await self._changed.wait()
        return self.view

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    @property
    def view(self) -> View:
        return self.runner.view

    @property
    def journey(self) -> Journey:
        return self.runner.journey

    async def next(self, **instead: str) -> View:
        """Gives the right answers, or those put in, and waits for what comes of it."""
        self.runner.next(right_answers(self.view, **instead))
        return await self.runner.settled()

    async def act(self, name: str) -> View:
        self.runner.act(name)
        return await self.runner.settled()

    async def until(self, step: str, stage: int = 0) -> View:
        for _ in range(30):
            if (self.view.step, self.view.stage) == (step, stage):
                return self.view
            await self.next()
        raise AssertionError(f"never came to {step} {stage}; stands at {self.view.step} {self.view.problem}")


@asynccontextmanager
async def driving(folder: Path, services: FakeServices | None = None, plan: Plan | None = None) -> AsyncIterator[Drive]:
    drive = Drive(services or FakeServices(), folder, plan)
    try:
        yield drive
    finally:
        await drive.runner.aclose()
