"""The window of a kiosk: one question, the keypad it wants, and the tiles; nothing that a person closes or moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from desktop.kiosk.config import KioskConfig
from desktop.kiosk.dock import Dock
from desktop.kiosk.layouts import Shuffle
from desktop.kiosk.more import MoreBelow
from desktop.kiosk.sheet import Sheet
from desktop.kiosk.sheets import Choice, LeaveSheet, LooksSheet, MenuSheet
from desktop.kiosk.size import REACHED, SIZES, Millimetres
from desktop.kiosk.tiles import Tiles
from desktop.kiosk.title import KioskTitle
from desktop.text import Text
from desktop.widgets.scroll import PageScroll
from desktop.widgets.theme import Mode, Theme
from desktop.wizard.flow.view import View
from desktop.wizard.header import Header
from desktop.wizard.home import Home, News
from desktop.wizard.page import Page
from desktop.wizard.paper import Paper
from desktop.wizard.reading import neighbour
from desktop.wizard.window import Window

#: The share of a landscape screen's width that the tiles may take beside the line on top.
TILES = 0.55
FLAGS = Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint


class KioskWindow(Window):
    """Made anew for each person. `home_shown` with the code of how a journey ended."""

    receipt_asked = Signal(str)
    call_asked = Signal()
    staff_asked = Signal()
    end_asked = Signal()  # the person gave up, or wants nothing more
    home_shown = Signal(str)
    drawn = Signal(object)  # View

    def __init__(
        self,
        theme: Theme,
        text: Text,
        home: Home,
        *,
        config: KioskConfig,
        size: Millimetres,
        clock: Callable[[], float],
        shuffle: Shuffle | None,
        sounds: Sequence[Choice] = (),
    ) -> None:
        """`sounds`: what the sheet of looks offers of the voice."""
        self._config, self._size, self._clock, self._shuffle, self._sounds = config, size, clock, shuffle, sounds
        #: What stands round the page: its words grow, and leave the air about them to the page.
        self.around = theme.snug()
        self._low = config.screen.low_position
        self.sheet: Sheet | None = None
        super().__init__(theme, text, home)
        self.setWindowFlags(FLAGS)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAcceptDrops(False)
        self._lower()

    # ── Made of ───────────────────────────────────────────────────────────────────────────────────────────

    def make_header(self, theme: Theme, text: Text) -> Header:
        self._line = KioskTitle(self.around, text, self._config.branch, self._clock)
        self._line.staff_asked.connect(self.staff_asked)
        self._line.leaving_changed.connect(self._draw_leaving)
        return self._line

    def lay_out(self, pages: QStackedWidget) -> None:
        """Portrait: all under one another, the keypad and the tiles lowest. Landscape: the keypad at the side."""
        upright = self.upright
        self.tiles = Tiles(self.around, self._text, self._size)
        self.tiles.asked.connect(self._tile_asked)
        self.dock = Dock(self.around, lambda: self._text, self._size, self._shuffle, across=upright)
        self.dock.finished.connect(self._press_primary)
        self._above = QWidget()
        column = QVBoxLayout(self)
        beside = QHBoxLayout()
        for box in (column, beside):
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(0)
        column.addWidget(self._above)
        if upright:
            column.addWidget(self.header)
        else:
            top = QHBoxLayout()
            top.setSpacing(0)
            top.addWidget(self.header, 1)
            top.addWidget(self.tiles)
            column.addLayout(top)
        beside.addWidget(pages, 1)
        column.addLayout(beside, 1)
        if upright:
            column.addWidget(self.dock)
            column.addWidget(self.tiles)
        else:
            beside.addWidget(self.dock)

    def keys(self) -> dict[str, Callable[[], object]]:
        """No key does anything from anywhere."""
        return {}

    # ── What is shown ─────────────────────────────────────────────────────────────────────────────────────

    def draw(self, view: View) -> None:
        super().draw(view)
        if self.frame is not None and self.frame.page is not None:
            self.dock.draw(self.frame.page if view.busy is None else None)
            QTimer.singleShot(0, self, self._look_below)
            self.drawn.emit(view)

    def _draw_header(self) -> None:
        self._line.set_bank(self.frame.bank_name if self.frame is not None else "")
        super()._draw_header()

    def show_home(self, news: News | None = None) -> None:
        """What the last person did is told to nobody."""
        self.dock.forget()
        super().show_home(None)
        self.home_shown.emit(news.code if news is not None else "")

    def set_text(self, text: Text) -> None:
        super().set_text(text)
        self.tiles.retext(text)
        self.dock.retext()
        for more in self.findChildren(MoreBelow):
            more.retext(text)

    @property
    def text(self) -> Text:
        return self._text

    @property
    def upright(self) -> bool:
        return self._config.screen.orientation == "portrait"

    @property
    def page(self) -> Page | None:
        return self.frame.page if self.frame is not None else None

    def lay(self, sheet: Sheet) -> None:
        """One sheet at a time: the one before goes."""
        if self.sheet is not None:
            self.sheet.dismiss()
        self.sheet = sheet
        sheet.closed.connect(lambda: self._uncovered(sheet))
        sheet.lay_over(self, low=self._low)
        self._say_more(sheet.holder)

    def keep_receipt(self, paper: Paper) -> None:
        """No file is made of it here."""
        self.receipt_asked.emit(paper.as_text(whole=False))

    def print_receipt(self, paper: Paper) -> None:
        """Without a question: the branch has named its printer."""
        self.keep_receipt(paper)

    def wipe(self) -> None:
        """Every field empty, also those of no page; setting a text takes what could be undone with it."""
        if self.frame is not None:
            self.frame.wipe()
        for edit in self.findChildren(QLineEdit):
            edit.setText("")
        if self.sheet is not None:
            self.sheet.dismiss()
        self.dock.forget()

    # ── No way out ────────────────────────────────────────────────────────────────────────────────────────

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        else:
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        """Made small or taken from the front, it comes back."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized() and not self._may_close:
            self.showFullScreen()

    def ask(self, then: Callable[[], object]) -> None:
        """Whether the journey is to be given up; `then`, if so."""
        sheet = LeaveSheet(self.around, self._text, unknown=self.frame is not None and self.frame.in_doubt)
        sheet.left.connect(then)
        self.lay(sheet)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside a sheet that covers the rest."""
        if self.sheet is None:
            return super().focusNextPrevChild(forward)
        wanted = neighbour(self.sheet, forward=forward)
        if wanted is not None:
            wanted.setFocus()
        return wanted is not None

    # ── Looks ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def low(self) -> bool:
        return self._low

    def set_low(self, low: bool) -> None:
        self._low = low
        self._lower()
        if self.sheet is not None:
            self.sheet.set_low(low)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        handle = self.windowHandle()
        if handle is not None:
            handle.focusObjectChanged.connect(self._focus_came)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lower()
        QTimer.singleShot(0, self, self._look_below)

    def _lower(self) -> None:
        """In portrait alone: a landscape screen stands where one sits."""
        self.tiles.bound(round(self.width() * (1 if self.upright else TILES)))
        down = self._low and self.upright
        self._above.setFixedHeight(round(self.height() * (1 - REACHED)) if down else 0)

    def _look_below(self) -> None:
        scroll = self.frame.page_scroll if self.frame is not None else self.home.page_scroll
        if scroll is not None and scroll.findChild(MoreBelow) is None:
            self._say_more(scroll)

    def _say_more(self, scroll: PageScroll) -> None:
        more = MoreBelow(self.around, self._size, scroll)
        more.retext(self._text)
        more.fit()

    def _focus_came(self, focused: QObject | None) -> None:
        if self.frame is not None and (self.sheet is None or not isinstance(focused, QWidget)):
            self.dock.focus_came(focused)

    def _uncovered(self, sheet: Sheet) -> None:
        if self.sheet is sheet:
            self.sheet = None
            page = self.page
            if page is None:
                self.home.focus_first()
            else:
                page.focus_first()

    def _press_primary(self) -> None:
        if self.frame is not None:
            self.frame.press_primary()

    def _draw_leaving(self, leaving: bool) -> None:
        self.tiles.show_leaving(leaving)

    def _tile_asked(self, name: str) -> None:
        match name:
            case "end":
                self.ask_leave()
            case "help":
                self._toggle_help()
            case "language":
                self.header.switch_language()
            case "looks":
                self.lay(LooksSheet(self.around, lambda: self._text, self._looks()))
            case "menu":
                menu = MenuSheet(self.around, self._text, self.tiles.behind)
                menu.asked.connect(self._tile_asked)
                self.lay(menu)
            case _:
                self.call_asked.emit()

    def _looks(self) -> list[Choice]:
        theme, usual = self._theme, self._size.scale

        def larger() -> None:
            nearest = min(range(len(SIZES)), key=lambda n: abs(SIZES[n] * usual - theme.scale))
            theme.set_scale(SIZES[(nearest + 1) % len(SIZES)] * usual)

        def contrast() -> None:
            theme.set_mode(Mode.LIGHT if theme.mode is Mode.CONTRAST else Mode.CONTRAST)

        def size(text: Text) -> str:
            return text("kiosk.looks.size", percent=round(100 * theme.scale / usual))

        choices = [
            Choice(size, larger),
            Choice(lambda t: t(f"kiosk.looks.contrast_{'off' if theme.mode is Mode.CONTRAST else 'on'}"), contrast),
        ]
        if self.upright:
            lower = Choice(
                lambda t: t(f"kiosk.looks.low_{'off' if self._low else 'on'}"), lambda: self.set_low(not self._low)
            )
            choices.append(lower)
        return [*choices, *self._sounds]
