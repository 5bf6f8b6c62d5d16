"""One step in the rail: its mark (done, current, to do) and its name; a button where going back is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from desktop.widgets.flowing import Flowing
from desktop.widgets.paint import fill, focus_frame, outline, smooth, tick
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import RAIL
from desktop.widgets.wrap import Wrapped


class RailState(StrEnum):
    DONE = "done"
    CURRENT = "current"
    TODO = "todo"


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One step. `reachable`: pressing it goes back there."""

    id: str
    title: str
    state: RailState
    reachable: bool = False


_HIGH = 36


class RailStep(Flowing, QPushButton):
    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme, self._number = theme, number
        self.entry = RailEntry("", "", RailState.TODO)
        self._wrapped = Wrapped()
        self.flow_horizontally(QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        follow(theme, self._restyle)

    def set_entry(self, entry: RailEntry) -> None:
        words = self._theme.words
        state = {
            RailState.DONE: words.step_done,
            RailState.CURRENT: words.step_current,
            RailState.TODO: words.step_todo,
        }
        self.entry = entry
        self.setEnabled(entry.reachable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if entry.reachable else Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"{self._number}. {entry.title}")
        self.setAccessibleDescription(state[entry.state])
        cursor = Qt.CursorShape.PointingHandCursor if entry.reachable else Qt.CursorShape.ArrowCursor
        self.setCursor(cursor)
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        lines = len(self._wrapped(self.entry.title, self._font(), self._room(width)))
        return max(self._theme.px(_HIGH), lines * self._theme.leading(Type.BODY) + self._theme.px(16))

    def sizeHint(self) -> QSize:
        width = self._theme.px(RAIL - 24)
        return self.flowed(QSize(width, self.heightForWidth(width)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(120), self._theme.px(_HIGH))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = smooth(self)
        rect = QRectF(self.rect())
        radius = float(px(10))
        inner = focus_frame(painter, theme, rect, radius, focused=self.hasFocus())
        if self.entry.reachable and self.underMouse():
            share = 0.1 if self.isDown() else 0.05
            fill(painter, inner, radius, theme.blend(Role.TEXT, Role.SUNKEN, share))
        side = px(24)
        self._draw_mark(painter, QRectF(px(12), (self.height() - side) / 2, side, side))
        role = Role.TEXT if self.entry.state is not RailState.TODO else Role.MUTED
        painter.setPen(theme.color(role))
        painter.setFont(self._font())
        lines = self._wrapped(self.entry.title, self._font(), self._room(self.width()))
        height = theme.leading(Type.BODY)
        top = (self.height() - height * len(lines)) / 2
        left = px(12) + side + px(12)
        for n, line in enumerate(lines):
            box = QRectF(left, top + n * height, self.width() - left, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)

    def _draw_mark(self, painter: QPainter, box: QRectF) -> None:
        theme = self._theme
        state = self.entry.state
        if state is RailState.DONE:
            fill(painter, box, box.width() / 2, theme.blend(Role.ACCENT, Role.SUNKEN, 0.0 if theme.outlined else 0.12))
            if theme.outlined:
                outline(painter, box, box.width() / 2, theme.color(Role.ACCENT), theme.px(1.5))
            tick(painter, box, theme.color(Role.ACCENT), max(2.0, theme.px(2)))
            return
        ink = Role.MUTED
        if state is RailState.CURRENT:
            fill(painter, box, box.width() / 2, theme.color(Role.ACCENT))
            ink = Role.ON_ACCENT
        else:
            outline(painter, box, box.width() / 2, theme.color(Role.CONTROL), max(1.0, theme.px(1.25)))
        painter.setPen(theme.color(ink))
        painter.setFont(theme.sized(13, 600))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self._number))

    def _font(self) -> QFont:
        return self._theme.font(Type.STRONG if self.entry.state is RailState.CURRENT else Type.BODY)

    def _room(self, width: int) -> float:
        px = self._theme.px
        return width - px(12) - px(24) - px(12) - px(8)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Type.BODY))
        self.updateGeometry()
        self.update()
