"""The few strokes every painted widget is made of: filled and outlined round rectangles, and the focus ring."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from desktop.widgets.theme import Role, Theme
from desktop.widgets.tokens import RING


def smooth(widget: QWidget) -> QPainter:
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def fill(painter: QPainter, rect: QRectF, radius: float, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(rect, radius, radius)


def outline(painter: QPainter, rect: QRectF, radius: float, color: QColor, width: float) -> None:
    """A line that lies wholly inside `rect`."""
    half = width / 2
    inner = rect.adjusted(half, half, -half, -half)
    painter.setPen(QPen(color, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(inner, radius - half, radius - half)


def focus_frame(painter: QPainter, theme: Theme, rect: QRectF, radius: float, *, focused: bool) -> QRectF:
    """Draws the ring along the edge when focused; returns what is left for the widget inside ring and gap."""
    if not focused:
        return rect
    width = max(RING, theme.px(RING))
    outline(painter, rect, radius, theme.color(Role.FOCUS), width)
    inset = 2 * width
    return rect.adjusted(inset, inset, -inset, -inset)


class Edge(NamedTuple):
    """What the outline of a field has to tell."""

    wrong: bool
    focused: bool
    hovered: bool


def draw_edge(painter: QPainter, theme: Theme, rect: QRectF, radius: float, state: Edge) -> None:
    """The outline of a field or cell: the focus outermost, a problem inside it, so that neither hides the other."""
    thick = max(RING, theme.px(RING))
    if state.focused:
        outline(painter, rect, radius, theme.color(Role.FOCUS), thick)
    if state.wrong:
        inset = thick if state.focused else 0
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
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
