"""Drawings of the things a person holds in the other hand: security card, OTP token, phone."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy

from desktop.widgets.flowing import Flowing
from desktop.widgets.icon import draw_icon
from desktop.widgets.paint import area, fill, outline, smooth
from desktop.widgets.theme import Role, Theme, follow

_COLUMNS, _ROWS = 5, 7
#: The smallest a drawing may become, as a share of its size.
_LEAST = 0.4
#: Below this share of its size a security card cannot be read; then it is at least so wide (px at 100 %).
_READABLE, _BRIEF = 0.75, 140
#: A cell of it; where the cells begin, what is beside and below them, and between two (px at 100 %).
_CELL, _TOP, _INSET, _GAP = QSizeF(77, 27), 44, 14, 8


class Picture(Flowing, QLabel):
    """A drawing of so many px at 100 %, smaller where there is no room; in words for who does not see it."""

    def __init__(self, theme: Theme, width: int, height: int) -> None:
        super().__init__()
        self._theme, self._size = theme, (width, height)
        self.flow_horizontally(QSizePolicy.Policy.Maximum)
        follow(theme, self._restyle)

    def describe(self) -> str:
        """The picture in words."""
        raise NotImplementedError

    def draw(self, painter: QPainter, rect: QRectF) -> None:
        raise NotImplementedError

    def sizeHint(self) -> QSize:
        return self.flowed(self._whole())

    def minimumSizeHint(self) -> QSize:
        return self._whole() * _LEAST

    def heightForWidth(self, width: int) -> int:
        whole = self._whole()
        return math.ceil(whole.height() * min(1.0, width / whole.width()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, whole = smooth(self), self._whole()
        share = min(1.0, self.width() / whole.width())
        painter.scale(share, share)
        self.draw(painter, QRectF(0, 0, whole.width(), whole.height()))

    def _whole(self) -> QSize:
        return QSize(self._theme.px(self._size[0]), self._theme.px(self._size[1]))

    def _restyle(self) -> None:
        self.setAccessibleName(self.describe())
        self.updateGeometry()
        self.update()


class SecurityCardPicture(Picture):
    """The numbered card with the two asked cells lit, and in each the half that is asked.

    Where the whole card would be too small to be read, the two cells alone are drawn, large.
    """

    def __init__(self, theme: Theme) -> None:
        self._asked = (0, 0)
        super().__init__(theme, 424, 260)

    def minimumSizeHint(self) -> QSize:
        width = self._theme.px(_BRIEF)
        return QSize(width, self.heightForWidth(width))

    def heightForWidth(self, width: int) -> int:
        if not self._is_brief(width):
            return super().heightForWidth(width)
        return round(self._theme.px(_TOP + _GAP + _INSET) + 2 * self._growth(width) * self._theme.px(_CELL.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._is_brief(self.width()):
            super().paintEvent(event)
            return
        px, painter, growth = self._theme.px, smooth(self), self._growth(self.width())
        self._draw_ground(painter, QRectF(self.rect()))
        cell = QRectF(0, 0, px(_CELL.width()), px(_CELL.height()))
        for n, number in enumerate(self._asked):
            painter.save()
            painter.translate(px(_INSET), px(_TOP) + n * (px(_GAP) + growth * cell.height()))
            painter.scale(growth, growth)
            self._draw_cell(painter, cell, number)
            painter.restore()

    def _is_brief(self, width: int) -> bool:
        return all(self._asked) and width < _READABLE * self._whole().width()

    def _growth(self, width: int) -> float:
        """How much larger a cell is that has all of the width."""
        return (width - 2 * self._theme.px(_INSET)) / self._theme.px(_CELL.width())

    def set_positions(self, first: int, second: int) -> None:
        """Lights the front pair of cell `first` and the back pair of cell `second` (1–35; 0 lights none)."""
        self._asked = (first, second)
        self._restyle()

    def describe(self) -> str:
        words = self._theme.words
        first, second = self._asked
        if not first and not second:
            return words.security_card
        return words.security_card_cells.format(first=first, second=second)

    def draw(self, painter: QPainter, rect: QRectF) -> None:
        px = self._theme.px
        self._draw_ground(painter, rect)
        grid = rect.adjusted(px(10), px(42), -px(10), -px(14))
        width, height = grid.width() / _COLUMNS, grid.height() / _ROWS
        for number in range(1, _COLUMNS * _ROWS + 1):
            column, row = divmod(number - 1, _ROWS)
            cell = QRectF(grid.left() + column * width, grid.top() + row * height, width, height)
            self._draw_cell(painter, cell.adjusted(px(2), px(1), -px(2), -px(1)), number)

    def _draw_ground(self, painter: QPainter, rect: QRectF) -> None:
        theme, px = self._theme, self._theme.px
        area(painter, theme, rect, theme.color(Role.RAISED), px(16))
        painter.setFont(theme.sized(13, 600))
        painter.setPen(theme.color(Role.MUTED))
        title = QRectF(px(20), px(14), rect.width(), px(20))
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, theme.words.security_card)

    def _draw_cell(self, painter: QPainter, cell: QRectF, number: int) -> None:
        theme, px = self._theme, self._theme.px
        front, back = number == self._asked[0], number == self._asked[1]
        lit = front or back
        if lit:
            fill(painter, cell, px(8), theme.color(Role.ACCENT))
        painter.setFont(theme.sized(13 if lit else 11, 700 if lit else 400))
        painter.setPen(theme.color(Role.ON_ACCENT if lit else Role.MUTED))
        box = QRectF(cell.left(), cell.top(), px(24), cell.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(number))
        for half, asked in enumerate((front, back)):
            pair = QRectF(cell.left() + px(30) + half * px(22), cell.top() + px(4), px(20), cell.height() - px(8))
            if asked:
                fill(painter, pair, px(5), theme.color(Role.ON_ACCENT))
            self._draw_pair(painter, pair, self._dot(asked=asked, lit=lit), px(2.6) if asked else px(1.8))

    def _dot(self, *, asked: bool, lit: bool) -> QColor:
        if asked:
            return self._theme.color(Role.ACCENT)
        if lit:
            return self._theme.blend(Role.ON_ACCENT, Role.ACCENT, 0.55)
        return self._theme.blend(Role.MUTED, Role.RAISED, 0.45)

    def _draw_pair(self, painter: QPainter, pair: QRectF, color: QColor, radius: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for side in (-1, 1):
            painter.drawEllipse(pair.center() + QPointF(side * self._theme.px(4.2), 0), radius, radius)


class OtpPicture(Picture):
    """A token with six figures in its window."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, 300, 150)

    def describe(self) -> str:
        return self._theme.words.otp

    def draw(self, painter: QPainter, rect: QRectF) -> None:
        theme, px = self._theme, self._theme.px
        body = rect.adjusted(px(6), px(18), -px(6), -px(18))
        area(painter, theme, body, theme.color(Role.RAISED), body.height() / 2)
        ring = QRectF(body.left() + px(16), body.center().y() - px(11), px(22), px(22))
        outline(painter, ring, px(11), theme.color(Role.CONTROL), px(3))
        window = QRectF(body.left() + px(58), body.center().y() - px(26), px(148), px(52))
        fill(painter, window, px(8), theme.color(Role.SURFACE))
        outline(painter, window, px(8), theme.color(Role.CONTROL), max(1, px(1)))
        painter.setPen(theme.color(Role.TEXT))
        painter.setFont(theme.sized(24, 600))
        painter.drawText(window, Qt.AlignmentFlag.AlignCenter, "123 456")
        button = QRectF(body.right() - px(62), body.center().y() - px(20), px(40), px(40))
        fill(painter, button, px(20), theme.color(Role.ACCENT))
        painter.setPen(QPen(theme.color(Role.ON_ACCENT), px(2)))
        painter.drawEllipse(button.center(), px(7), px(7))


class PhonePicture(Picture):
    """A phone with a message on it, or ringing."""

    def __init__(self, theme: Theme) -> None:
        self._ringing = False
        super().__init__(theme, 180, 180)

    def set_ringing(self, ringing: bool) -> None:
        self._ringing = ringing
        self._restyle()

    def describe(self) -> str:
        words = self._theme.words
        return words.incoming_call if self._ringing else words.phone

    def draw(self, painter: QPainter, rect: QRectF) -> None:
        theme, px = self._theme, self._theme.px
        phone = QRectF(rect.center().x() - px(46), px(6), px(92), rect.height() - px(12))
        fill(painter, phone, px(18), theme.color(Role.RAISED))
        outline(painter, phone, px(18), theme.color(Role.CONTROL), px(2))
        notch = QRectF(phone.center().x() - px(12), phone.top() + px(10), px(24), px(5))
        fill(painter, notch, px(2.5), theme.color(Role.CONTROL))
        bubble = QRectF(phone.left() - px(22), phone.top() + px(44), px(108), px(52))
        fill(painter, bubble, px(14), theme.color(Role.ACCENT))
        name = "call" if self._ringing else "message"
        side = px(26)
        spot = QRectF(bubble.left() + px(14), bubble.center().y() - side / 2, side, side)
        draw_icon(painter, name, spot, theme.color(Role.ON_ACCENT))
        for n, length in enumerate((44, 28)):
            bar = QRectF(spot.right() + px(10), bubble.top() + px(17) + n * px(12), px(length), px(5))
            fill(painter, bar, px(2.5), theme.color(Role.ON_ACCENT))
