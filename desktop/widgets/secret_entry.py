"""An input whose line edit only ever holds bullets; what is typed goes straight into a wipeable Secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLineEdit

from desktop.secret import Secret
from desktop.widgets.digits import group
from desktop.widgets.grouped_edit import BULLET, GroupedEdit
from desktop.widgets.theme import Theme

T = TypeVar("T")

_ALL = 1000


class SecretEntry(GroupedEdit):
    """A secret being typed.

    Args:
        theme: colours, fonts and scale.
        groups: how the characters are grouped; (6, 7), the resident number, shows its birth date.
        readable: shown while it is typed (an account number), though held as a secret all the same.
        digits: digits alone; otherwise printable ASCII.
        max_length: of characters; the sum of the groups when None.
        paste_allowed: not at a kiosk.
    """

    def __init__(
        self,
        theme: Theme,
        groups: tuple[int, ...] = (),
        readable: bool = False,
        digits: bool = True,
        max_length: int | None = None,
        *,
        paste_allowed: bool = True,
    ) -> None:
        self._kept = [Secret()]  # a list, so that the wiping below needs no reference to the dead widget
        self._open = _ALL if readable else 6 if groups == (6, 7) else 0
        super().__init__(theme, groups=groups, max_length=max_length, digits=digits)
        self.copy_allowed = False
        self.paste_allowed = paste_allowed
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        hints = self.inputMethodHints() | Qt.InputMethodHint.ImhSensitiveData
        self.setInputMethodHints(hints)
        if not self._open and len(groups) < 2:
            self.setEchoMode(QLineEdit.EchoMode.Password)
            self._draw_small_bullets()
        kept = self._kept

        def wipe() -> None:
            """Takes no argument, or Qt's half destroyed object would be given a wrapper anew."""
            kept[0].wipe()

        self.destroyed.connect(wipe)

    def take(self) -> Secret:
        """The secret itself; the entry is empty afterwards."""
        taken = self._kept[0].move()
        self.show_state(0)
        return taken

    def judged(self, rule: Callable[[memoryview], T]) -> T:
        """What `rule` says of the bytes typed so far, which stay in here."""
        view = self._kept[0].view()
        try:
            return rule(view)
        finally:
            view.release()

    def length(self) -> int:
        return len(self._kept[0])  # ASCII alone comes in, so bytes are characters

    def clear(self) -> None:
        self._kept[0].wipe()
        self.show_state(0)

    def set_mask(self, mask: str) -> None:
        """How a value looks that the session holds already: shown while nothing new is typed."""
        self.setPlaceholderText(mask)

    def _draw_small_bullets(self) -> None:
        from desktop.widgets.dots import Dots  # noqa: PLC0415 - QStyle's many enums cost the first window 10 ms

        style = Dots("Fusion")
        style.setParent(self)
        self.setStyle(style)

    def _restyle(self) -> None:
        super()._restyle()
        if self._open < _ALL:
            font = self.font()
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, self._theme.px(1 if self._open else 4))
            self.setFont(font)

    def splice(self, start: int, end: int, text: str) -> None:
        old = self._kept[0].view()
        joined = bytearray(len(old) - (end - start) + len(text))
        joined[:start] = old[:start]
        joined[start : start + len(text)] = text.encode()
        joined[start + len(text) :] = old[end:]
        old.release()
        self._kept[0].wipe()
        self._kept[0] = Secret(joined)
        for i in range(len(joined)):
            joined[i] = 0

    def picture(self) -> str:
        view = self._kept[0].view()
        shown = bytes(view[: self._open]).decode()
        bullets = BULLET * (len(view) - len(shown))
        view.release()
        return group(shown + bullets, self.groups)
