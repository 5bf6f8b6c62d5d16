"""The line on top: bank and task, the practice mark, language, brightness, size of text, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal

from desktop.text import Text
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Mode, Role, Theme, Type
from desktop.widgets.tokens import XS, L, S

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMenu

ZOOM = (1.0, 1.25, 1.5, 2.0)
OTHER = {"ko": "en", "en": "ko"}


class Header(Surface):
    """What it offers is asked of the window by signals; in a narrow window all but the way out is one menu."""

    language_asked = Signal(str)
    mode_asked = Signal(Mode)
    scale_asked = Signal(float)
    help_asked = Signal()
    leave_asked = Signal()

    def __init__(self, theme: Theme, text: Text) -> None:
        super().__init__(theme, Role.SURFACE, rounded=False)
        self._theme, self._text = theme, text
        self._title = Label(theme, "", Type.STRONG)
        self._mark = Surface(theme, Role.WARNING_SOFT)
        self._mark_label = Label(theme, "", Type.SMALL, Role.WARNING)
        mark = Row(theme, margins=(S, 2, S, 2))
        mark.addWidget(self._mark_label)
        self._mark.setLayout(mark)
        self._mark.hide()
        self.language = self._button()
        self.mode = self._button()
        self.smaller = self._button()
        self.size_label = Label(theme, "", Type.SMALL, Role.MUTED)
        self.larger = self._button()
        self.menu_button = self._button()
        self.help = self._button()
        self.leave = self._button()
        self._wide = (self.language, self.mode, self.smaller, self.size_label, self.larger)
        row = Row(theme, gap=XS, margins=(L, XS, S, XS))
        row.addWidget(self._title)
        row.addSpacing(theme.px(S))
        middle = Column(theme)
        middle.addStretch(1)
        middle.addWidget(self._mark)
        middle.addStretch(1)
        row.addLayout(middle)
        row.addStretch(1)
        for part in (*self._wide, self.menu_button, self.help, self.leave):
            row.addWidget(part)
        self.setLayout(row)
        self.menu_button.hide()
        self._connect()

    def retext(self, text: Text) -> None:
        self._text = text
        self._mark_label.set_text(text("ui.practice.mark"))
        self._mark_label.setToolTip(text("ui.practice.about"))
        self.language.set_text(text("ui.header.other_language"))
        self.smaller.set_text(text("ui.header.smaller"))
        self.smaller.setAccessibleName(text("ui.header.smaller_name"))
        self.larger.set_text(text("ui.header.larger"))
        self.larger.setAccessibleName(text("ui.header.larger_name"))
        self.menu_button.set_text(text("ui.header.view"))
        self.help.set_text(text("ui.header.help"))
        self.leave.set_text(text("ui.header.leave"))
        self.refresh()

    def refresh(self) -> None:
        """After a change of brightness or size."""
        text, mode = self._text, self._theme.mode
        self.mode.set_text(text(f"ui.mode.{mode}"))
        self.mode.setAccessibleName(text("ui.mode.name", mode=text(f"ui.mode.{mode}")))
        self.size_label.set_text(f"{round(self._theme.scale * 100)}%")
        self.smaller.setEnabled(self._theme.scale > ZOOM[0])
        self.larger.setEnabled(self._theme.scale < ZOOM[-1])

    def show_task(self, name: str, *, practice: bool, leaving: bool) -> None:
        self._title.set_text(name)
        self._mark.setVisible(practice)
        self.help.setVisible(leaving)
        self.leave.setVisible(leaving)

    def fold(self, narrow: bool) -> None:
        for part in self._wide:
            part.setVisible(not narrow)
        self.menu_button.setVisible(narrow)

    def zoom(self, direction: int) -> None:
        """One size up or down; 0 is the usual size."""
        if direction == 0:
            self.scale_asked.emit(ZOOM[0])
            return
        nearest = min(range(len(ZOOM)), key=lambda n: abs(ZOOM[n] - self._theme.scale))
        self.scale_asked.emit(ZOOM[max(0, min(len(ZOOM) - 1, nearest + direction))])

    def switch_language(self) -> None:
        self.language_asked.emit(OTHER[self._text.language])

    def _next_mode(self) -> None:
        modes = list(Mode)
        self.mode_asked.emit(modes[(modes.index(self._theme.mode) + 1) % len(modes)])

    def make_menu(self) -> QMenu:
        """All that the narrow window has no room for."""
        from PySide6.QtWidgets import QMenu  # noqa: PLC0415 - seldom needed, and not by the first page

        from desktop.widgets.roomy import RoomyMenus  # noqa: PLC0415 - as above

        menu = QMenu(self)
        menu.setStyle(RoomyMenus(self._theme, menu))
        menu.setFont(self._theme.font(Type.BODY))
        self._entry(menu, self._text("ui.header.other_language")).triggered.connect(self.switch_language)
        menu.addSeparator()
        for mode in Mode:
            entry = self._entry(menu, self._text(f"ui.mode.{mode}"), checked=mode == self._theme.mode)
            entry.triggered.connect(lambda _=False, mode=mode: self.mode_asked.emit(mode))
        menu.addSeparator()
        for size in ZOOM:
            entry = self._entry(menu, f"{round(size * 100)}%", checked=size == self._theme.scale)
            entry.triggered.connect(lambda _=False, size=size: self.scale_asked.emit(size))
        return menu

    def _open_menu(self) -> None:
        menu = self.make_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height())))

    def _entry(self, menu: QMenu, name: str, *, checked: bool | None = None) -> QAction:
        entry = menu.addAction(name)
        if checked is not None:
            entry.setCheckable(True)
            entry.setChecked(checked)
        return entry

    def _button(self) -> Button:
        return Button(self._theme, "", ButtonKind.QUIET)

    def _connect(self) -> None:
        self.language.clicked.connect(self.switch_language)
        self.mode.clicked.connect(self._next_mode)
        self.smaller.clicked.connect(lambda: self.zoom(-1))
        self.larger.clicked.connect(lambda: self.zoom(1))
        self.menu_button.clicked.connect(self._open_menu)
        self.help.clicked.connect(self.help_asked)
        self.leave.clicked.connect(self.leave_asked)
