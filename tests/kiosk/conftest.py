"""A kiosk that stands upright on a folder of its own; and one without services, whose pages are drawn by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.banks import load_banks
from desktop.kiosk.guard import Guard
from desktop.kiosk.visit import Visit
from desktop.kiosk.window import KioskWindow
from desktop.pin_rules import broken_rule
from desktop.shipped import shipped
from desktop.text import Text
from desktop.wizard.flow.view import View
from desktop.wizard.frame import Frame
from desktop.wizard.kit import Kiosk, Kit
from desktop.wizard.page import Page
from tests.kiosk.floor import Floor, example
from tests.wizard.conftest import Asked
from tests.wizard.views import NOW, VIEWS


@pytest.fixture(autouse=True)
def face_of_the_system(qapp: QApplication) -> Iterator[None]:
    """A kiosk dresses the whole program in letters of 12 mm, which the next window would take for the person's wish."""
    face, palette = qapp.font(), qapp.palette()
    yield
    qapp.setFont(face)
    qapp.setPalette(palette)


@pytest.fixture
def floor(qapp: QApplication, tmp_path: Path) -> Iterator[Floor]:
    folder = tmp_path / "data"
    folder.mkdir()
    yield Floor(qapp, folder, example(), load_banks(shipped("banks")))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class Unreached:
    """Services that nobody asks anything of."""

    services: Any = None
    wallet: Any = None
    phone: Any = None


@dataclass
class Stand:
    """A kiosk with a page on it that no flow drives; events may be processed here."""

    floor: Floor
    visit: Visit
    guard: Guard
    asked: Asked

    @property
    def window(self) -> KioskWindow:
        return self.visit.window

    def draw(self, view: View) -> Page:
        """Opens a journey of this view where none is open."""
        window, text = self.window, self.window.text
        if window.frame is None:
            kit = Kit(
                theme=self.visit.theme,
                text=text,
                bank=self.floor.banks[view.bank],
                kind=view.kind,
                task=view.task,
                term_text=lambda term, language: f"{term.id} {language}\n\n제1조",
                pin_rule=broken_rule,
                clock=lambda: NOW,
                banks=self.floor.banks,
                kiosk=Kiosk(frozenset(self.floor.config.offers), self.floor.config.receipt.kind, window.around),
            )
            window.open_journey(Frame(kit, self.asked), self.asked)
        window.draw(view)
        QApplication.processEvents()
        assert window.page is not None
        return window.page

    def speak(self, language: str) -> None:
        text = Text(language)
        if self.window.frame is not None:
            self.window.frame._kit.text = text
        self.window.set_text(text)
        QApplication.processEvents()


@pytest.fixture
def stand(floor: Floor) -> Iterator[Stand]:
    with floor.guarded() as guard:
        visit = Visit(floor.parts(guard), Unreached())
        guard.touched.connect(visit.touched)
        guard.let(visit.window)
        floor.present(visit.window)
        assert QTest.qWaitForWindowActive(visit.window)
        stand = Stand(floor, visit, guard, Asked())
        yield stand
        visit.window.close_now()
        visit.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def identity(stand: Stand) -> Stand:
    """Somebody is entering their resident number."""
    stand.draw(VIEWS["identity"])
    return stand
