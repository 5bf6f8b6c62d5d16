"""The line on top of a kiosk: which branch, what is being done, and whether it is practice."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent

from desktop.text import Text
from desktop.widgets.paint import fill, smooth
from desktop.widgets.theme import Role, Theme, follow
from desktop.wizard.header import Header

#: The staff touch the name of the branch so often within so many seconds.
TAPS, WITHIN = 5, 4.0


class KioskTitle(Header):
    """Everything else that the line offers on a PC stands on the tiles. `staff_asked` after five touches in a row."""

    staff_asked = Signal()
    leaving_changed = Signal(bool)

    def __init__(self, theme: Theme, text: Text, branch: str, clock: Callable[[], float]) -> None:
        super().__init__(theme, text)
        self._branch, self._clock = branch, clock
        self._bank, self._names = "", (branch, branch)  # and what is shown, at length and in short
        self._taps: list[float] = []
        self.fold(narrow=True)
        follow(theme, self._stand_out)

    def _stand_out(self) -> None:
        """Enlarged, the page says what is being done and how far it is, and the bank alone stays in sight above it."""
        enlarged = self._theme.enlarged
        self.set_role(Role.SUNKEN if enlarged else Role.SURFACE)
        self._title.set_text(self._names[enlarged])

    def fold(self, narrow: bool) -> None:
        """All of it is on the tiles, however wide the window is."""
        super().fold(True)
        for part in (self.menu_button, self.help, self.leave):
            part.hide()

    def set_bank(self, name: str) -> None:
        """Of the journey that is shown; before `show_task`."""
        self._bank = name

    def show_task(self, name: str, *, practice: bool, leaving: bool) -> None:
        self._names = name or self._branch, self._bank if leaving and self._bank else name or self._branch
        super().show_task(name or self._branch, practice=practice, leaving=leaving)
        self._stand_out()
        self.fold(narrow=True)
        self.leaving_changed.emit(leaving)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._theme.outlined:
            edge = max(1, self._theme.px(1))
            fill(smooth(self), QRectF(0, self.height() - edge, self.width(), edge), 0, self._theme.color(Role.BORDER))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        now = self._clock()
        self._taps = [at for at in self._taps if now - at < WITHIN] + [now]
        if len(self._taps) >= TAPS:
            self._taps = []
            self.staff_asked.emit()
