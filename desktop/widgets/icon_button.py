"""A button that is only an icon, and therefore insists on a name."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton

from desktop.widgets.icon import draw_icon
from desktop.widgets.paint import fill, outline, smooth
from desktop.widgets.theme import Role, Theme, follow


class IconButton(QPushButton):
    """40 px square; `name` is its accessible name and its tooltip."""

    def __init__(self, theme: Theme, icon: str, name: str) -> None:
        super().__init__()
        self._theme, self._icon = theme, icon
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_name(name)
        follow(theme, self._restyle)

    def set_name(self, name: str) -> None:
        self.setAccessibleName(name)
        self.setToolTip(name)

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(40), self._theme.px(40))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        painter = smooth(self)
        rect = QRectF(self.rect())
        radius = theme.px(10)
        if self.underMouse() or self.isDown():
            tint = theme.color(Role.TEXT)
            tint.setAlphaF(0.14 if self.isDown() else 0.07)
            fill(painter, rect, radius, tint)
        if self.hasFocus():
            outline(painter, rect, radius, theme.color(Role.FOCUS), theme.ring())
        side = theme.px(22)
        offset = (rect.width() - side) / 2
        ink = theme.color(Role.MUTED if not self.underMouse() else Role.TEXT)
        draw_icon(painter, self._icon, QRectF(offset, (rect.height() - side) / 2, side, side), ink)

    def _restyle(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()
