"""The list of steps at the side: the done ones ticked, the current one lit, time left and the centre below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.paint import smooth
from desktop.widgets.rail_step import RailEntry, RailState, RailStep
from desktop.widgets.scroll import PageScroll
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import RAIL

__all__ = ["Rail", "RailEntry", "RailState"]


class Rail(QWidget):
    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._steps: list[RailStep] = []
        self._task = Label(theme, "", Type.HEADING)
        self._bank = Label(theme, "", Type.SMALL, Role.MUTED)
        self._list = Column(theme, gap=2)
        self._time, self._time_row = _line(theme, "clock", Type.STRONG, Role.TEXT)
        self._centre, self._centre_row = _line(theme, "headset", Type.SMALL, Role.MUTED)
        self._centre_lines: Sequence[str] = ()
        self._content = content = QWidget()
        column = Column(theme, gap=4, margins=(12, 24, 12, 20))
        content.setLayout(column)
        heading = Column(theme, gap=2, margins=(12, 0, 12, 12))
        heading.addWidget(self._bank)
        heading.addWidget(self._task)
        column.addLayout(heading)
        column.addLayout(self._list)
        column.addStretch(1)
        self._foot = foot = Column(theme, gap=12, margins=(12, 16, 8, 0))
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
            step = RailStep(self._theme, len(self._steps) + 1)
            step.clicked.connect(lambda _on=False, step=step: self.chosen.emit(step.entry.id))
            self._steps.append(step)
            self._list.addWidget(step)
        for step, entry in zip(self._steps, entries, strict=True):
            step.set_entry(entry)

    def set_time_left(self, text: str) -> None:
        self._time.set_text(text)
        self._time_row.setVisible(bool(text))

    def set_centre(self, variants: Sequence[str]) -> None:
        """How to reach the customer centre, from the longest wording to the shortest: the first that fits is shown."""
        self._centre_lines = variants
        self._centre_row.setVisible(bool(variants))
        self._fit()
        # Steps that were just made count once they are shown.
        QTimer.singleShot(0, self, self._fit)

    def steps(self) -> list[QPushButton]:
        return list(self._steps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        layout = self._content.layout()
        assert layout is not None, "made with the rail"
        for said in self._centre_lines:
            self._centre.set_text(said)
            self._centre_row.updateGeometry()
            self._foot.invalidate()  # or it answers with what it measured last
            if layout.totalHeightForWidth(self.width()) <= self.height():
                return

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = smooth(self)
        painter.fillRect(self.rect(), self._theme.color(Role.SUNKEN))
        if self._theme.outlined:
            width = self._theme.px(1.5)
            painter.fillRect(self.width() - width, 0, width, self.height(), self._theme.color(Role.BORDER))

    def _restyle(self) -> None:
        self.setFixedWidth(self._theme.px(RAIL))
        self._fit()
        self.update()


def _line(theme: Theme, icon: str, kind: Type, role: Role) -> tuple[Label, QWidget]:
    holder = QWidget()
    row = Row(theme, gap=8)
    holder.setLayout(row)
    label = Label(theme, "", kind, role)
    row.addWidget(IconView(theme, icon, Role.MUTED, 20, beside=kind), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label, 1)
    holder.hide()
    return label, holder
