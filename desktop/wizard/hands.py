"""A person at the window, for the demo and the tests: keys to whatever has the focus, or clicks on what is seen."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.widgets.agreement import AgreementList
from desktop.widgets.choice import ChoiceCards
from desktop.wizard.flow.view import Given
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

    def begin(self) -> None:
        """Starts the journey that is chosen on the first page."""
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

    def begin(self) -> None:
        self.press()

    def press(self) -> None:
        QTest.keyClick(self.focused(), Qt.Key.Key_Return)

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
        for _ in cards.cards():
            if cards.value() != value:
                QTest.keyClick(self.focused(), Qt.Key.Key_Down)


class Mouse(Hands):
    """Clicks wherever a click does something; only characters come by keys."""

    def begin(self) -> None:
        self._click(self._window.home.primary)

    def press(self) -> None:
        if self._window.frame is not None:
            self._click(self._window.frame.footer.primary)

    def reach(self, wanted: QWidget) -> None:
        if not isinstance(wanted, AgreementList | ChoiceCards):
            self._click(wanted)

    def agree(self, agreements: AgreementList) -> None:
        if not agreements.complete():
            self._click(agreements.boxes()[0])

    def choose(self, cards: ChoiceCards, value: str) -> None:
        for card in cards.cards():
            if cards.value() != value:
                self._click(card)

    def _click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
