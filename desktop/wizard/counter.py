"""The counter open for business: journeys begun, gone on with and ended in the window, and the practice phone heard."""

from __future__ import annotations

import asyncio
import functools
import gc
import logging
from collections.abc import Callable, Coroutine, Hashable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from desktop.banks import Bank, term_text
from desktop.device import device_id
from desktop.pin_rules import broken_rule
from desktop.services.api import Kind, PhoneEvent, Place, PracticePhone, Reason, ServiceError, Services, Task, Wallet
from desktop.services.media.eject import Removal, prepare_removal
from desktop.shipped import shipped
from desktop.text import Text
from desktop.widgets.notice import NoticeKind
from desktop.widgets.theme import Theme
from desktop.wizard.drives import Drives, drives_now
from desktop.wizard.flow.journal import Interrupted, Journal, JournalError
from desktop.wizard.flow.plan import make_plan
from desktop.wizard.flow.runner import Runner
from desktop.wizard.flow.view import End, Given, Problem, View
from desktop.wizard.frame import Frame
from desktop.wizard.home import News
from desktop.wizard.kit import Kiosk, Kit
from desktop.wizard.looks import accents_of, words_of
from desktop.wizard.memory import Memory
from desktop.wizard.offers import Offer
from desktop.wizard.practice import PracticeSheet
from desktop.wizard.window import Window
from desktop.wizard.wording import sentences

#: How long one question for messages on the practice phone may hang (seconds).
LISTEN = 20.0
_NEWS = {End.DONE: NoticeKind.SUCCESS, End.UNKNOWN: NoticeKind.WARNING}
_let_go = functools.partial(prepare_removal, release=True)
_log = logging.getLogger(__name__)


class Opened(Protocol):
    """The services of this run, and the virtual phone where everything is practice."""

    @property
    def services(self) -> Services: ...

    @property
    def wallet(self) -> Wallet: ...

    @property
    def phone(self) -> PracticePhone | None: ...


class Counter:
    """Joins one window and the services. `serve` runs until the window is closed, and leaves nothing running."""

    def __init__(
        self,
        *,
        theme: Theme,
        window: Window,
        banks: Mapping[str, Bank],
        language: str,
        data: Path,
        opening: Callable[[], AbstractAsyncContextManager[Opened]],
        keep: bool = True,
        report: Callable[..., None] = lambda event, **codes: None,
        plugged_in: Callable[[], Hashable] = drives_now,
        let_go: Callable[[Place], Removal] = _let_go,
        kiosk: Kiosk | None = None,
    ) -> None:
        self._theme, self._window, self._banks, self._practice = theme, window, banks, False
        self._text, self._data, self._device = Text(language), data, ""
        self._memory = Memory(data, keep=keep)
        self._wanted: Offer | None = None  # what the person wants to do once this journey is over
        self._place: tuple[str, str] | None = None  # where they want to go then
        self._journal, self._opening, self._report = Journal(data), opening, report
        self._usual_accents = theme.accents
        self._plugged_in, self._let_go, self._kiosk = plugged_in, let_go, kiosk
        self.drives: Drives | None = None  # watched while the services are open
        self._backend: Opened | None = None
        self._kit: Kit | None = None
        self.runner: Runner | None = None
        self._over: Runner | None = None  # its journey is over, and the service is being told so
        self.opened = asyncio.Event()  # or refused: then there is no `backend`
        self._closing = asyncio.Event()
        self._moved = asyncio.Event()
        self.heard = 0  # messages and calls that the practice phone has shown in this run
        self._tasks: set[asyncio.Task[None]] = set()
        window.home.chosen.connect(self.start)
        window.home.resumed.connect(self.resume)
        window.closing.connect(self._closing.set)
        window.language_changed.connect(self._speak)
        if window.asked_language:
            self._speak(window.asked_language)
        if window.asked_out:
            self._closing.set()

    async def serve(self) -> None:
        """Opens the services, then waits for the window to be closed."""
        try:
            async with self._opening() as self._backend:
                self._practice = self._backend.phone is not None
                self._window.home.set_practice(self._practice)
                self._device = await asyncio.to_thread(device_id, self._data)
                self._look_back()
                if self._kiosk is None:  # where one window follows another, the last one must be collected
                    gc.freeze()  # what has been read by now stays: the collection need not look at it
                self._window.home.set_ready(True)
                self.opened.set()
                self.drives = Drives(self._drives_changed, self._window, now=self._plugged_in)
                if self._backend.phone is not None:
                    self._spawn(self._listen(self._backend.phone))
                await self._closing.wait()
                self.drives.close()
                await self._end_all()
        except ServiceError as error:
            self._refuse(Problem(error.reason))
            self.opened.set()
            await self._closing.wait()
        self._window.close_now()

    @property
    def backend(self) -> Opened | None:
        """None before it is opened, and where it could not be."""
        return self._backend

    async def until(self, come: Callable[[], bool]) -> None:
        """Waits for something to be true that a View, a message or the way back to the first page brings."""
        while not come():
            self._moved.clear()
            await self._moved.wait()

    # ── Journeys ──────────────────────────────────────────────────────────────────────────────────────────

    def start(self, offer: Offer) -> None:
        runner = self._open(offer)
        if runner is not None:
            # The frame in this turn, its first page in the next: together they would hold the window for too long.
            asyncio.get_running_loop().call_soon(self._draw_first, runner)

    def _draw_first(self, runner: Runner) -> None:
        if runner is self.runner:
            runner.start()

    def resume(self) -> None:
        """Goes on with the journey that was cut off."""
        found = self._interrupted()
        offer = self._offer(found) if found else None
        runner = self._open(offer) if offer else None
        if runner is not None and found is not None:
            runner.resume(found)

    def _open(self, offer: Offer) -> Runner | None:
        if self._backend is None or self.runner is not None or self._closing.is_set():
            return None
        bank = self._banks[offer.bank]
        plan = make_plan(bank, offer.kind, offer.task)
        self.runner = Runner(
            services=self._backend.services,
            wallet=self._backend.wallet,
            plan=plan,
            journal=self._journal,
            on_view=self._draw,
            practice=self._practice,
            device=self._device,
            report=self._report,
        )
        self._theme.set_accents(accents_of(bank))
        self._kit = self._make_kit(bank, offer.kind, offer.task)
        frame = Frame(self._kit, self.runner)
        frame.phone_answered.connect(self._answer_phone)
        frame.next_task.connect(self._go_on_with)
        frame.lobby_asked.connect(self._go_to)
        frame.removal_asked.connect(lambda place: self._spawn(self._release(place)))
        self._window.open_journey(frame, self.runner)
        return self.runner

    def _make_kit(self, bank: Bank, kind: Kind, task: Task) -> Kit:
        sheet = shipped("practice", f"{bank.id}-{kind}-{task}.toml")
        return Kit(
            theme=self._theme,
            text=self._text,
            bank=bank,
            kind=kind,
            task=task,
            term_text=lambda term, language: term_text(shipped("terms"), bank, term, language),
            pin_rule=broken_rule,
            practice=PracticeSheet.load(sheet) if self._practice and sheet.is_file() else None,
            banks=self._banks,
            kiosk=self._kiosk,
        )

    def _draw(self, view: View) -> None:
        self._window.draw(view)
        self._moved.set()
        if view.end is not None and self.runner is not None:
            self._over, self.runner = self.runner, None
            self._keep(view)  # at once: the window may be closed in the same moment
            self._spawn(self._finish(self._over, view, view.end))

    async def _finish(self, runner: Runner, view: View, end: End) -> None:
        await runner.aclose()
        self._over = None
        name = {"task": self._kit.journey_name} if self._kit else {}
        self._kit = None
        # Each in a turn of its own: together they would hold the window for too long.
        with self._window.unpainted():
            self._window.end_journey()
            await asyncio.sleep(0)
            self._theme.set_accents(self._usual_accents)
            await asyncio.sleep(0)
            self._window.show_home(News(end.value, _NEWS.get(end, NoticeKind.INFO), name))
        await asyncio.sleep(0)  # the page is painted before what nobody waits for
        self._look_back()
        gc.collect()
        wanted, self._wanted = self._wanted, None
        if end is End.SWITCHED and view.switch_to is not None:
            wanted = self._window.home.room.offer(view.bank, view.kind, view.switch_to)
        place, self._place = self._place, None
        if wanted is not None and end in {End.SWITCHED, End.DONE}:
            self.start(wanted)
        elif place is not None and end is End.DONE:
            self._window.home.open(*place)
        self._moved.set()

    def _go_on_with(self, task: Task) -> None:
        """Ends this journey, whose page has nothing more to do, and begins another at the same bank."""
        if self.runner is not None and self._kit is not None:
            self._wanted = self._window.home.room.offer(self._kit.bank.id, self._kit.kind, task)
            self.runner.next(Given())

    def _go_to(self, place: str, what: str) -> None:
        """Ends this journey and opens a place of the lobby."""
        if self.runner is not None:
            self._place = (place, what)
            self.runner.next(Given())

    def _keep(self, view: View) -> None:
        """A disk that refuses costs the list on this PC, and nothing else."""
        try:
            self._memory.keep(view, self._banks[view.bank])
        except ServiceError as error:
            self._report("not_remembered", reason=error.reason.value)

    def _drives_changed(self) -> None:
        self._window.home.look_again()
        if self.runner is not None:
            self._spawn(self._look_again(self.runner))

    async def _look_again(self, runner: Runner) -> None:
        """A stick that was just plugged in comes onto the page that asks where to keep a certificate."""
        view = await runner.settled()
        if runner is self.runner and view.step == "place":
            runner.act("look_again")

    async def _release(self, place: Place) -> None:
        """Lets a drive go, so that it can be pulled out, as far as the system lets us."""
        try:
            outcome = (await asyncio.to_thread(self._let_go, place)).value
        except ServiceError as error:
            outcome = "gone" if error.reason is Reason.MEDIUM_GONE else "failed"
        if self._window.frame is not None and self._window.frame.page is not None:
            self._window.frame.page.tell_removal(outcome)
        self._moved.set()

    # ── What was left from last time ──────────────────────────────────────────────────────────────────────

    def _look_back(self) -> None:
        found = self._interrupted()
        self._window.home.offer_resume(self._offer(found) if found else None)
        self._window.home.focus_first()

    def _interrupted(self) -> Interrupted | None:
        try:
            return self._journal.interrupted()
        except JournalError as error:
            self._refuse(Problem(error.reason))
            return None

    def _offer(self, found: Interrupted) -> Offer | None:
        return self._window.home.room.offer(found.bank, found.kind, found.task)

    def _refuse(self, problem: Problem) -> None:
        said = sentences(self._text, problem, next(iter(self._banks.values())))
        self._window.home.tell(News("failed", NoticeKind.DANGER, {"cause": said.cause, "remedy": said.remedy}))

    # ── The practice phone ────────────────────────────────────────────────────────────────────────────────

    async def _listen(self, phone: PracticePhone) -> None:
        """Shows what the phone receives. What lies there from earlier runs is not for this person."""
        old = await phone.events(after=0, wait=0)
        last = old[-1].id if old else 0
        while True:
            for event in await phone.events(after=last, wait=LISTEN):
                last = event.id
                self._show(event)
                self.heard += 1
                self._moved.set()

    def _show(self, event: PhoneEvent) -> None:
        if self._window.frame is not None:
            self._window.frame.show_event(event)

    def _answer_phone(self, event: int, text: str) -> None:
        if self._backend is not None and self._backend.phone is not None:
            self._spawn(self._send_answer(self._backend.phone, event, text))

    async def _send_answer(self, phone: PracticePhone, event: int, text: str) -> None:
        try:
            await phone.answer(event, text)
        except ServiceError as error:
            said = sentences(self._text, Problem(error.reason), next(iter(self._banks.values())))
            accepted, note = False, said.cause
        else:
            accepted, note = True, ""
        if self._window.frame is not None:
            self._window.frame.side.close_event(event, accepted=accepted, note=note)

    # ── Language, tasks and the end ───────────────────────────────────────────────────────────────────────

    def _speak(self, language: str) -> None:
        """Another language, everywhere and at once."""
        self._text = Text(language)
        if self._kit is not None:
            self._kit.text = self._text
        self._theme.set_words(words_of(self._text))
        self._window.set_text(self._text)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("task failed: %s", type(error).__name__)

    async def _end_all(self) -> None:
        """Secrets first: they are gone before anything that may take time."""
        if self._window.frame is not None:
            self._window.frame.wipe()
        runner, self.runner = self.runner or self._over, None
        if runner is not None:
            await runner.aclose()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
