"""A thing in a long list, as one button: an icon, a name, how it stands, and a line or two about it."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from desktop.widgets.icon import draw_icon
from desktop.widgets.paint import fill, focus_frame, outline, smooth, write
from desktop.widgets.pressable import Pressable
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.wrap import wrap

_PAD, _ICON, _STATE, _ARROW, _GAP = 18, 28, 18, 20, 14
#: A width to begin with, px at 100 %: the row is as high as its lines need once it knows its own.
_USUAL = 560


class Row(NamedTuple):
    """What a row says. `state` is (icon, words, role); `about` may have several lines."""

    icon: str
    title: str
    state: tuple[str, str, Role]
    about: str


class RowButton(Pressable, QAbstractButton):
    """As high as its text at its width, by a fixed height of its own.

    A layout would ask for the height many times over at every change of the list; in one of thirty rows those
    questions took a second.
    """

    def __init__(self, theme: Theme, row: Row) -> None:
        super().__init__()
        self._theme, self._row = theme, row
        self._lines: list[tuple[str, Type, Role]] = []
        self.setText(row.title)
        self.setAccessibleName(row.title)
        self.setAccessibleDescription(". ".join(part for part in (row.state[1], row.about) if part))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow(theme, self._restyle)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(280), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._measure(event.size().width())

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = smooth(self)
        inner = focus_frame(painter, theme, QRectF(self.rect()), px(14), focused=self.hasFocus())
        radius = px(14) - (self.width() - inner.width()) / 2
        share = 0.1 if self.isDown() else 0.05 if self.underMouse() else 0.0
        fill(painter, inner, radius, theme.blend(Role.TEXT, Role.RAISED, share))
        if theme.outlined:
            outline(painter, inner, radius, theme.color(Role.CONTROL), px(1.5))
        side, arrow = px(_ICON), px(_ARROW)
        draw_icon(painter, self._row.icon, QRectF(px(_PAD), px(_PAD), side, side), theme.color(Role.ACCENT))
        middle = QRectF(self.width() - px(_PAD) - arrow, (self.height() - arrow) / 2, arrow, arrow)
        draw_icon(painter, "chevron-right", middle, theme.color(Role.MUTED))
        self._draw_lines(painter, px(_PAD) + side + px(_GAP))

    def _draw_lines(self, painter: QPainter, left: float) -> None:
        theme, top = self._theme, float(self._theme.px(_PAD))
        icon, role, begun = self._row.state[0], self._row.state[2], False
        for line, kind, ink in self._lines:
            height, at = theme.leading(kind), left
            if kind is Type.STRONG:
                side = theme.px(_STATE)
                if not begun:
                    box = QRectF(left, top + (height - side) / 2, side, side)
                    draw_icon(painter, icon, box, theme.color(role))
                begun, at = True, left + side + theme.px(8)
            painter.setFont(theme.font(kind))
            write(self, painter, QRectF(at, top, self.width() - at, height), line, theme.color(ink))
            top += height

    def _measure(self, width: int) -> None:
        px, font = self._theme.px, self._theme.font
        room = width - 2 * px(_PAD) - px(_ICON) - px(_ARROW) - 2 * px(_GAP)
        state = wrap(self._row.state[1], font(Type.STRONG), room - px(_STATE) - px(8))
        self._lines = [(line, Type.HEADING, Role.TEXT) for line in wrap(self._row.title, font(Type.HEADING), room)]
        self._lines += [(line, Type.STRONG, self._row.state[2]) for line in state]
        self._lines += [(line, Type.SMALL, Role.MUTED) for line in wrap(self._row.about, font(Type.SMALL), room)]
        self.setFixedHeight(sum(self._theme.leading(kind) for _, kind, _ in self._lines) + 2 * px(_PAD))

    def _restyle(self) -> None:
        self._measure(self.width() if self._lines else self._theme.px(_USUAL))
        self.update()
