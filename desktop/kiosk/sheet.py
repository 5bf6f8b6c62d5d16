"""A question laid over the whole window: no dialogue of the system comes up at a kiosk."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.widgets.announce import announce
from desktop.widgets.beside import Beside
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.paint import fill, outline, smooth
from desktop.widgets.scroll import PageScroll
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Mode, Role, Theme, Type, follow
from desktop.widgets.tokens import COLOURS, COLUMN, XL, L
from desktop.wizard.group import Group

_VEIL = 0.72
#: From this width on (px at 100 %) something stands beside the words of a sheet.
SIDEWAYS = 500
#: A sheet, its rows, what is in them.
_ROUNDS = 3


class Sheet(QWidget):
    """Covers its parent and keeps the focus. `closed` once it has gone; Esc does what the quietest button does."""

    closed = Signal()

    def __init__(self, theme: Theme, title: str, body: str) -> None:
        super().__init__()
        self._theme = theme
        self._low = False
        self.card = Surface(theme)
        self.title, self.said = Label(theme, title, Type.TITLE), Label(theme, body, Type.BODY)
        self.content = Group(theme, self.title, self.said)
        if not body:
            self.said.hide()
        self._buttons = Group(theme, gap=Group.CLOSE)
        self._pair: Beside | None = None  # the row that has room for one more button
        self._upper = Beside(theme, needs=SIDEWAYS, gap=XL)
        self._upper.add(self.content)
        inner = Column(theme, gap=L, margins=(XL, XL, XL, XL))
        inner.addWidget(self._upper)
        inner.addWidget(self._buttons)
        self._whole = QWidget()
        self._whole.setLayout(inner)
        self._whole.installEventFilter(self)
        self.holder = PageScroll(theme, self._whole, Role.RAISED)
        around = QVBoxLayout(self.card)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.holder)
        self._column = QVBoxLayout(self)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.card, 1000)
        row.addStretch(1)
        self._column.addStretch(1)
        self._column.addLayout(row)
        self._below = self._column.count()
        self._column.addStretch(1)
        self.escape: Button | None = None
        follow(theme, self._measure)

    def add_button(self, words: str, kind: ButtonKind, icon: str | None = None) -> Button:
        """Two in a row where there is room. The first one has the focus when the sheet comes; the last quiet one is
        what Esc presses."""
        button = Button(self._theme, words, kind, icon)
        if self._pair is None:
            self._pair = Beside(self._theme, needs=SIDEWAYS, gap=Group.CLOSE)
            self._buttons.add(self._pair)
            self._pair.add(button)
        else:
            self._pair.add(button)
            self._pair = None
        if kind is not ButtonKind.PRIMARY:
            self.escape = button
        return button

    def add_aside(self, part: QWidget) -> None:
        """Beside the words where the screen lies across, else in the middle below them."""
        self._upper.add(part, stretch=0, centred=True)

    def lay_over(self, parent: QWidget, *, low: bool) -> None:
        """`low`: within reach of somebody who sits."""
        self.setParent(parent)
        self.set_low(low)
        self.setGeometry(parent.rect())
        parent.installEventFilter(self)
        self.show()
        self._settle()
        self.raise_()
        self.focus_first()
        announce(self, f"{self.title.plain_text()}. {self.said.plain_text()}")

    def set_low(self, low: bool) -> None:
        self._column.setStretch(0, 3 if low else 1)
        self._column.setStretch(self._below, 0 if low else 1)

    def focus_first(self) -> None:
        for button in self.card.findChildren(Button):
            if button.isEnabled() and not button.isHidden():
                button.setFocus()
                return
        self.setFocus()

    def dismiss(self) -> None:
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        parent = self.parentWidget()
        if event.type() == QEvent.Type.Resize and parent is not None and watched is parent:
            self.setGeometry(parent.rect())
        if event.type() == QEvent.Type.LayoutRequest and watched is self._whole:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _settle(self) -> None:
        """In its place at once, not bit by bit under somebody's finger: rows turn only when they have their width."""
        for _ in range(_ROUNDS):
            self._fit()
            for layout in (self._column, self.card.layout(), self._whole.layout()):
                if layout is not None:
                    layout.activate()

    def _fit(self) -> None:
        """As high as what it says, and as the screen at most: then it scrolls."""
        layout, room = self._whole.layout(), self.height() - 2 * self._theme.px(L)
        width = min(self.width() - 2 * self._theme.px(L), self.card.maximumWidth())
        if layout is not None and room > 0:
            needed = layout.totalHeightForWidth(width)
            # By its name: see paint.py. Shown for a moment, the bar would narrow what then has to be scrolled.
            self.holder.setProperty(
                "verticalScrollBarPolicy", f"ScrollBar{'AsNeeded' if needed > room else 'AlwaysOff'}"
            )
            self.holder.setFixedHeight(min(room, needed))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.escape is not None:
                self.escape.click()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            focused = self.focusWidget()
            if isinstance(focused, Button):
                focused.click()
        event.accept()

    def mousePressEvent(self, event: object) -> None:
        """What lies below is not to be touched."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, smooth(self)
        veil = theme.color(Role.SUNKEN) if theme.outlined else theme.fixed(COLOURS[Mode.LIGHT][Role.TEXT])
        veil.setAlphaF(1.0 if theme.outlined else _VEIL)
        fill(painter, QRectF(self.rect()), 0, veil)
        if theme.outlined:
            outline(
                painter, QRectF(self.card.geometry()).adjusted(-3, -3, 3, 3), theme.px(18), theme.color(Role.BORDER), 3
            )

    def _measure(self) -> None:
        margin = self._theme.px(L)
        self._column.setContentsMargins(margin, margin, margin, margin)
        self.card.setMaximumWidth(self._theme.em(COLUMN))
        self._fit()
