"""Editing of digits in groups where the line edit is only a picture: what is typed never passes through its text."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence, QMouseEvent

from desktop.widgets.digits import clean_ascii, clean_digits, has_hangul, plain_index, shown_index
from desktop.widgets.field_edit import FieldEdit
from desktop.widgets.theme import Theme

BULLET = "•"
_Keys = QKeySequence.StandardKey
_SWALLOWED = (_Keys.Undo, _Keys.Redo)
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class GroupedEdit(FieldEdit):
    """Base of DigitEntry and SecretEntry, which say where characters are kept and how they look.

    Every way in (keys, input method, paste, assistive technology) ends in `enter`, so a text is cleaned, counted
    and put away before the line edit shows anything.
    """

    def __init__(self, theme: Theme, *, groups: tuple[int, ...], max_length: int | None, digits: bool) -> None:
        super().__init__(theme)
        self.groups = groups
        self.limit = max_length if max_length is not None else (sum(groups) or 64)
        self._clean = clean_digits if digits else clean_ascii
        self._shown = ""
        self.copy_allowed = True
        self.paste_allowed = True
        hints = Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhPreferLatin
        self.setInputMethodHints(hints | (Qt.InputMethodHint.ImhDigitsOnly if digits else hints))
        self.textChanged.connect(self._take_foreign)

    def length(self) -> int:
        """Characters held."""
        raise NotImplementedError

    def splice(self, start: int, end: int, text: str) -> None:
        """Replaces the kept characters [start, end) by clean ones that fit."""
        raise NotImplementedError

    def picture(self) -> str:
        """What the line edit shows for what is kept."""
        raise NotImplementedError

    def enter(self, raw: str, *, typed: bool = False) -> None:
        """Puts text at the cursor or over the selection; refuses as a whole what is not wanted or does not fit."""
        text, code = self._clean(raw)
        start, end = self._range()
        room = self.limit - self.length() + end - start
        if code or (len(text) > room and not typed):
            self.refused.emit(code or "wrong_length")
        elif text and len(text) <= room:
            self.splice(start, end, text)
            self.show_state(start + len(text))
            self.edited.emit()

    def erase(self, start: int, end: int) -> None:
        if 0 <= start < end:
            self.splice(start, end, "")
            self.show_state(start)
            self.edited.emit()

    def rub_out(self) -> None:
        """What is chosen, else the character before the cursor: the key of a keypad on the screen."""
        start, end = self._range()
        self.erase(start if start != end else start - 1, end)

    def show_state(self, index: int) -> None:
        """Redraws what is kept, with the cursor before the character of this index."""
        self._shown = self.picture()
        self.setText(self._shown)
        self.setCursorPosition(shown_index(index, self.length(), self.groups))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.watch_caps(event)
        if any(event.matches(key) for key in _SWALLOWED):
            return
        if event.matches(_Keys.Paste):
            self._paste()
        elif event.matches(_Keys.Copy) or event.matches(_Keys.Cut):
            self._copy(cut=event.matches(_Keys.Cut))
        elif (span := self._erased_by(event)) is not None:
            self.erase(*span)
        elif event.text().isprintable() and event.text() and not event.modifiers() & _COMMANDS:
            self.enter(event.text(), typed=True)
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Composed text is taken when it is committed; a Hangul syllable in the making is refused at once."""
        if event.commitString():
            self.enter(event.commitString(), typed=True)
        elif has_hangul(event.preeditString()):
            self.refused.emit("hangul_typed")
            QGuiApplication.inputMethod().reset()
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Without the middle button's paste, which would bypass `enter`."""
        if event.button() == Qt.MouseButton.MiddleButton:
            event.accept()
            return
        super().mouseReleaseEvent(event)

    def _range(self) -> tuple[int, int]:
        """The selected characters, or the place of the cursor twice."""
        if self.hasSelectedText():
            return plain_index(self.selectionStart(), self.groups), plain_index(self.selectionEnd(), self.groups)
        at = min(plain_index(self.cursorPosition(), self.groups), self.length())
        return at, at

    def _erased_by(self, event: QKeyEvent) -> tuple[int, int] | None:
        """What a deleting key removes; None for any other key."""
        start, end = self._range()
        chosen, last = start != end, self.length()
        if event.matches(_Keys.DeleteStartOfWord):
            return (start, end) if chosen else (0, start)
        if event.matches(_Keys.DeleteEndOfWord) or event.matches(_Keys.DeleteEndOfLine):
            return (start, end) if chosen else (start, last)
        if event.matches(_Keys.DeleteCompleteLine):
            return 0, last
        if event.key() == Qt.Key.Key_Backspace:
            return (start, end) if chosen else (start - 1, start)
        if event.key() == Qt.Key.Key_Delete:
            return (start, end) if chosen else (start, min(start + 1, last))
        return None

    def _paste(self) -> None:
        if self.paste_allowed:
            self.enter(QGuiApplication.clipboard().text())

    def _copy(self, *, cut: bool) -> None:
        if self.copy_allowed and self.hasSelectedText():
            self.copy()
            if cut:
                self.erase(*self._range())

    def _take_foreign(self, text: str) -> None:
        """A text we did not set came from assistive technology or a menu: it is entered in place of all."""
        if text == self._shown:
            return
        if BULLET in text:
            self.show_state(self.length())
            return
        self.setText(self._shown)
        self.selectAll()
        if text:
            self.enter(text)
        else:
            self.erase(0, self.length())
