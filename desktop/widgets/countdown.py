"""The time a code still holds, counted down each second."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop.widgets.announce import announce
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Row
from desktop.widgets.theme import Role, Theme, Type

_SPOKEN = (60, 30, 10)
_LATE = 30


class Countdown(QWidget):
    """Counts to a moment of `clock` (seconds). `expired` once, when it is reached."""

    expired = Signal()

    def __init__(self, theme: Theme, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._end: float | None = None
        self._template = "{left}"
        self._said = 0
        self._icon = IconView(theme, "clock", Role.MUTED, 20, beside=Type.STRONG)
        self._text = Label(theme, "", Type.STRONG)
        row = Row(theme, gap=6)
        self.setLayout(row)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self.tick)

    def set_until(self, end: float | None, template: str = "{left}") -> None:
        """Counts to `end`; `template` may hold {left} (m:ss) and {seconds}. None stops and empties it."""
        self._end, self._template = end, template
        self._said = 0
        self._timer.stop()
        if end is None:
            self._text.set_text("")
        else:
            self._timer.start()
            self.tick()
        self.setVisible(end is not None)

    def seconds_left(self) -> int:
        return 0 if self._end is None else max(0, math.ceil(self._end - self._clock()))

    def text(self) -> str:
        return self._text.plain_text()

    def tick(self) -> None:
        """Brings the text up to date; the timer's work, callable by a test with its own clock."""
        if self._end is None:
            return
        left = self.seconds_left()
        text = self._template.format(left=f"{left // 60}:{left % 60:02}", seconds=left)
        late = Role.DANGER if left <= _LATE else Role.TEXT
        if text != self._text.plain_text():
            self._text.set_text(text)
            self._text.set_role(late)
            self._icon.set_icon("clock", late if left <= _LATE else Role.MUTED)
            self.setAccessibleName(text)
            if left in _SPOKEN and left != self._said:
                self._said = left
                announce(self, text)
        if left == 0:
            self._end = None
            self._timer.stop()
            self.expired.emit()
