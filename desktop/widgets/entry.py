"""Inputs for what is no secret: free text, and digits shown in groups."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent

from desktop.widgets.digits import group
from desktop.widgets.field_edit import TEXT, FieldEdit
from desktop.widgets.grouped_edit import GroupedEdit
from desktop.widgets.theme import Theme
from desktop.widgets.wrap import longest

#: What Qt keeps free at the ends of the text, and the caret (px).
_CARET = 6


class TextEntry(FieldEdit):
    """Free text, such as a name. What is longer than the field has smaller letters, so that it is seen whole."""

    def __init__(self, theme: Theme, max_length: int = 64) -> None:
        super().__init__(theme)
        self.setMaxLength(max_length)
        self.textEdited.connect(self.edited)
        self.textChanged.connect(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def value(self) -> str:
        """The text without space around it; call `commit` first."""
        return self.text().strip()

    def set_value(self, value: str) -> None:
        self.setText(value)

    def _fit(self) -> None:
        face, margins = self._theme.sized(TEXT), self.textMargins()
        room, wide = self.width() - margins.left() - margins.right() - _CARET, longest([self.text()], face)
        if wide > room > 0:
            face.setPixelSize(max(self._theme.smallest(), int(face.pixelSize() * room / wide)))
        if face.pixelSize() != self.font().pixelSize():
            self.setFont(face)

    def _restyle(self) -> None:
        super()._restyle()
        self._fit()


class DigitEntry(GroupedEdit):
    """Digits as people read them; `value` is the digits alone."""

    def __init__(self, theme: Theme, groups: tuple[int, ...] = (3, 4, 4), max_length: int | None = None) -> None:
        self._digits = ""
        super().__init__(theme, groups=groups, max_length=max_length, digits=True)

    def value(self) -> str:
        return self._digits

    def set_value(self, value: str) -> None:
        """Raises ValueError for anything but at most `max_length` digits."""
        if value and not (value.isascii() and value.isdigit() and len(value) <= self.limit):
            raise ValueError("not digits, or too many of them")
        self._digits = value
        self.show_state(len(value))

    def clear(self) -> None:
        self.set_value("")

    def length(self) -> int:
        return len(self._digits)

    def splice(self, start: int, end: int, text: str) -> None:
        self._digits = self._digits[:start] + text + self._digits[end:]

    def picture(self) -> str:
        return group(self._digits, self.groups)
