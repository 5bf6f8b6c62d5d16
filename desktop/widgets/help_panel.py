"""Help for exactly this step, in a panel that folds to a strip."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.icon_button import IconButton
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.paint import smooth
from desktop.widgets.scroll import PageScroll
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import HELP

_STRIP = 64


class HelpPanel(QWidget):
    """`chosen` with the id of a link; `folded` when the person folds or unfolds it."""

    chosen = Signal(str)
    folded = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_folded = False
        self._room: int | None = None
        self._content: tuple[object, ...] = ()
        self._parts: list[QWidget] = []
        self._toggle = IconButton(theme, "close", theme.words.fold)
        self._toggle.clicked.connect(lambda: self.set_folded(not self._is_folded))
        self._title = Label(theme, "", Type.HEADING)
        self._texts = Column(theme, gap=12, margins=(24, 0, 0, 0))
        self._links = Column(theme, gap=4, margins=(18, 0, 0, 0))
        content = QWidget()
        column = Column(theme, gap=16, margins=(0, 0, 12, 24))
        content.setLayout(column)
        column.addLayout(self._texts)
        column.addLayout(self._links)
        column.addStretch(1)
        self._scroll = PageScroll(theme, content)
        head = Row(theme, gap=8, margins=(24, 20, 12, 12))
        head.addWidget(self._title, 1)
        head.addWidget(self._toggle, 0, Qt.AlignmentFlag.AlignTop)
        self._head = head
        whole = Column(theme)
        whole.addLayout(head)
        whole.addWidget(self._scroll, 1)
        frame = QHBoxLayout(self)
        frame.setContentsMargins(0, 0, 0, 0)
        frame.addLayout(whole)
        follow(theme, self._restyle)

    def set_content(self, title: str, paragraphs: Sequence[str], links: Sequence[tuple[str, str]] = ()) -> None:
        """Plain paragraphs, then links as (id, text). The same once more changes nothing."""
        content = (title, *paragraphs, *links)
        if content == self._content:
            return
        self._content = content
        self._title.set_text(title)
        self._empty()
        for paragraph in paragraphs:
            label = Label(self._theme, paragraph, Type.BODY, Role.MUTED)
            self._parts.append(label)
            self._texts.addWidget(label)
        for name, text in links:
            link = Button(self._theme, text, ButtonKind.LINK, "chevron-right")
            link.clicked.connect(lambda _on=False, name=name: self.chosen.emit(name))
            self._parts.append(link)
            self._links.addWidget(link)

    def bound(self, room: int) -> None:
        """No wider than this, px."""
        self._room = room
        self._restyle()

    def is_folded(self) -> bool:
        return self._is_folded

    def set_folded(self, folded: bool) -> None:
        if folded != self._is_folded:
            self._is_folded = folded
            self._restyle()
            self.folded.emit(folded)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = smooth(self)
        painter.fillRect(self.rect(), self._theme.color(Role.SUNKEN))
        if self._theme.outlined:
            painter.fillRect(0, 0, self._theme.px(1.5), self.height(), self._theme.color(Role.BORDER))

    def _restyle(self) -> None:
        words = self._theme.words
        self._title.setVisible(not self._is_folded)
        self._scroll.setVisible(not self._is_folded)
        self._toggle.set_icon("help" if self._is_folded else "close")
        self._toggle.set_name(words.unfold if self._is_folded else words.fold)
        wide = self._theme.px(_STRIP if self._is_folded else HELP)
        # The question does not scroll with its answer, and large letters would leave no room for that.
        wordy = self._room is not None and 2 * wide > self._room
        self._title.set_type(Type.STRONG if wordy else Type.HEADING)
        self._scroll.setMinimumHeight(self._theme.px(24))  # less than Qt would have it, for the sake of its bar
        self.setFixedWidth(min(wide, self._room) if self._room is not None else wide)
        self.update()

    def _empty(self) -> None:
        """By the parts: an item that a layout hands out is never deleted by PySide."""
        for part in self._parts:
            part.hide()
            part.setParent(None)
            part.deleteLater()
        self._parts.clear()
