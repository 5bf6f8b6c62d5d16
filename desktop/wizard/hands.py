"""A person at the window, for the demo and the tests: keys to whatever has the focus, or clicks on what is seen."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QWidget

from desktop.widgets.agreement import AgreementList, TickList
from desktop.widgets.choice import ChoiceCards
from desktop.wizard.flow.view import Given
from desktop.wizard.lobby.tasks import TasksPage
from desktop.wizard.offers import Offer
from desktop.wizard.window import Window

#: So many presses of Tab reach everything in the window; more means that it cannot be reached.
TABS = 60


class Lost(Exception):  # noqa: N818 - it says what became of the person
    """What was to be filled in is not to be seen, or the focus never comes to it."""


async def laid_out() -> None:
    """Twice through Qt's events: a page is shown at the first, and what it then asks for is done at the second.

    To process the events from within a task would enter other tasks in the middle of it, which asyncio forbids.
    """
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def texts(given: Given) -> dict[str, str]:
    """Every answer as it is typed, by field. Only made-up people's answers may come here: texts cannot be wiped."""
    revealed = {name: secret.reveal() for name, secret in given.secrets.items()}
    for secret in given.secrets.values():
        secret.wipe()
    return {**given.plain, **revealed}


class Hands:
    """What keyboard and mouse have in common; they differ in how a thing is reached and pressed."""

    def __init__(self, window: Window) -> None:
        self._window = window

    async def begin(self, offer: Offer) -> None:
        """From the first page to a journey: the bank, then what is to be done there. Raises Lost."""
        home = self._window.home
        await laid_out()
        self.reach(home.front.banks)
        self.choose(home.front.banks, offer.bank)
        self.press()
        await laid_out()
        tasks = home.leaf
        if not isinstance(tasks, TasksPage):
            raise Lost(offer.id)
        self.reach(tasks.lists[offer.kind])
        self.choose(tasks.lists[offer.kind], offer.id)
        self.press()

    def act(self, action: str) -> None:
        """A secondary way on of the page. Raises Lost."""
        page = self._window.frame.page if self._window.frame else None
        button = page.ways_on.get(action) if page else None
        if button is None:
            raise Lost(action)
        self.reach(button)
        self.push(button)

    def push(self, button: QAbstractButton) -> None:
        """A button that has been reached."""
        raise NotImplementedError

    def press(self) -> None:
        """The primary action."""
        raise NotImplementedError

    def reach(self, wanted: QWidget) -> None:
        """Brings the focus there. Raises Lost."""
        raise NotImplementedError

    def agree(self, agreements: AgreementList) -> None:
        """To all of them."""
        raise NotImplementedError

    def choose(self, cards: ChoiceCards, value: str) -> None:
        raise NotImplementedError

    def tick(self, ticks: TickList, names: set[str]) -> None:
        """Exactly these. Raises Lost."""
        for name, box in ticks.boxes().items():
            if box.isChecked() != (name in names):
                self.reach(box)
                self.push(box)

    def fill(self, given: Given) -> None:
        """Enters these answers on the page, which must be laid out; their secrets are wiped. Raises Lost."""
        page = self._window.frame.page if self._window.frame else None
        editors = page.editors if page else {}
        for name, answer in texts(given).items():
            editor = editors.get(name)
            if editor is None or not editor.input.isVisible():
                raise Lost(name)
            self.reach(editor.input)
            if isinstance(editor.input, AgreementList):
                self.agree(editor.input)
            elif isinstance(editor.input, TickList):
                self.tick(editor.input, set(answer.split()))
            elif isinstance(editor.input, ChoiceCards):
                self.choose(editor.input, answer)
            else:
                self._type(answer)

    def focused(self) -> QWidget:
        return self._window.focusWidget() or self._window

    def _type(self, answer: str) -> None:
        """In place of what stands there. All but ASCII comes from the input method, as on a real desk."""
        QTest.keyClick(self.focused(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        if answer.isascii():
            QTest.keyClicks(self.focused(), answer)
            return
        event = QInputMethodEvent()
        event.setCommitString(answer)
        QCoreApplication.sendEvent(self.focused(), event)


class Keyboard(Hands):
    """No pointing at all: Tab, Space, arrows and Enter."""

    def press(self) -> None:
        QTest.keyClick(self.focused(), Qt.Key.Key_Return)

    def push(self, button: QAbstractButton) -> None:
        QTest.keyClick(button, Qt.Key.Key_Space)

    def reach(self, wanted: QWidget) -> None:
        for _ in range(TABS):
            focused = self.focused()
            if focused is wanted or wanted.isAncestorOf(focused):
                return
            QTest.keyClick(focused, Qt.Key.Key_Tab)
        raise Lost(wanted.accessibleName())

    def agree(self, agreements: AgreementList) -> None:
        if not agreements.complete():
            QTest.keyClick(self.focused(), Qt.Key.Key_Space)

    def choose(self, cards: ChoiceCards, value: str) -> None:
        """By the arrows, as the eye goes; Space where nothing was chosen before. Raises Lost."""
        wanted = cards.card(value)
        for _ in range(2 * len(cards.cards())):
            focused = self.focused()
            if focused is wanted:
                break
            QTest.keyClick(focused, _towards(focused, wanted))
        if cards.value() != value:
            QTest.keyClick(wanted, Qt.Key.Key_Space)
        if cards.value() != value:
            raise Lost(value)


def _towards(here: QWidget, there: QWidget) -> Qt.Key:
    if here.y() != there.y():
        return Qt.Key.Key_Down if there.y() > here.y() else Qt.Key.Key_Up
    return Qt.Key.Key_Right if there.x() > here.x() else Qt.Key.Key_Left


class Mouse(Hands):
    """Clicks wherever a click does something; only characters come by keys."""

    def press(self) -> None:
        at = self._window.frame or self._window.home
        self._click(at.footer.primary)

    def push(self, button: QAbstractButton) -> None:
        self._click(button)

    def reach(self, wanted: QWidget) -> None:
        if not isinstance(wanted, AgreementList | ChoiceCards | QAbstractButton):
            self._click(wanted)

    def agree(self, agreements: AgreementList) -> None:
        if not agreements.complete():
            self._click(agreements.boxes()[0])

    def choose(self, cards: ChoiceCards, value: str) -> None:
        if cards.value() != value:
            self._click(cards.card(value))

    def _click(self, widget: QWidget) -> None:
        """Where it is seen: a wheel is turned first for what lies below. Raises Lost where something covers it."""
        above = widget.parentWidget()
        while above is not None:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(widget)
            above = above.parentWidget()
        window = widget.window()
        seen = window.childAt(widget.mapTo(window, widget.rect().center()))
        if seen is None or not (seen is widget or widget.isAncestorOf(seen)):
            raise Lost(widget.accessibleName())
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
