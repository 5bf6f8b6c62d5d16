"""One visit after another, on services that stay open: what a crash left is closed first, and nothing is resumed."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import secrets
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager

from PySide6.QtCore import QCoreApplication, QEvent

from desktop.kiosk.sheets import TellSheet
from desktop.kiosk.visit import Ending, Parts, Visit
from desktop.services.api import Place, ServiceError
from desktop.services.media.eject import prepare_removal
from desktop.text import Text
from desktop.wizard.counter import Opened
from desktop.wizard.flow.journal import Journal, JournalError

#: How long a person who has gone may keep the authority busy in the background, and how long thanks are shown (s).
FAREWELL, THANKS = 8.0, 10.0
#: How often it is looked whether a stick is still there, and how often at most.
LOOK, LOOKS = 1.0, 60


class Conductor:
    """`serve` until the staff close the kiosk. `visit` is the one that is open."""

    def __init__(self, parts: Parts, opening: Callable[[], AbstractAsyncContextManager[Opened]]) -> None:
        self._parts, self._opening = parts, opening
        self.visit: Visit | None = None
        self.opened = asyncio.Event()
        self._moved = asyncio.Event()
        self.visits = 0
        self._farewells: set[asyncio.Task[None]] = set()
        self._thanks: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        self._parts.guard.touched.connect(self.touched)
        async with self._opening() as backend:
            await close_leftover(backend, Journal(self._parts.data))
            last: Visit | None = None
            ending: Ending | None = None
            while ending is not Ending.STAFF:
                self.visit = visit = Visit(self._parts, backend)
                self.visits += 1
                running = asyncio.get_running_loop().create_task(visit.run())
                if last is not None:
                    last.window.hide()
                    self._thank(visit, last, backend)
                    last = None  # nothing holds the one who has gone
                await asyncio.sleep(0)
                self.opened.set()
                self._moved.set()
                serving = await running
                if self._thanks is not None:
                    self._thanks.cancel()
                ending, last = visit.ending, visit
                self._spawn(self._throw_away(visit, serving))
                del running, serving, visit
            self._parts.health.state = "closed"
            await asyncio.gather(*self._farewells, return_exceptions=True)

    async def until(self, come: Callable[[], bool]) -> None:
        """Waits for something to be true that another person's coming, or the last one's being gone, brings."""
        while not come():
            self._moved.clear()
            await self._moved.wait()

    async def emptied(self) -> None:
        """Until nothing is left of those who have gone."""
        busy = self._farewells - {self._thanks}
        await asyncio.gather(*busy, return_exceptions=True)

    async def thanked(self) -> None:
        """Until thanks have been said, and a stick been taken."""
        if self._thanks is not None:
            await asyncio.gather(self._thanks, return_exceptions=True)

    def touched(self) -> None:
        if self.visit is not None:
            self.visit.touched()

    async def _throw_away(self, visit: Visit, serving: asyncio.Task[None]) -> None:
        """Once the authority knows; then window, pages and all that they held are gone."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await serving
        visit.window.close_now()
        visit.window.deleteLater()
        visit.theme.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        visit.sever()
        del visit, serving
        gc.collect()
        self._moved.set()

    def _thank(self, visit: Visit, last: Visit, backend: Opened) -> None:
        """What is said to the one who goes stands on the next person's window, and names nobody."""
        text = Text(last.window.text.language)
        if last.ending is Ending.DONE:
            body = text("kiosk.farewell.done")
        elif last.ending is Ending.LEFT:
            body = text("kiosk.farewell.left")
        else:
            body = ""
        stick, last.stick = last.stick, None
        if not body and stick is None:
            return
        said = f"{body}\n{text('kiosk.stick.wait')}" if stick is not None else body
        sheet = TellSheet(visit.theme, text("kiosk.farewell.title"), said, text("kiosk.farewell.close"))
        visit.window.lay(sheet)
        self._thanks = self._spawn(self._see_off(sheet, visit, text, body, stick, backend))

    async def _see_off(
        self, sheet: TellSheet, visit: Visit, text: Text, body: str, stick: Place | None, backend: Opened
    ) -> None:
        """Until the stick is pulled out, or for as long as thanks take; the sheet may be touched away before."""
        if stick is None:
            await asyncio.sleep(THANKS)
        else:
            with contextlib.suppress(ServiceError):
                await asyncio.to_thread(prepare_removal, stick, release=True)
            take = f"{body}\n{text('kiosk.stick.take')}"
            for _ in range(LOOKS):
                if visit.window.sheet is not sheet:
                    return
                if take:
                    sheet.tell(text("kiosk.farewell.title"), take)
                    self._parts.guidance.say(text("kiosk.stick.take"))
                    take = ""
                if stick.id not in {place.id for place in (await backend.wallet.places()).places}:
                    break
                await asyncio.sleep(LOOK)
        if visit.window.sheet is sheet:
            sheet.dismiss()

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._farewells.add(task)
        task.add_done_callback(self._farewells.discard)
        return task


async def close_leftover(backend: Opened, journal: Journal) -> None:
    """A journey that a crash cut off is closed at the authority. Whose it was is not known here, nor asked."""
    with contextlib.suppress(JournalError, ServiceError, TimeoutError):
        found = journal.interrupted()
        if found is not None:
            journal.clear(found.journey)
            async with asyncio.timeout(FAREWELL):
                await backend.services.close_journey(found.journey, key=secrets.token_urlsafe(16))
