"""One person at the kiosk, from the first touch until nothing of them is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from desktop.banks import Bank
from desktop.kiosk.call import Caller, CallError
from desktop.kiosk.config import KioskConfig
from desktop.kiosk.front import KioskHome
from desktop.kiosk.guard import Guard, wipe_clipboard
from desktop.kiosk.health import Health
from desktop.kiosk.idle import Idle, Watch
from desktop.kiosk.layouts import Shuffle
from desktop.kiosk.paper import PrintError, Printing
from desktop.kiosk.sheets import IdleSheet, ReceiptSheet, TellSheet
from desktop.kiosk.size import LEAST, Millimetres
from desktop.kiosk.sounds import Guidance
from desktop.kiosk.staff import StaffDoor
from desktop.kiosk.staffsheet import StaffSheet
from desktop.kiosk.window import KioskWindow
from desktop.services.api import HandOff, Issued, Place, PlaceKind
from desktop.text import Text
from desktop.widgets.theme import Mode, Theme
from desktop.wizard.counter import Counter, Opened
from desktop.wizard.flow.view import Entry, View
from desktop.wizard.kit import Kiosk
from desktop.wizard.looks import words_of

#: How often it is looked whether somebody is still there (ms).
TICK = 250


class Ending(StrEnum):
    DONE = "done"
    LEFT = "left"
    IDLE = "idle"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Parts:
    """What every visit at this kiosk is made of; none of it knows any person."""

    application: QApplication
    config: KioskConfig
    banks: Mapping[str, Bank]
    data: Path
    size: Millimetres
    clock: Callable[[], float]  # seconds that never go back
    shuffle: Shuffle | None
    guard: Guard
    door: StaffDoor
    caller: Caller
    printing: Printing | None
    guidance: Guidance
    health: Health
    present: Callable[[KioskWindow], None]
    make_counter: Callable[..., Counter] = Counter
    family: str | None = None


class Visit:
    """`run` until the person has gone. Then nothing of them is in any field, and the window is to be thrown away."""

    def __init__(self, parts: Parts, backend: Opened) -> None:
        self._parts, config = parts, parts.config
        self.ending: Ending | None = None
        self.stick: Place | None = None  # where a certificate was put, which must not be left behind
        self._over = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._made: list[QObject] = []
        self._said = ""
        text = Text(config.language)
        scale, mode = parts.size.scale, Mode(config.screen.mode)
        self.theme = Theme(
            mode=mode, scale=scale, words=words_of(text), animations=False, least=LEAST, family=parts.family
        )
        self.theme.apply(parts.application)
        practice, columns = backend.phone is not None, 1 if config.screen.orientation == "portrait" else 2
        home = KioskHome(self.theme, text, parts.banks, config.offers, practice=practice, columns=columns)
        self.window = KioskWindow(
            self.theme,
            text,
            home,
            config=config,
            size=parts.size,
            clock=parts.clock,
            shuffle=parts.shuffle,
            sounds=parts.guidance.choices(),
        )
        self.idle = Idle(config.idle, parts.clock)
        self.counter = parts.make_counter(
            theme=self.theme,
            window=self.window,
            banks=parts.banks,
            language=config.language,
            data=parts.data,
            opening=_lent(backend),
            keep=False,
            kiosk=Kiosk(frozenset(config.offers), config.receipt.kind, self.window.around),
        )
        self._timer = QTimer()
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self.look)
        self._connect()

    async def run(self) -> asyncio.Task[None]:
        """Returns what is still to be awaited: that the authority has been told. What is left of it holds no secret."""
        parts = self._parts
        parts.guard.let(self.window)
        parts.guidance.begin_anew(parts.config.language)
        parts.health.state = "waiting"
        parts.present(self.window)
        self.window.home.focus_first()
        serving = asyncio.get_running_loop().create_task(self.counter.serve())
        self._timer.start()
        await self._over.wait()
        self._erase()
        return serving

    @property
    def pending(self) -> tuple[asyncio.Task[None], ...]:
        """Calls to the staff that are under way."""
        return tuple(self._tasks)

    @property
    def health(self) -> Health:
        return self._parts.health

    def touched(self) -> None:
        if self.idle.state is Watch.UNTOUCHED:
            self._parts.health.state = "in_use"
            self._parts.health.visits += 1
        self.idle.touched()

    def look(self) -> None:
        """Whether somebody is still there."""
        state, window = self.idle.look(waiting=self._waiting()), self.window
        match state:
            case Watch.GONE:
                self.end(Ending.IDLE)
            case Watch.WARNED if isinstance(window.sheet, IdleSheet):
                window.sheet.tick()
            case Watch.WARNED:
                sheet = IdleSheet(window.around, window.text, self.idle)
                sheet.extended.connect(self._extend)
                sheet.ended.connect(lambda: self.end(Ending.LEFT))
                window.lay(sheet)
                self._parts.guidance.say(window.text("kiosk.idle.title"))

    def end(self, ending: Ending) -> None:
        if self.ending is None:
            self.ending = ending
            self._over.set()

    # ── Erasure ───────────────────────────────────────────────────────────────────────────────────────────

    def _erase(self) -> None:
        """All of this happens in one turn, before anything is drawn for the next person."""
        self._timer.stop()
        runner = self.counter.runner
        self._made = [self.window, *self.window.findChildren(QObject)]
        self.window.wipe()
        self.window.show_home()  # before the journey ends: that would draw its page once more
        if runner is not None:
            runner.leave()
        wipe_clipboard()
        self._parts.guidance.begin_anew(self._parts.config.language)
        for task in self._tasks:
            task.cancel()
        self._said = ""
        self.window.closing.emit()

    def sever(self) -> None:
        """Once Qt has deleted the widgets: PySide may hold on to one of them, and it is not to hold on to the rest."""
        for made in self._made:
            if not isValid(made):
                vars(made).clear()
        self._made = []

    # ── What the window asks ──────────────────────────────────────────────────────────────────────────────

    def _connect(self) -> None:
        window = self.window
        window.drawn.connect(self._drawn)
        window.home_shown.connect(self._home_shown)
        window.receipt_asked.connect(self._give_receipt)
        window.call_asked.connect(self._call)
        window.staff_asked.connect(self._ask_staff)
        window.language_changed.connect(self._parts.guidance.set_language)

    def _drawn(self, view: View) -> None:
        issued = view.facts.get(Issued)
        if issued is not None and issued.kept_at is not None and issued.kept_at.kind is PlaceKind.REMOVABLE:
            self.stick = issued.kept_at
        page = self.window.page
        said = f"{page.title}. {page.words(view, 'why')}" if page is not None else ""
        if said != self._said:
            self._said = said
            self._parts.guidance.say(said)
            for row in view.rows:
                self._parts.guidance.say_privately(row.text)

    def _home_shown(self, how: str) -> None:
        """A journey that is over is the end of the visit, unless it only led to another."""
        if how not in {"", "switched"}:
            self.end(Ending.DONE if how == "done" else Ending.LEFT)

    def _extend(self) -> None:
        self.idle.extend()
        if self.window.sheet is not None:
            self.window.sheet.dismiss()

    def _waiting(self) -> bool:
        """For a code, a call, an app on the phone, or the service itself."""
        runner = self.counter.runner
        if runner is None:
            return False
        view = runner.view
        awaited = view.code_ends_at is not None and any(field.entry is Entry.CODE for field in view.fields)
        return view.busy is not None or awaited or (view.step == "handoff" and HandOff in view.facts)

    def _give_receipt(self, receipt: str) -> None:
        text, kind = self.window.text, self._parts.config.receipt.kind
        if kind == "qr":
            self.window.lay(ReceiptSheet(self.window.around, text, receipt))
        elif kind == "paper":
            said = "printing"
            try:
                if self._parts.printing is None:
                    raise PrintError("missing")
                self._parts.printing.print_out(receipt)
            except PrintError:
                said = "refused"
                self._parts.health.receipts_failed += 1
            self._tell(text("kiosk.receipt.title"), text(f"kiosk.receipt.{said}"), text("kiosk.receipt.close"))

    def _call(self) -> None:
        text = self.window.text
        sheet = self._tell(text("kiosk.call.asking_title"), "", text("kiosk.call.close"))
        task = asyncio.get_running_loop().create_task(self._called(sheet))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _called(self, sheet: TellSheet) -> None:
        config, text, how = self._parts.config, self.window.text, ""
        try:
            await self._parts.caller.call(config.id, config.branch)
        except CallError:
            self._parts.health.calls_failed += 1
            how = "failed_"
        if self.window.sheet is sheet:
            sheet.tell(text(f"kiosk.call.{how}title"), text(f"kiosk.call.{how}body"))
        self._parts.guidance.say(text(f"kiosk.call.{how}title"))

    def _tell(self, title: str, body: str, close: str) -> TellSheet:
        sheet = TellSheet(self.window.around, title, body, close)
        self.window.lay(sheet)
        return sheet

    def _ask_staff(self) -> None:
        parts, window = self._parts, self.window
        sheet = StaffSheet(
            window.around, lambda: window.text, parts.size, parts.shuffle, parts.door, upright=window.upright
        )
        sheet.opened.connect(lambda: self.end(Ending.STAFF))
        window.lay(sheet)


def _lent(backend: Opened) -> Callable[[], object]:
    """Open already, and open still when this person has gone."""

    @asynccontextmanager
    async def opening() -> AsyncIterator[Opened]:
        yield backend

    return opening
