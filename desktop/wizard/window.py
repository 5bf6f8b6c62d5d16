"""The window: the line on top, the first page or a journey below, keys, the way out, and looks that change at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QStackedWidget, QVBoxLayout, QWidget

from desktop.text import Text
from desktop.widgets.theme import Mode, Theme
from desktop.wizard.header import Header
from desktop.wizard.home import Home, News
from desktop.wizard.reading import neighbour

if TYPE_CHECKING:  # the first page is shown before a journey's code is read
    from desktop.wizard.flow.view import View
    from desktop.wizard.frame import Driver, Frame
    from desktop.wizard.leave import LeaveQuestion
    from desktop.wizard.paper import Paper

SIZE = (1080, 720)
SMALLEST = (560, 480)
#: Under this width (px at 100 %) the controls on top become one menu.
ROOMY = 760


class Window(QWidget):
    """`draw` shows a View of the journey that is open; without one the first page is shown."""

    closing = Signal()  # the person wants out of the program and nothing stands against it
    language_changed = Signal(str)

    def __init__(self, theme: Theme, text: Text, home: Home) -> None:
        super().__init__()
        self._theme, self._text = theme, text
        self.home = home
        self.frame: Frame | None = None
        self._driver: Driver | None = None
        self._question: LeaveQuestion | None = None
        self._may_close = self._drawing = False
        #: What the person has asked for, whether or not somebody listened yet.
        self.asked_language, self.asked_out = "", False
        self.header = self.make_header(theme, text)
        self._stack = QStackedWidget()
        self._stack.addWidget(home)
        self.lay_out(self._stack)
        self.setMinimumSize(*SMALLEST)
        self.resize(*SIZE)
        self._connect()
        self._retext()

    def make_header(self, theme: Theme, text: Text) -> Header:
        return Header(theme, text)

    def lay_out(self, pages: QStackedWidget) -> None:
        """The line on top, and the pages below."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(pages, 1)

    # ── What is shown ─────────────────────────────────────────────────────────────────────────────────────

    def open_journey(self, frame: Frame, driver: Driver) -> None:
        """A frame for a journey that begins; `draw` must follow."""
        self.frame, self._driver = frame, driver
        frame.save_asked.connect(self.keep_receipt)
        frame.print_asked.connect(self.print_receipt)
        self._stack.addWidget(frame)
        self._stack.setCurrentWidget(frame)
        self._fold()

    def draw(self, view: View) -> None:
        if self.frame is None:
            return
        self._drawing = True
        self.frame.draw(view)
        self._drawing = False
        self._draw_header()

    @contextmanager
    def unpainted(self) -> Iterator[None]:
        """The screen stays as it is while what is on it goes."""
        self.setUpdatesEnabled(False)
        try:
            yield
        finally:
            self.setUpdatesEnabled(True)

    def end_journey(self) -> None:
        """Whatever its pages still held is wiped."""
        if self.frame is not None:
            self.frame.wipe()
            self._stack.removeWidget(self.frame)
            self.frame.deleteLater()
            self.frame = self._driver = None

    def show_home(self, news: News | None = None) -> None:
        """The first page; ends a journey that is on the screen."""
        self.end_journey()
        self.home.tell(news)
        self.home.open("front")
        self._stack.setCurrentWidget(self.home)
        self._draw_header()
        self.home.focus_first()

    def set_text(self, text: Text) -> None:
        """Another language, at once and with nothing typed lost. The frame's kit must hold it already."""
        self._text = text
        self._retext()
        self.home.retext(text)
        if self.frame is not None:
            self.frame.retext()

    def close_now(self) -> None:
        self._may_close = True
        self.home.stop()
        self.close()

    # ── Keys and the way out ──────────────────────────────────────────────────────────────────────────────

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is the primary action, unless another button has the focus: then it is that one."""
        match event.key():
            case QtCore.Qt.Key.Key_Return | QtCore.Qt.Key.Key_Enter:
                focused = self.focusWidget()
                if isinstance(focused, QAbstractButton) and not focused.isCheckable():
                    focused.click()
                elif self.frame is None:
                    self.home.press_primary()
                elif not self.frame.side.isAncestorOf(focused):
                    self.frame.press_primary()
            case QtCore.Qt.Key.Key_Escape:
                if self.frame is None:
                    self.home.step_out()
                elif not self.frame.step_out():
                    self.ask_leave()
            case _:
                super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes in reading order. What a page hides while it is drawn passes the focus on to nobody."""
        if self._drawing:
            return False
        wanted = neighbour(self, forward=forward)
        if wanted is not None:
            if self.frame is not None:
                self.frame.uncover(wanted)
            reason = QtCore.Qt.FocusReason.TabFocusReason if forward else QtCore.Qt.FocusReason.BacktabFocusReason
            wanted.setFocus(reason)
        return wanted is not None

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
            return
        event.ignore()
        if self._journey_open():
            self.ask(self._go_out)
        else:
            self._go_out()

    def _go_out(self) -> None:
        self.asked_out = True
        self.closing.emit()

    def ask_leave(self) -> None:
        """Leaves the journey, after one question while there is something to lose."""
        driver = self._driver
        if driver is not None:
            if self._journey_open():
                self.ask(driver.leave)
            else:
                driver.leave()

    def ask(self, then: Callable[[], object]) -> None:
        """Whether the journey is to be given up; `then`, if so."""
        if self._question is not None:
            self._question.activateWindow()
            return
        from desktop.wizard.leave import LeaveQuestion  # noqa: PLC0415 - as above

        self._question = LeaveQuestion(
            self._theme, self._text, self, unknown=self.frame is not None and self.frame.in_doubt
        )
        self._question.accepted.connect(then)
        self._question.finished.connect(self._forget_question)
        self._question.open()

    def _forget_question(self) -> None:
        self._question = None

    def _journey_open(self) -> bool:
        """Whether there is something to lose: a result that is there stays there."""
        frame = self.frame
        return frame is not None and frame.view is not None and frame.view.end is None and not frame.achieved

    # ── Receipt ───────────────────────────────────────────────────────────────────────────────────────────

    def keep_receipt(self, paper: Paper) -> None:
        """Asks where, and saves it there."""
        from PySide6.QtWidgets import QFileDialog  # noqa: PLC0415 - not before the first page

        chooser = QFileDialog(self, self._text("ui.done.save_receipt"))
        chooser.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilters(["PDF (*.pdf)", f"{self._text('paper.plain')} (*.txt)"])
        chooser.setDefaultSuffix("pdf")
        chooser.filterSelected.connect(lambda chosen: chooser.setDefaultSuffix("txt" if "txt" in chosen else "pdf"))
        chooser.selectFile(f"{paper.file}.pdf")
        chooser.fileSelected.connect(lambda chosen: self.save(Path(chosen), paper))
        chooser.open()

    def save(self, path: Path, paper: Paper) -> None:
        """As text where that is asked for, else as a PDF; says on the page whether that worked."""
        from desktop.widgets.printed import as_pdf  # noqa: PLC0415 - not before the first page

        plain = path.suffix.lower() == ".txt"
        content = paper.as_text().encode() if plain else as_pdf(paper, self._theme.family)
        try:
            path.write_bytes(content)
        except OSError:
            saved = False
        else:
            saved = True
        if self.frame is not None and self.frame.page is not None:
            self.frame.page.tell_saved(path.name, saved=saved)

    def print_receipt(self, paper: Paper) -> None:
        """Asks on which printer."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - as above

        from desktop.widgets.printed import print_out  # noqa: PLC0415 - as above

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(paper.title)
        asking = QPrintDialog(printer, self)
        asking.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        asking.accepted.connect(lambda: print_out(paper, self._theme.family, printer))
        asking.show()

    # ── Looks ─────────────────────────────────────────────────────────────────────────────────────────────

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        self.header.fold(self.width() < self._theme.px(ROOMY))
        self._draw_header()

    def _draw_header(self) -> None:
        view = self.frame.view if self.frame else None
        if self.frame is None or view is None:
            self.header.show_task("", practice=self.home.practice, leaving=False)
            self.setWindowTitle(self._text("ui.app.name"))
            return
        name = self.frame.journey_name
        self.header.show_task(name, practice=view.practice, leaving=True)
        self.setWindowTitle(f"{name} — {self._text('ui.app.name')}")

    def _retext(self) -> None:
        self.header.retext(self._text)
        self._draw_header()

    def _ask_language(self, language: str) -> None:
        self.asked_language = language
        self.language_changed.emit(language)

    def _set_mode(self, mode: Mode) -> None:
        self._theme.set_mode(mode)
        self.header.refresh()

    def _set_scale(self, scale: float) -> None:
        self._theme.set_scale(scale)
        self.header.refresh()
        self._fold()

    def _toggle_help(self) -> None:
        if self.frame is not None:
            self.frame.toggle_help()
        else:
            self.home.open("help")

    def _go_back(self) -> None:
        if self._driver is not None:
            self._driver.back()

    def _connect(self) -> None:
        header = self.header
        header.language_asked.connect(self._ask_language)
        header.mode_asked.connect(self._set_mode)
        header.scale_asked.connect(self._set_scale)
        header.help_asked.connect(self._toggle_help)
        header.leave_asked.connect(self.ask_leave)
        for key, act in self.keys().items():
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def keys(self) -> dict[str, Callable[[], object]]:
        """What can be done by a key from anywhere in the window."""
        header = self.header
        return {
            "Alt+Left": self._go_back,
            "F1": self._toggle_help,
            "Ctrl++": lambda: header.zoom(1),
            "Ctrl+=": lambda: header.zoom(1),
            "Ctrl+-": lambda: header.zoom(-1),
            "Ctrl+0": lambda: header.zoom(0),
            "Ctrl+L": header.switch_language,
        }
