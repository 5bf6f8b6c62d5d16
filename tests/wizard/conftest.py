"""A window with a journey in it that nobody drives: views are drawn by hand, and what is asked of the flow is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import make_front
from desktop.banks import Bank, load_bank, load_banks
from desktop.config import Settings
from desktop.pin_rules import broken_rule
from desktop.services.api import Kind, Task
from desktop.shipped import shipped
from desktop.text import Text
from desktop.widgets.theme import Theme
from desktop.wizard.flow.view import Given, View
from desktop.wizard.frame import Frame
from desktop.wizard.home import Home
from desktop.wizard.kit import Kit
from desktop.wizard.looks import words_of
from desktop.wizard.offers import branches_in
from desktop.wizard.page import Page
from desktop.wizard.practice import PracticeSheet
from desktop.wizard.window import Window
from tests.conftest import FakeClock
from tests.wizard.office import Office
from tests.wizard.task_views import BANKS
from tests.wizard.views import NOW


@dataclass
class Asked:
    """Stands for the runner: notes what the window asks of it."""

    moves: list[str] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)

    def next(self, given: Given) -> None:
        self.moves.append("next")
        self.given.append(given)

    def act(self, action: str, given: Given | None = None) -> None:
        self.moves.append(action)

    def choose(self, field: str, value: str) -> None:
        self.moves.append(f"choose {field} {value}")

    def back(self) -> None:
        self.moves.append("back")

    def go_to(self, step: str) -> None:
        self.moves.append(f"go_to {step}")

    def cancel_call(self) -> None:
        self.moves.append("cancel_call")

    def leave(self) -> None:
        self.moves.append("leave")


@dataclass
class Desk:
    """One window with an open journey, its kit, and what was asked of the flow."""

    window: Window
    frame: Frame
    kit: Kit
    asked: Asked
    clock: FakeClock

    def draw(self, view: View) -> Page:
        self.window.draw(view)
        QApplication.sendPostedEvents()
        assert self.frame.page is not None
        return self.frame.page

    def speak(self, language: str) -> None:
        """What the counter does when another language is asked for."""
        self.kit.text = Text(language)
        self.kit.theme.set_words(words_of(self.kit.text))
        self.window.set_text(self.kit.text)


@pytest.fixture
def bank() -> Bank:
    return load_bank(shipped("banks", "epost.toml"))


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    theme = Theme(animations=False, words=words_of(Text("ko")))
    theme.apply(qapp)
    return theme


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def kit(theme: Theme, bank: Bank, clock: FakeClock) -> Kit:
    return Kit(
        theme=theme,
        text=Text("ko"),
        bank=bank,
        kind=Kind.FINANCIAL,
        task=Task.ISSUE,
        term_text=lambda term, language: f"{term.id} {language}\n\n제1조",
        pin_rule=broken_rule,
        practice=PracticeSheet.load(shipped("practice", "epost-financial-issue.toml")),
        clock=clock,
    )


@pytest.fixture
def home(theme: Theme) -> Home:
    return Home(theme, Text("ko"), branches_in(shipped("banks")), practice=True)


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, home: Home) -> Window:
    window = Window(theme, Text("ko"), home)
    qtbot.addWidget(window, before_close_func=Window.close_now)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    return window


@pytest.fixture
def desk(window: Window, kit: Kit, clock: FakeClock) -> Desk:
    asked = Asked()
    frame = Frame(kit, asked)
    window.open_journey(frame, asked)
    return Desk(window, frame, kit, asked, clock)


Draw = Callable[[View], Page]
#: Opens a journey of the view's own bank, kind and task, and draws it.
DrawTask = Callable[[View], Desk]


@pytest.fixture
def draw_task(window: Window, theme: Theme, clock: FakeClock) -> DrawTask:
    def draw(shown: View) -> Desk:
        window.show_home()
        kit = Kit(
            theme=theme,
            text=window.home.room.text,
            bank=BANKS[shown.bank],
            kind=shown.kind,
            task=shown.task,
            term_text=lambda term, language: term.id,
            pin_rule=broken_rule,
            clock=clock,
            banks=BANKS,
        )
        asked = Asked()
        frame = Frame(kit, asked)
        window.open_journey(frame, asked)
        desk = Desk(window, frame, kit, asked, clock)
        desk.draw(shown)
        return desk

    return draw


@pytest.fixture
def office(qapp: QApplication, tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "data"
    folder.mkdir()
    front = make_front(qapp, Settings(data=folder, language="ko", mode="light"), animations=False)
    front.window.show()
    assert QTest.qWaitForWindowActive(front.window)
    yield Office(front, folder, FakeClock(), load_banks(shipped("banks")))
    front.window.deleteLater()
    # Now and not in the midst of the next test, whose window would lose the focus by it.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
