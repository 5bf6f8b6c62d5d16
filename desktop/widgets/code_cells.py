"""One cell a digit, drawn by one widget: six for a code or a PIN, two for the short code and the security card."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from desktop.widgets.paint import Edge, draw_edge, fill, smooth
from desktop.widgets.secret_entry import SecretEntry
from desktop.widgets.theme import Role, Theme

_CELL, _HEIGHT, _GAP = 48, 56, 8


class CodeCells(SecretEntry):
    """`digits` cells. `secret` ones show dots; `completed` when the last cell is filled by the person."""

    completed = Signal()

    def __init__(self, theme: Theme, digits: int, secret: bool = True, *, paste_allowed: bool = True) -> None:
        super().__init__(theme, (digits,), readable=not secret, max_length=digits, paste_allowed=paste_allowed)
        self._secret = secret
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.edited.connect(self._tell_completed)

    def value(self) -> str:
        """The digits of a plain code. Raises RuntimeError for a secret one, which can only be taken."""
        if self._secret:
            raise RuntimeError("a secret code is taken, not read")
        return self._kept[0].reveal()

    def sizeHint(self) -> QSize:
        px = self._theme.px
        return QSize(self.limit * px(_CELL) + (self.limit - 1) * px(_GAP), px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        px = self._theme.px
        return QSize(self.limit * px(_CELL // 2) + (self.limit - 1) * px(_GAP // 2), px(_HEIGHT))

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """A click only brings the focus; digits are typed on from the end."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.setCursorPosition(self.length())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = smooth(self)
        text, mask = self.text(), self.placeholderText()
        chosen = self.hasSelectedText()
        here = min(self.cursorPosition(), self.limit - 1)
        for n, cell in enumerate(self._cells()):
            self._draw_cell(painter, cell, current=self.hasFocus() and (chosen or n == here))
            if n < len(text):
                self._draw_digit(painter, cell, text[n], self._theme.color(Role.TEXT))
            elif not text and n < len(mask):
                self._draw_digit(painter, cell, mask[n], self._theme.color(Role.CONTROL))

    def _cells(self) -> list[QRectF]:
        gap = self._theme.px(_GAP) if self.width() >= self.sizeHint().width() else self._theme.px(_GAP // 2)
        side = min(float(self._theme.px(_CELL)), (self.width() - gap * (self.limit - 1)) / self.limit)
        return [QRectF(n * (side + gap), 0, side, self.height()) for n in range(self.limit)]

    def _draw_cell(self, painter: QPainter, cell: QRectF, *, current: bool) -> None:
        theme, radius = self._theme, self._theme.px(10)
        fill(painter, cell.adjusted(0.5, 0.5, -0.5, -0.5), radius, theme.color(Role.SURFACE))
        draw_edge(painter, theme, cell, radius, Edge(self._wrong, current, hovered=False))

    def _draw_digit(self, painter: QPainter, cell: QRectF, digit: str, color: QColor) -> None:
        if not digit.isdigit():
            radius = self._theme.px(5.5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QPointF(cell.center()), radius, radius)
            return
        painter.setPen(color)
        painter.setFont(self._theme.sized(22, 600))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, digit)

    def _restyle(self) -> None:
        super()._restyle()
        self.setFixedHeight(self._theme.px(_HEIGHT))

    def _tell_completed(self) -> None:
        if self.length() == self.limit:
            self.completed.emit()
