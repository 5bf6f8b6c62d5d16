"""An identity document with the places lit where what is asked stands: the day of issue, and a licence's number."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from desktop.widgets.paint import area, fill
from desktop.widgets.pictures import Picture
from desktop.widgets.theme import Role, Theme

_WIDTH, _HEIGHT = 240, 150


class DocumentPicture(Picture):
    """`title` is written on the document; `number` lights the line of the number, as on a driving licence."""

    def __init__(self, theme: Theme, title: str, said: str, *, number: bool) -> None:
        self._title, self._said, self._number = title, said, number
        super().__init__(theme, _WIDTH, _HEIGHT)

    def describe(self) -> str:
        return self._said

    def draw(self, painter: QPainter, rect: QRectF) -> None:
        theme, px = self._theme, self._theme.px
        area(painter, theme, rect, theme.color(Role.RAISED), px(16))
        painter.setFont(theme.sized(13, 600))
        painter.setPen(theme.color(Role.MUTED))
        head = QRectF(px(20), px(14), rect.width() - px(40), px(20))
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._title)
        self._draw_portrait(painter, QRectF(rect.right() - px(68), px(78 if self._number else 42), px(50), px(60)))
        left = px(20)
        if self._number:
            self._draw_digits(painter, QRectF(left, px(42), px(176), px(26)), (2, 2, 6, 2))
            below = 82
        else:
            below = 50
        for n, length in enumerate((84, 116, 64)[: 1 if self._number else 3]):
            bar = QRectF(left, px(below + n * 18), px(length), px(6))
            fill(painter, bar, px(3), theme.blend(Role.MUTED, Role.RAISED, 0.35))
        day = QRectF(left, rect.bottom() - px(40), px(128), px(26))
        self._draw_digits(painter, day, (4, 2, 2))

    def _draw_portrait(self, painter: QPainter, box: QRectF) -> None:
        theme, px = self._theme, self._theme.px
        fill(painter, box, px(8), theme.blend(Role.MUTED, Role.RAISED, 0.18))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.blend(Role.MUTED, Role.RAISED, 0.45))
        painter.drawEllipse(QPointF(box.center().x(), box.top() + px(22)), px(10), px(10))
        painter.setClipRect(box)
        painter.drawEllipse(QPointF(box.center().x(), box.bottom() + px(2)), px(19), px(23))
        painter.setClipping(False)

    def _draw_digits(self, painter: QPainter, plate: QRectF, groups: tuple[int, ...]) -> None:
        """A lit plate with a dot for each digit, in the groups they are printed in."""
        theme, px = self._theme, self._theme.px
        fill(painter, plate, px(8), theme.color(Role.ACCENT))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(Role.ON_ACCENT))
        step, gap = px(10), px(8)
        width = sum(groups) * step + (len(groups) - 1) * gap
        x = plate.center().x() - width / 2 + step / 2
        for size in groups:
            for _ in range(size):
                painter.drawEllipse(QPointF(x, plate.center().y()), px(2.6), px(2.6))
                x += step
            x += gap
