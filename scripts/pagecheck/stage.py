"""The window in which pages are shown one after another, in any look, with nobody driving."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from PySide6.QtCore import QEvent, QEventLoop, QObject, QRect, QSize, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import Front
from desktop.banks import Bank, term_text
from desktop.demo import answers_for
from desktop.kiosk.size import Millimetres
from desktop.kiosk.window import KioskWindow
from desktop.pin_rules import broken_rule
from desktop.shipped import shipped
from desktop.text import Text
from desktop.widgets.code_cells import CodeCells
from desktop.widgets.entry import DigitEntry, TextEntry
from desktop.widgets.secret_entry import SecretEntry
from desktop.widgets.theme import Mode
from desktop.wizard.flow.view import Given
from desktop.wizard.frame import Frame
from desktop.wizard.kit import Kiosk, Kit
from desktop.wizard.lobby.background import Background
from desktop.wizard.looks import accents_of, words_of
from desktop.wizard.offers import Offer
from desktop.wizard.practice import PracticeSheet
from scripts.pagecheck.drawn import visible
from scripts.pagecheck.pseudo import PseudoText
from scripts.pagecheck.walks import Met

#: How long to wait for events at a time (ms).
_BREATH = 20
#: No page needs so many to come to rest.
_ROUNDS = 400
#: Between journeys so many rounds in a row without a change: what a thread has found may still be on its way.
_CALM = 3
#: What the languages are called in a report; the last one is nobody's.
LANGUAGES: Mapping[str, Callable[[], Text]] = {
    "ko": lambda: Text("ko"),
    "en": lambda: Text("en"),
    "pseudo": lambda: PseudoText("en"),
}
ZOOMS = (1.0, 1.5, 2.0)


class Place(NamedTuple):
    """Where the program stands, and what holds there. Sizes in px; `text` is 0 where any height will do.

    `screen` is that of a kiosk.
    """

    name: str
    size: QSize
    target: float
    text: float = 0.0
    screen: Millimetres | None = None


DESKTOP = Place("desktop", QSize(1080, 720), 32)


class Nobody:
    """Stands for the runner: a page that is looked at asks for nothing."""

    def next(self, given: Given) -> None:
        for secret in given.secrets.values():
            secret.wipe()

    def act(self, action: str, given: Given | None = None) -> None:
        if given is not None:
            self.next(given)

    def choose(self, field: str, value: str) -> None: ...

    def back(self) -> None: ...

    def go_to(self, step: str) -> None: ...

    def cancel_call(self) -> None: ...

    def leave(self) -> None: ...


class Unpainted(QObject):
    """Keeps a window from being painted on its screen, which is nobody's: pictures are taken of it apart from that."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return event.type() == QEvent.Type.UpdateRequest or super().eventFilter(watched, event)


@dataclass
class Stage:
    """`kiosk` where it is one. `dialog` is a window of its own that is to be looked at instead."""

    front: Front
    banks: Mapping[str, Bank]
    place: Place = DESKTOP
    kiosk: Kiosk | None = None
    text: Text = field(default_factory=lambda: Text("ko"))
    dialog: QWidget | None = None

    def __post_init__(self) -> None:
        self.window, self.theme = self.front.window, self.front.theme
        self._usual = self.theme.scale
        self._data = self.window.home.room.data
        self._unpainted = Unpainted()
        self.window.installEventFilter(self._unpainted)
        self.window.resize(self.place.size)
        self.window.show()
        self.window.activateWindow()
        self.window.grab()  # the list of places comes once the first page has been painted
        self._breathe()
        self.settle()

    @property
    def zoom(self) -> float:
        return self.theme.scale / self._usual

    @property
    def seen(self) -> QWidget:
        """The window, or what covers it."""
        return self.dialog or self.sheet or self.window

    @property
    def sheet(self) -> QWidget | None:
        return self.window.sheet if isinstance(self.window, KioskWindow) else None

    def speak(self, language: str) -> None:
        self.text = LANGUAGES[language]()
        self.theme.set_words(words_of(self.text))
        self.window.set_text(self.text)

    def look(self, mode: Mode, zoom: float) -> None:
        if self.theme.mode is not mode:
            self.theme.set_mode(mode)
        if self.theme.scale != self._usual * zoom:
            if self.kiosk is None:
                self.window.header.scale_asked.emit(self._usual * zoom)  # the window folds at this
            else:
                self.theme.set_scale(self._usual * zoom)
        self.window.header.refresh()
        self.window.resize(self.place.size)
        if self.dialog is not None:
            self._fit(self.dialog)
        self.settle()

    def _fit(self, dialog: QWidget) -> None:
        """As it comes up, on a screen as large as the window."""
        size, most = dialog.sizeHint().boundedTo(self.place.size), self.place.size.height()
        if dialog.hasHeightForWidth():
            size.setHeight(min(most, dialog.heightForWidth(size.width())))
        dialog.resize(size)

    def journey(self, met: Met) -> None:
        """Draws a page as it was met, filled in as the practice customer would, and with what lay on the phone."""
        view = met.view
        self._clear()
        kit = self._kit(Offer(view.bank, view.kind, view.task), met.at)
        self.theme.set_accents(accents_of(kit.bank))
        nobody = Nobody()
        frame = Frame(kit, nobody)
        self.window.open_journey(frame, nobody)
        self.window.draw(view)
        for event in met.events:
            frame.show_event(event)
        if kit.practice is not None and view.busy is None:
            for asked, answer in kit.practice.hints(view):
                if asked.problem is None and asked.id in frame.page.editors:  # type: ignore[union-attr]  # it was drawn
                    _enter(frame.page.editors[asked.id].input, answer)  # type: ignore[union-attr]  # as above
        self.settle()

    def lobby(self, place: str, about: str = "") -> None:
        self._clear()
        if place != "front":
            self.window.home.open(place, about)
        self.settle()

    def settle(self) -> None:
        """Until all that was asked for is laid out and deleted, and nothing moves any more."""
        stood: list[QRect] = []
        calm = 0
        for _ in range(_ROUNDS):
            QApplication.sendPostedEvents()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            QApplication.processEvents()
            stands = [widget.geometry() for widget in visible(self.seen)]
            calm = calm + 1 if stands == stood and not self._reading() else 0
            if calm == (_CALM if self.window.frame is None else 1):
                return
            stood = stands

    def _reading(self) -> bool:
        """Some pages have all of their words only when a thread has read a file. Waits for a while."""
        reading = self.window.home.leaf.findChildren(Background) if self.window.frame is None else []
        if not any(one.busy for one in reading):
            return False
        self._breathe()
        return True

    def _breathe(self) -> None:
        waiting = QEventLoop()  # processEvents with a time does not wait
        QTimer.singleShot(_BREATH, waiting.quit)
        waiting.exec()

    def _clear(self) -> None:
        if self.dialog is not None:
            self.dialog.close()
            self.dialog = None
            self.window.activateWindow()
        if isinstance(self.window, KioskWindow) and self.window.sheet is not None:
            self.window.sheet.dismiss()
        self.window.home.room.data = self._data
        self.window.show_home()

    def close(self) -> None:
        self.window.close_now()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _kit(self, offer: Offer, at: float) -> Kit:
        bank, sheet = self.banks[offer.bank], answers_for(offer)
        return Kit(
            theme=self.theme,
            text=self.text,
            bank=bank,
            kind=offer.kind,
            task=offer.task,
            term_text=lambda term, language: term_text(shipped("terms"), bank, term, language),
            pin_rule=broken_rule,
            practice=PracticeSheet.load(sheet) if sheet.is_file() else None,
            clock=lambda: at,
            banks=self.banks,
            kiosk=self.kiosk,
        )


def _enter(entry: object, answer: str) -> None:
    match entry:
        case CodeCells() | SecretEntry():
            entry.enter(answer)
        case DigitEntry() | TextEntry():
            entry.set_value(answer)
