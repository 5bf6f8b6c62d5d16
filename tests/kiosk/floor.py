"""A kiosk on the floor of a made-up branch, and people who touch it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from desktop.answers import Answerer, Answers, read_answers
from desktop.app import run_in_loop
from desktop.backend import Backend
from desktop.banks import Bank, load_banks
from desktop.demo import USUAL, answers_for
from desktop.kiosk.call import Caller, CallError
from desktop.kiosk.conductor import Conductor
from desktop.kiosk.config import KioskConfig, read_kiosk
from desktop.kiosk.guard import Guard
from desktop.kiosk.hangul import JOINED, LEADS, TAILS, VOWELS, compose
from desktop.kiosk.health import Health
from desktop.kiosk.keypad import Keypad
from desktop.kiosk.layouts import CLEAR, SHIFT, TO_HANGUL, TO_LATIN, TO_MARKS, rows_of
from desktop.kiosk.layouts import Pad as PadKind
from desktop.kiosk.paper import PrintError, Printing
from desktop.kiosk.size import Millimetres
from desktop.kiosk.sounds import Guidance, Silence, Speaker
from desktop.kiosk.staff import StaffDoor
from desktop.kiosk.visit import Ending, Parts, Visit
from desktop.kiosk.window import KioskWindow
from desktop.services.api import Place, PlaceKind
from desktop.services.authority.local import LocalAuthority
from desktop.services.authority.wrapping import Hardness
from desktop.services.wallet import LocalWallet
from desktop.shipped import shipped
from desktop.widgets.agreement import AgreementList, TickList
from desktop.widgets.button import Button
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.field_edit import FieldEdit
from desktop.wizard.counter import Counter, Opened
from desktop.wizard.flow.view import Given, View
from desktop.wizard.hands import laid_out, texts
from desktop.wizard.offers import Offer
from tests.conftest import FakeClock

QUICK = Hardness(iterations=1, lanes=1, memory_kib=64)
UPRIGHT, ACROSS = (1080, 1920), (1920, 1080)
#: The number of the staff in the example.
STAFF = "246813"
#: How far a finger goes at least for it to be a push (px), and how often a page is pushed for one thing on it.
LEAST_PUSH, MOST_PUSHES = 30, 20
EXAMPLE = shipped("kiosk", "kiosk.toml")


class Bell:
    """Stands for the branch's own system."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, str]] = []
        self.broken = False

    async def call(self, kiosk: str, branch: str) -> None:
        if self.broken:
            raise CallError(branch)
        self.rung.append((kiosk, branch))


class Tray:
    """Stands for the printer."""

    def __init__(self) -> None:
        self.printed: list[str] = []
        self.jammed = False

    def print_out(self, receipt: str) -> None:
        if self.jammed:
            raise PrintError("refused")
        self.printed.append(receipt)


@dataclass
class Floor:
    """One kiosk with a practice authority of its own in `folder`. Time passes when a test says so."""

    application: QApplication
    folder: Path
    config: KioskConfig
    banks: dict[str, Bank]
    clock: FakeClock = field(default_factory=lambda: FakeClock(100.0))
    screen: tuple[int, int] = UPRIGHT
    wall: Callable[[], float] = time.time
    bell: Caller = field(default_factory=Bell)
    tray: Printing = field(default_factory=Tray)
    speaker: Speaker = field(default_factory=Silence)
    sticks: list[Place] = field(default_factory=list)
    authority: type[LocalAuthority] = LocalAuthority
    services: Opened | None = None  # instead of an authority

    @property
    def size(self) -> Millimetres:
        return Millimetres(*self.screen, self.config.screen.mm_per_pixel)

    def plug_in(self, folder: Path, label: str = "가온 스틱") -> Place:
        folder.mkdir(exist_ok=True)
        stick = Place(f"usb:{folder.name}", PlaceKind.REMOVABLE, label, str(folder), free=14_200_000_000)
        self.sticks.append(stick)
        return stick

    def present(self, window: KioskWindow) -> None:
        window.resize(*self.screen)
        window.show()
        window.activateWindow()

    def parts(self, guard: Guard) -> Parts:
        return Parts(
            application=self.application,
            config=self.config,
            banks=self.banks,
            data=self.folder,
            size=self.size,
            clock=self.clock,
            shuffle=reversed_digits,
            guard=guard,
            door=StaffDoor(self.config.staff_pin, self.clock),
            caller=self.bell,
            printing=self.tray,
            guidance=Guidance(self.speaker, self.config.voice),
            health=Health(self.config.id, self.wall),
            present=self.present,
            make_counter=self._counter,
        )

    @asynccontextmanager
    async def opening(self) -> AsyncIterator[Opened]:
        if self.services is not None:
            yield self.services
            return
        authority = self.authority.open(self.folder, self.banks, clock=self.wall, hardness=QUICK)
        wallet = LocalWallet(clock=self.wall, find=lambda: tuple(self.sticks))
        try:
            yield Backend(authority, wallet, authority)
        finally:
            await authority.aclose()

    def run(self, work: Callable[[Guest], Awaitable[None]], offer: Offer = USUAL) -> None:
        """The kiosk from its start until the staff close it, with what guests do at it in between."""
        with self.guarded() as guard:

            async def whole() -> None:
                conductor = Conductor(self.parts(guard), self.opening)
                serving = asyncio.ensure_future(conductor.serve())
                await conductor.opened.wait()
                await laid_out()
                guest = Guest(self, conductor, guard, offer)
                try:
                    await work(guest)
                finally:
                    await guest.close()
                    await serving

            run_in_loop(self.application, whole())

    @contextmanager
    def guarded(self) -> Iterator[Guard]:
        guard = Guard(self.application)
        try:
            yield guard
        finally:
            guard.close()

    def _counter(self, **given: object) -> Counter:
        """Drives come and go when a test says so."""
        return Counter(**given, plugged_in=lambda: tuple(self.sticks))  # type: ignore[arg-type]  # as a Visit gives them


def reversed_digits(order: object) -> None:
    """An order that is another, and the same in each test."""
    assert isinstance(order, list)
    order.reverse()


def example(**screen: object) -> KioskConfig:
    """The shipped file, with what a test wants otherwise of its screen."""
    config = read_kiosk(EXAMPLE, load_banks(shipped("banks")))
    return msgspec.structs.replace(config, screen=msgspec.structs.replace(config.screen, **screen))


class Guest:
    """Somebody at the kiosk, who does everything by touch."""

    def __init__(self, floor: Floor, conductor: Conductor, guard: Guard, offer: Offer) -> None:
        self.floor, self.conductor, self.guard, self.offer = floor, conductor, guard, offer
        self._device = QTest.createTouchDevice()
        self.touches = 0
        self._answerer: tuple[object, Answerer] | None = None
        self.answers: Answers | None = None

    @property
    def visit(self) -> Visit:
        assert self.conductor.visit is not None
        return self.conductor.visit

    @property
    def window(self) -> KioskWindow:
        return self.visit.window

    @property
    def view(self) -> View:
        runner = self.visit.counter.runner
        assert runner is not None
        return runner.view

    # ── Touching ──

    def touch(self, widget: QWidget, at: QPoint | None = None) -> None:
        """A finger on it, wherever it lies in the window; a page on which it is out of sight is pushed first."""
        self.bring(widget)
        self._put_finger(widget, at)

    def bring(self, widget: QWidget) -> None:
        """Into sight, by pushing what it lies on."""
        above = widget.parentWidget()
        while above is not None:
            if isinstance(above, QScrollArea):
                self._push_to(widget, above)
            above = above.parentWidget()

    def _push_to(self, widget: QWidget, area: QScrollArea) -> None:
        """At its left margin, where nothing lies, until it is in sight."""
        port = area.viewport()
        for _ in range(MOST_PUSHES):
            middle, high = widget.mapTo(port, widget.rect().center()).y(), port.height()
            margin = min(widget.height() // 2, high // 4)
            if margin <= middle <= high - margin:
                return
            way = max(LEAST_PUSH, min(high // 2, abs(middle - high // 2)))
            ends = [QPoint(2, (high - way) // 2), QPoint(2, (high + way) // 2)]
            self.push(port, *(ends if middle < margin else reversed(ends)))

    def push(self, widget: QWidget, begin: QPoint, end: QPoint) -> None:
        """A finger put down at one place of the widget and lifted at another."""
        window = widget.window()
        places = [widget.mapTo(window, place) for place in (begin, (begin + end) / 2, end)]
        for n, place in enumerate([*places, places[-1]]):
            sequence = QTest.touchEvent(window, self._device, False)
            (sequence.press, sequence.move, sequence.move, sequence.release)[n](0, place, window)
            sequence.commit(False)

    def _put_finger(self, widget: QWidget, at: QPoint | None = None) -> None:
        window = widget.window()
        spot = widget.mapTo(window, at or widget.rect().center())
        assert window.rect().contains(spot), widget.accessibleName()
        seen = window.childAt(spot)
        assert seen is not None
        assert seen is widget or widget.isAncestorOf(seen), f"{widget.accessibleName()} lies under {seen}"
        self.touches += 1
        for press in (True, False):
            sequence = QTest.touchEvent(window, self._device, False)
            (sequence.press if press else sequence.release)(0, spot, window)
            sequence.commit(False)

    async def tap(self, keypad: Keypad, text: str) -> None:
        """Characters on the keys, changing the pad where that is needed."""
        for character in text:
            marks = {key.mark for key in keypad.keys}
            if character not in marks:
                await self._turn(keypad, character)
            assert character in {key.mark for key in keypad.keys} or character == " ", (character, keypad.pad)
            self.touch(keypad.key("space" if character == " " else character))

    async def _turn(self, keypad: Keypad, character: str) -> None:
        if character in {mark for row in rows_of(PadKind.MARKS) for mark in row}:
            if TO_MARKS not in {key.mark for key in keypad.keys}:
                self.touch(keypad.key(TO_LATIN))
            await laid_out()
            self.touch(keypad.key(TO_MARKS))
            await laid_out()
            return
        kinds = {key.mark for key in keypad.keys}
        if character.isascii() and TO_LATIN in kinds:
            self.touch(keypad.key(TO_LATIN))
        elif not character.isascii() and TO_HANGUL in kinds:
            self.touch(keypad.key(TO_HANGUL))
        await laid_out()
        if character not in {key.mark for key in keypad.keys}:
            self.touch(keypad.key(SHIFT))
            await laid_out()

    async def enlarge(self, percent: int) -> None:
        """By the tile for it, or by the menu where that has no room."""
        text, tiles = self.window.text, self.window.tiles.tiles
        if tiles["looks"].isVisible():
            self.touch(tiles["looks"])
        else:
            self.touch(tiles["menu"])
            await self._press_on_sheet(text("kiosk.tile.looks"))
        while (sheet := self.window.sheet) is not None:
            now = round(100 * self.visit.theme.scale / self.floor.size.scale)
            words = text("kiosk.looks.close") if now == percent else text("kiosk.looks.size", percent=now)
            await self._press_on_sheet(words)
            assert (now == percent) == (self.window.sheet is not sheet)
        await laid_out()

    async def _press_on_sheet(self, words: str) -> None:
        """Once it is laid out, which takes several turns after it has come or what it says has grown."""
        sheet = self.window.sheet
        assert sheet is not None
        button = next(button for button in sheet.findChildren(Button) if button.plain_text() == words)
        async with asyncio.timeout(5):
            while self.window.childAt(button.mapTo(self.window, button.rect().center())) is not button:
                self.bring(button)  # a sheet that is higher than the screen is moved like a page
                await laid_out()
        self.touch(button)

    # ── A journey ──

    async def begin(self) -> None:
        await self.visit.counter.opened.wait()
        await laid_out()
        front = self.window.home.front
        cards = front.banks
        if cards.value() != self.offer.id:
            self.touch(cards.card(self.offer.id))
        self.touch(self.window.home.footer.primary)
        await laid_out()

    async def fill(self, given: Given) -> None:
        page = self.window.page
        assert page is not None
        for name, answer in texts(given).items():
            editor = page.editors[name].input
            if isinstance(editor, AgreementList):
                if not editor.complete():
                    self.touch(editor.boxes()[0])
            elif isinstance(editor, TickList):
                for option, box in editor.boxes().items():
                    if box.isChecked() != (option in answer.split()):
                        self.touch(box)
            elif isinstance(editor, ChoiceCards):
                if editor.value() != answer:
                    self.touch(editor.card(answer))
            else:
                await self.type(editor, answer)

    async def type(self, editor: FieldEdit, answer: str) -> None:
        dock = self.window.dock
        if dock.target is not editor or not editor.hasFocus():
            self.touch(editor, QPoint(editor.width() // 2, editor.height() // 2))
            await laid_out()
        assert dock.target is editor, f"{editor.accessibleName()} has no keypad"
        if editor.text():
            while editor.text():
                self.touch(dock.keypad.key(CLEAR if CLEAR in {k.mark for k in dock.keypad.keys} else "back"))
        await self.tap(dock.keypad, keys_of(answer))

    def focused(self) -> QWidget:
        """Where keys go."""
        return self.window.focusWidget() or self.window

    async def answer(self) -> View:
        runner = self.visit.counter.runner
        assert runner is not None
        if self._answerer is None or self._answerer[0] is not runner:
            backend = self.visit.counter.backend
            assert backend is not None
            answers = self.answers or read_answers(answers_for(self.offer))
            self._answerer = (runner, Answerer(answers, backend.phone, clock=self.floor.wall))
        answerer = self._answerer[1]
        await runner.settled()
        await laid_out()
        await self.fill(Given(await answerer.choices(runner.view)))
        given = await answerer.give(runner.view)
        await laid_out()
        await self.fill(given)
        assert self.window.frame is not None
        self.touch(self.window.frame.footer.primary)
        return await runner.settled()

    async def walk_to(self, step: str, stage: int = 0) -> View:
        if self.visit.counter.runner is None:
            await self.begin()
        runner = self.visit.counter.runner
        assert runner is not None
        view = await runner.settled()
        while (view.step, view.stage) != (step, stage):
            assert {None} == {view.problem, *(f.problem for f in view.fields)}, (view.problem, view.step)
            view = await self.answer()
        await laid_out()
        return view

    async def next_visit(self, before: Visit) -> None:
        """Until somebody else may come."""
        async with asyncio.timeout(10):
            await self.conductor.until(lambda: self.conductor.visit is not before)
        await laid_out()

    def forget(self) -> None:
        """Who answered for the last journey."""
        self._answerer = None

    async def close(self) -> None:
        """The staff come."""
        self.visit.end(Ending.STAFF)
        if self.visit.ending is not Ending.STAFF:  # somebody has just gone: it is the next one that they end
            await self.next_visit(self.visit)
            self.visit.end(Ending.STAFF)


def keys_of(answer: str) -> str:
    """Hangul as it is typed, letter by letter."""
    apart = {joined: pair for pair, joined in JOINED.items()}
    keys = ""
    for character in answer:
        place = ord(character) - 0xAC00
        if not 0 <= place < 11172:
            keys += character
            continue
        lead, rest = divmod(place, 588)
        vowel, tail = divmod(rest, 28)
        jamo = (LEADS[lead], VOWELS[vowel], TAILS[tail].strip())
        keys += "".join(apart.get(part, part) for part in jamo)
    assert compose(keys) == answer
    return keys
