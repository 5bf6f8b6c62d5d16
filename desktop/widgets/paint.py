"""The few strokes every painted widget is made of: round rectangles, the focus ring, and a line of text.

To name `Qt`, or to hand a painter a colour where Qt would take one of its enums too (`setPen`, `setBrush`, `fillRect`),
makes all 93 enums of that namespace, which takes a tenth of a bare start. The first page is painted without.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6 import QtCore
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QWidget

from desktop.widgets.theme import Role, Theme
from desktop.widgets.tokens import RING

#: AlignHCenter and AlignVCenter, as numbers; to the left is none of them.
_ACROSS, _MIDDLE = 0x04, 0x80


def smooth(widget: QWidget) -> QPainter:
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def fill(painter: QPainter, rect: QRectF, radius: float, color: QColor) -> None:
    painter.fillPath(_rounded(rect, radius), _pen(color).brush())


def outline(painter: QPainter, rect: QRectF, radius: float, color: QColor, width: float) -> None:
    """A line that lies wholly inside `rect`."""
    half = width / 2
    inner = rect.adjusted(half, half, -half, -half)
    painter.strokePath(_rounded(inner, radius - half), _pen(color, width))


def write(widget: QWidget, painter: QPainter, rect: QRectF, line: str, color: QColor, *, centred: bool = False) -> None:
    """One line of text in the painter's face, in the middle of the height, from the left or centred."""
    ink = QPalette()
    ink.setColor(QPalette.ColorRole.Text, color)
    flags = _MIDDLE | _ACROSS if centred else _MIDDLE
    widget.style().drawItemText(painter, rect.toAlignedRect(), flags, ink, True, line, QPalette.ColorRole.Text)


def focus_frame(painter: QPainter, theme: Theme, rect: QRectF, radius: float, *, focused: bool) -> QRectF:
    """Draws the ring along the edge when focused; returns what is left for the widget inside ring and gap."""
    if not focused:
        return rect
    width = theme.ring()
    outline(painter, rect, radius, theme.color(Role.FOCUS), width)
    inset = 2 * width
    return rect.adjusted(inset, inset, -inset, -inset)


def _rounded(rect: QRectF, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def _pen(color: QColor, width: float = 1) -> QPen:
    pen = QPen()
    pen.setColor(color)
    pen.setWidthF(width)
    return pen


class Edge(NamedTuple):
    """What the outline of a field has to tell."""

    wrong: bool
    focused: bool
    hovered: bool


def draw_edge(painter: QPainter, theme: Theme, rect: QRectF, radius: float, state: Edge) -> None:
    """The outline of a field or cell: the focus outermost, a problem inside it, so that neither hides the other."""
    ring, thick = theme.ring(), max(RING, theme.px(RING))
    if state.focused:
        outline(painter, rect, radius, theme.color(Role.FOCUS), ring)
    if state.wrong:
        inset = ring if state.focused else 0
        inner = rect.adjusted(inset, inset, -inset, -inset)
        outline(painter, inner, radius - inset, theme.color(Role.DANGER), thick)
    elif not state.focused:
        color = theme.color(Role.TEXT if state.hovered else Role.CONTROL)
        outline(painter, rect, radius, color, max(1, theme.px(1)))


def area(painter: QPainter, theme: Theme, rect: QRectF, color: QColor, radius: float) -> None:
    """A card or notice: a fill, and in high contrast an outline besides."""
    fill(painter, rect, radius, color)
    if theme.outlined:
        outline(painter, rect, radius, theme.color(Role.BORDER), theme.px(1.5))


def tick(painter: QPainter, rect: QRectF, color: QColor, width: float) -> None:
    """The check mark, fitted into a square."""
    path = QPainterPath()
    path.moveTo(rect.left() + rect.width() * 0.27, rect.top() + rect.height() * 0.52)
    path.lineTo(rect.left() + rect.width() * 0.44, rect.top() + rect.height() * 0.68)
    path.lineTo(rect.left() + rect.width() * 0.74, rect.top() + rect.height() * 0.35)
    pen = QPen(color, width)
    pen.setCapStyle(QtCore.Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(QtCore.Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
