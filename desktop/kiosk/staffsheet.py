"""Where the staff leave: their PIN on shuffled keys, and how often it may still be tried."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Signal

from desktop.kiosk.dock import TALL
from desktop.kiosk.keypad import Keypad
from desktop.kiosk.layouts import BACK, CLEAR, NEXT, Pad, Shuffle
from desktop.kiosk.sheet import Sheet
from desktop.kiosk.size import Millimetres
from desktop.kiosk.staff import MOST, StaffDoor
from desktop.text import Text
from desktop.widgets.button import ButtonKind
from desktop.widgets.field import FieldBox
from desktop.widgets.secret_entry import SecretEntry
from desktop.widgets.theme import Theme


class StaffSheet(Sheet):
    """`opened` with the right PIN, and nothing else leads out."""

    opened = Signal()

    def __init__(
        self,
        theme: Theme,
        text: Callable[[], Text],
        size: Millimetres,
        shuffle: Shuffle | None,
        door: StaffDoor,
        *,
        upright: bool,
    ) -> None:
        """`upright`: the screen has room for higher keys."""
        super().__init__(theme, text()("kiosk.staff.title"), "")
        self._text, self._door = text, door
        self.entry = SecretEntry(theme, max_length=MOST, paste_allowed=False)
        self._box = FieldBox(theme, text()("kiosk.staff.field"), "", self.entry)
        self.content.add(self._box)
        self.keypad = Keypad(theme, text, size, shuffle, tall=TALL if upright else 1.0)
        self.keypad.show_pad(Pad.SHUFFLED)
        self.keypad.pressed.connect(self._press)
        self.add_aside(self.keypad)
        self.cancel = self.add_button(text()("kiosk.staff.cancel"), ButtonKind.SECONDARY)
        self.cancel.clicked.connect(self.dismiss)
        self._say()

    def focus_first(self) -> None:
        self.entry.setFocus()

    def dismiss(self) -> None:
        self.entry.clear()
        super().dismiss()

    def _press(self, mark: str) -> None:
        if mark == BACK:
            self.entry.rub_out()
        elif mark == CLEAR:
            self.entry.clear()
        elif mark == NEXT:
            self._try()
        else:
            self.entry.enter(mark, typed=True)

    def _try(self) -> None:
        if self._door.shut_for() or not self.entry.length():
            self.entry.clear()
            self._say()
        elif self._door.opens(self.entry.take()):
            self.opened.emit()
        else:
            self._say(wrong=True)
            self.keypad.show_pad(Pad.SHUFFLED)

    def _say(self, *, wrong: bool = False) -> None:
        text, shut = self._text(), self._door.shut_for()
        if shut:
            self._box.set_problem(text("kiosk.staff.shut", minutes=math.ceil(shut / 60)))
        elif wrong:
            self._box.set_problem(text("kiosk.staff.wrong", count=self._door.tries_left))
        self.keypad.setEnabled(not shut)
