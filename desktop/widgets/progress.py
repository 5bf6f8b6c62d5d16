"""Waiting, shown: what is awaited, how long it usually takes, and a way to stop where there is one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.widgets.announce import announce
from desktop.widgets.beside import Beside
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.paint import smooth
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Theme, Type, follow

_TURN_MS = 1400
_FRAME_MS = 33


class Spinner(QWidget):
    """An arc that turns once in 1.4 s; it stands still where animations are off."""

    def __init__(self, theme: Theme, size: float = 28) -> None:
        super().__init__()
        self._theme, self._size = theme, size
        self._angle = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._turn)
        follow(theme, self._restyle)

    def start(self) -> None:
        if self._theme.animations:
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = smooth(self)
        width = self._theme.px(3)
        rect = QRectF(self.rect()).adjusted(width, width, -width, -width)
        painter.setPen(QPen(self._theme.blend(Role.ACCENT, Role.RAISED, 0.22), width))
        painter.drawEllipse(rect)
        pen = QPen(self._theme.color(Role.ACCENT), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(rect, round((90 - self._angle) * 16), -100 * 16)

    def _turn(self) -> None:
        self._angle = (self._angle + 360 * _FRAME_MS / _TURN_MS) % 360
        self.update()

    def _restyle(self) -> None:
        side = self._theme.em(self._size)
        self.setFixedSize(side, side)


class BusyPanel(Surface):
    """Hidden until a call is under way. `cancelled` when the person stops waiting."""

    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._spinner = Spinner(theme)
        self._text = Label(theme, "", Type.STRONG)
        self._detail = Label(theme, "", Type.SMALL, Role.MUTED)
        self._cancel = Button(theme, theme.words.cancel, ButtonKind.QUIET)
        self._cancel.clicked.connect(self.cancelled)
        texts = QWidget()
        column = Column(theme, gap=2)
        column.addWidget(self._text)
        column.addWidget(self._detail)
        texts.setLayout(column)
        words = Beside(theme, gap=16, below=4, middle=True)
        words.add(texts)
        words.add(self._cancel, stretch=0)
        row = Row(theme, gap=16, margins=(20, 16, 12, 16))
        self.setLayout(row)
        row.addWidget(self._spinner)
        row.addWidget(words, 1)
        theme.changed.connect(self._name_cancel)
        self.hide()

    def show(self, text: str = "", detail: str = "", cancellable: bool = False) -> None:
        """Says what is awaited and starts turning; may be called again with other words."""
        if text != self._text.plain_text() or not self.isVisible():
            announce(self, text)
        self._text.set_text(text)
        self._detail.set_text(detail)
        self._detail.setVisible(bool(detail))
        self._cancel.setVisible(cancellable)
        self.setAccessibleName(text)
        self.setAccessibleDescription(detail)
        self._spinner.start()
        super().show()

    def _name_cancel(self) -> None:
        self._cancel.set_text(self._theme.words.cancel)

    def hideEvent(self, event: QHideEvent) -> None:
        self._spinner.stop()
        super().hideEvent(event)
