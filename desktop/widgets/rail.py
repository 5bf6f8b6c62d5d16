"""The list of steps at the side: the done ones ticked, the current one lit, time left and the centre below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.paint import fill, focus_frame, outline, smooth, tick
from desktop.widgets.scroll import PageScroll
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import RAIL
from desktop.widgets.wrap import wrap


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


class Rail(QWidget):
    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._steps: list[_Step] = []
        self._task = Label(theme, "", Type.HEADING)
        self._bank = Label(theme, "", Type.SMALL, Role.MUTED)
        self._list = Column(theme, gap=2)
        self._time, self._time_row = _line(theme, "clock", Type.STRONG, Role.TEXT)
        self._centre, self._centre_row = _line(theme, "headset", Type.SMALL, Role.MUTED)
        content = QWidget()
        column = Column(theme, gap=4, margins=(12, 24, 12, 20))
        content.setLayout(column)
        heading = Column(theme, gap=2, margins=(12, 0, 12, 12))
        heading.addWidget(self._bank)
        heading.addWidget(self._task)
        column.addLayout(heading)
        column.addLayout(self._list)
        column.addStretch(1)
        foot = Column(theme, gap=12, margins=(12, 16, 8, 0))
        foot.addWidget(self._time_row)
        foot.addWidget(self._centre_row)
        column.addLayout(foot)
        frame = QVBoxLayout(self)
        frame.setContentsMargins(0, 0, 0, 0)
        frame.addWidget(PageScroll(theme, content))
        follow(theme, self._restyle)

    def set_heading(self, bank: str, task: str) -> None:
        self._bank.set_text(bank)
        self._task.set_text(task)

    def set_items(self, entries: Sequence[RailEntry]) -> None:
        """Shows these steps; the widgets stay while only their states change, so that the focus does too."""
        while len(self._steps) > len(entries):
            gone = self._steps.pop()
            self._list.removeWidget(gone)
            gone.deleteLater()
        while len(self._steps) < len(entries):
            step = _Step(self._theme, len(self._steps) + 1)
            step.clicked.connect(lambda _on=False, step=step: self.chosen.emit(step.entry.id))
            self._steps.append(step)
            self._list.addWidget(step)
        for step, entry in zip(self._steps, entries, strict=True):
            step.set_entry(entry)

    def set_time_left(self, text: str) -> None:
        self._time.set_text(text)
        self._time_row.setVisible(bool(text))

    def set_centre(self, lines: Sequence[str]) -> None:
        """Name and number of the customer centre, then its hours and when it is quick to reach."""
        self._centre.set_text("\n".join(lines))
        self._centre_row.setVisible(bool(lines))

    def steps(self) -> list[QPushButton]:
        return list(self._steps)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = smooth(self)
        painter.fillRect(self.rect(), self._theme.color(Role.SUNKEN))
        if self._theme.outlined:
            width = self._theme.px(1.5)
            painter.fillRect(self.width() - width, 0, width, self.height(), self._theme.color(Role.BORDER))

    def _restyle(self) -> None:
        self.setFixedWidth(self._theme.px(RAIL))
        self.update()


def _line(theme: Theme, icon: str, kind: Type, role: Role) -> tuple[Label, QWidget]:
    holder = QWidget()
    row = Row(theme, gap=8)
    holder.setLayout(row)
    label = Label(theme, "", kind, role)
    row.addWidget(IconView(theme, icon, Role.MUTED, 20), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label, 1)
    holder.hide()
    return label, holder


class _Step(QPushButton):
    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme, self._number = theme, number
        self.entry = RailEntry("", "", RailState.TODO)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
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

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        lines = len(wrap(self.entry.title, self._font(), self._room(width)))
        return max(self._theme.px(40), lines * self._theme.leading(Type.BODY) + self._theme.px(16))

    def sizeHint(self) -> QSize:
        width = self._theme.px(RAIL - 24)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(120), self._theme.px(40))

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

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
        lines = wrap(self.entry.title, self._font(), self._room(self.width()))
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
            fill(painter, box, box.width() / 2, theme.color(Role.ACCENT_SOFT))
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
