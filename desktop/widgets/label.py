"""Text that wraps between Korean words, with the line height of the tokens."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop.widgets.flowing import Flowing
from desktop.widgets.paint import write
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.wrap import Wrapped, longest


class Label(Flowing, QLabel):
    """A paragraph or heading. It is as wide as it is let, and as high as its lines then need.

    Args:
        theme: colours, fonts and scale.
        text: plain text; `\\n` starts a new line.
        type: which face.
        role: which colour.
        centred: lines are centred instead of set from the left.
        parent: the owner.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        type: Type = Type.BODY,  # noqa: A002 - the name pages use
        role: Role = Role.TEXT,
        parent: QWidget | None = None,
        *,
        centred: bool = False,
    ) -> None:
        super().__init__(parent)
        self._theme, self._type, self._role, self._centred = theme, type, role, centred
        self._wrapped = Wrapped()
        self._natural, self._least = QSize(), QSize()
        self.flow_horizontally(QSizePolicy.Policy.Preferred)
        self.setProperty("textFormat", "PlainText")  # by its name: see paint.py
        self.set_text(text)
        follow(theme, self._restyle)

    def set_text(self, text: str) -> None:
        if text != self.text() or not text:
            self.setText(text)
            self.setAccessibleName(text)
            self._forget()
            self.updateGeometry()

    def set_role(self, role: Role) -> None:
        self._role = role
        self.update()

    def set_type(self, type: Type) -> None:  # noqa: A002 - as above
        if type is not self._type:
            self._type = type
            self._restyle()

    def plain_text(self) -> str:
        return self.text()

    def lines(self, width: int) -> list[str]:
        """The text as it breaks at this width, px."""
        return self._wrapped(self.text(), self.font(), width)

    def heightForWidth(self, width: int) -> int:
        return len(self.lines(width)) * self._theme.leading(self._type) if self.text() else 0

    def sizeHint(self) -> QSize:
        if not self.text():
            return QSize(0, 0)
        if not self._natural.isValid():
            lines = self.text().split("\n")
            width = math.ceil(longest(lines, self.font())) + 1
            self._natural = QSize(width, len(lines) * self._theme.leading(self._type))
        return self.flowed(self._natural)

    def minimumSizeHint(self) -> QSize:
        """One line of the longest word, so that nothing is cut that could wrap."""
        if not self.text():
            return QSize(0, 0)
        if not self._least.isValid():
            widest = min(math.ceil(longest(self.text().split(), self.font())) + 1, self._theme.em(160))
            self._least = QSize(widest, self._theme.leading(self._type))
        return self._least

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        height = self._theme.leading(self._type)
        color = self._theme.color(self._role)
        for n, line in enumerate(self.lines(self.width())):
            write(self, painter, QRectF(0, n * height, self.width(), height), line, color, centred=self._centred)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(self._type))
        self._forget()
        self.updateGeometry()
        self.update()

    def _forget(self) -> None:
        """What was measured of another text or face. Layouts ask many times over, for a few widths in turn."""
        self._natural, self._least = QSize(), QSize()
