"""The line on top of a kiosk: which branch, what is being done, and whether it is practice."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent

from desktop.text import Text
from desktop.widgets.theme import Theme
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
        self._taps: list[float] = []
        self.fold(narrow=True)

    def fold(self, narrow: bool) -> None:
        """All of it is on the tiles, however wide the window is."""
        super().fold(True)
        for part in (self.menu_button, self.help, self.leave):
            part.hide()

    def show_task(self, name: str, *, practice: bool, leaving: bool) -> None:
        super().show_task(name or self._branch, practice=practice, leaving=leaving)
        self.fold(narrow=True)
        self.leaving_changed.emit(leaving)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        now = self._clock()
        self._taps = [at for at in self._taps if now - at < WITHIN] + [now]
        if len(self._taps) >= TAPS:
            self._taps = []
            self.staff_asked.emit()
