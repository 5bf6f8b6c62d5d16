"""A plain area of one colour: a zone of the window or a card on the page."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.widgets.paint import area, fill, smooth
from desktop.widgets.theme import Role, Theme


class Surface(QWidget):
    """Filled with a role's colour; `rounded` for a card, square for a zone."""

    def __init__(self, theme: Theme, role: Role = Role.RAISED, *, rounded: bool = True) -> None:
        super().__init__()
        self._theme, self._role, self._rounded = theme, role, rounded
        theme.changed.connect(self.update)

    def set_role(self, role: Role) -> None:
        self._role = role
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        color = self._theme.color(self._role)
        painter = smooth(self)
        if self._rounded:
            area(painter, self._theme, QRectF(self.rect()), color, self._theme.px(16))
        else:
            fill(painter, QRectF(self.rect()), 0, color)
