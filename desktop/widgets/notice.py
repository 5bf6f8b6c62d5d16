"""Something the person should know, with an icon, a colour and words: never by colour alone."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.widgets.beside import Beside
from desktop.widgets.button import LINK_PAD, Button, ButtonKind
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.paint import fill, outline, smooth
from desktop.widgets.theme import Role, Theme, Type


class NoticeKind(StrEnum):
    INFO = "info"
    WARNING = "warning"
    DANGER = "danger"
    SUCCESS = "success"


_ROLES = {
    NoticeKind.INFO: (Role.TEXT, Role.RAISED),
    NoticeKind.WARNING: (Role.WARNING, Role.WARNING_SOFT),
    NoticeKind.DANGER: (Role.DANGER, Role.DANGER_SOFT),
    NoticeKind.SUCCESS: (Role.SUCCESS, Role.SUCCESS_SOFT),
}

#: Between the edge and what is said, in general and where there is no room to spare (px at 100 %).
INSET, INSET_NARROW = (16, 16, 20, 16), (14, 14, 10, 14)
#: Margins of links below the words, which begin where those do; and where they stand below the icon.
BELOW_WORDS, BELOW_ICON = (24 + 12 - LINK_PAD, 0, 0, 0), (0, 0, 0, 0)


class Notice(QWidget):
    """A title, a body, and at most one thing to do about it (`acted`)."""

    acted = Signal()

    def __init__(self, theme: Theme, kind: NoticeKind, title: str, body: str = "", action: str | None = None) -> None:
        super().__init__()
        self._theme, self._kind = theme, kind
        self._icon = IconView(theme, kind.value, _ROLES[kind][0], 24, beside=Type.STRONG)
        self._title = Label(theme, title, Type.STRONG)
        self._body = Label(theme, body, Type.BODY)
        self._action = Button(theme, action or "", ButtonKind.LINK)
        self._action.clicked.connect(self.acted)
        texts = QWidget()
        column = Column(theme, gap=4)
        column.addWidget(self._title)
        column.addWidget(self._body)
        texts.setLayout(column)
        row = Beside(theme, gap=12, below=4)
        row.add(self._icon, stretch=0)
        row.add(texts)
        self._below = Row(theme, margins=BELOW_WORDS)
        self._below.addWidget(self._action)
        self._below.addStretch(1)
        row.turned.connect(self._turn)
        whole = self._whole = Column(theme, gap=4, margins=INSET)
        self.setLayout(whole)
        whole.addWidget(row)
        whole.addLayout(self._below)
        # Only now: what is made visible without a parent is a window of its own for a moment.
        self._action.setVisible(bool(action))
        self._body.setVisible(bool(body))
        self._name()
        theme.changed.connect(self._name)

    def _turn(self, across: bool) -> None:
        self._below.set_margins(BELOW_WORDS if across else BELOW_ICON)
        self._whole.set_margins(INSET if across else INSET_NARROW)

    def set_content(self, kind: NoticeKind, title: str, body: str = "", action: str | None = None) -> None:
        self._kind = kind
        self._icon.set_icon(kind.value, _ROLES[kind][0])
        self._title.set_text(title)
        self._body.set_text(body)
        self._body.setVisible(bool(body))
        if action:
            self._action.set_text(action)
        self._action.setVisible(bool(action))
        self._name()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        ink, soft = _ROLES[self._kind]
        painter = smooth(self)
        rect = QRectF(self.rect())
        fill(painter, rect, theme.px(14), theme.color(soft))
        if theme.outlined:
            outline(painter, rect, theme.px(14), theme.color(ink), theme.px(2))

    def _name(self) -> None:
        """The kind in words, since a reader sees neither icon nor colour."""
        kind = str(getattr(self._theme.words, self._kind.value))
        self.setAccessibleName(f"{kind}: {self._title.plain_text()}")
        self.setAccessibleDescription(self._body.plain_text())
