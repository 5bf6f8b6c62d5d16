"""Places to go to, under one another: each with an icon, the one shown now lit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop.widgets.flowing import Flowing
from desktop.widgets.icon import draw_icon
from desktop.widgets.layouts import Column
from desktop.widgets.paint import fill, focus_frame, outline, smooth
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.wrap import Wrapped

#: (id, title, icon) of one place.
Place = tuple[str, str, str]
_HIGH, _ICON, _PAD = 44, 22, 12
#: How much of the accent lies under the place that is shown: little enough that the accent reads on it.
LIT = 0.05


class NavList(QWidget):
    chosen = Signal(str)

    def __init__(self, theme: Theme, places: Sequence[Place]) -> None:
        super().__init__()
        self._entries: dict[str, _Entry] = {}
        column = Column(theme, gap=2)
        for name, title, icon in places:
            entry = _Entry(theme, title, icon)
            entry.clicked.connect(lambda _on=False, name=name: self.chosen.emit(name))
            self._entries[name] = entry
            column.addWidget(entry)
        self.setLayout(column)

    def set_current(self, name: str) -> None:
        """Lights the place that is shown; none for a name that is not in the list."""
        for known, entry in self._entries.items():
            entry.set_current(known == name)

    def entries(self) -> dict[str, QPushButton]:
        return dict(self._entries)


class _Entry(Flowing, QPushButton):
    def __init__(self, theme: Theme, title: str, icon: str) -> None:
        super().__init__(title.replace("&", "&&"))
        self._theme, self._title, self._icon, self._current = theme, title, icon, False
        self._wrapped = Wrapped()
        self.setAccessibleName(title)
        self.flow_horizontally(QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAutoDefault(False)
        follow(theme, self._restyle)

    def set_current(self, current: bool) -> None:
        self._current = current
        self.setAccessibleDescription(self._theme.words.step_current if current else "")
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        lines = len(self._wrapped(self._title, self._font(), self._room(width)))
        return max(self._theme.px(_HIGH), lines * self._theme.leading(Type.BODY) + self._theme.px(20))

    def sizeHint(self) -> QSize:
        width = self._theme.px(200)
        return self.flowed(QSize(width, self.heightForWidth(width)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(120), self._theme.px(_HIGH))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = smooth(self)
        radius = float(px(10))
        inner = focus_frame(painter, theme, QRectF(self.rect()), radius, focused=self.hasFocus())
        if self._current:
            fill(painter, inner, radius, theme.blend(Role.ACCENT, Role.SUNKEN, 0.0 if theme.outlined else LIT))
            if theme.outlined:
                outline(painter, inner, radius, theme.color(Role.ACCENT), theme.px(1.5))
        elif self.underMouse():
            fill(painter, inner, radius, theme.blend(Role.TEXT, Role.SUNKEN, 0.1 if self.isDown() else 0.05))
        ink = theme.color(Role.ACCENT if self._current else Role.TEXT)
        side = px(_ICON)
        draw_icon(painter, self._icon, QRectF(px(_PAD), (self.height() - side) / 2, side, side), ink)
        painter.setPen(ink)
        painter.setFont(self._font())
        left, height = px(2 * _PAD) + side, theme.leading(Type.BODY)
        lines = self._wrapped(self._title, self._font(), self._room(self.width()))
        top = (self.height() - height * len(lines)) / 2
        for n, line in enumerate(lines):
            box = QRectF(left, top + n * height, self.width() - left, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)

    def _font(self) -> QFont:
        return self._theme.font(Type.STRONG if self._current else Type.BODY)

    def _room(self, width: int) -> float:
        px = self._theme.px
        return width - px(3 * _PAD) - px(_ICON)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Type.BODY))
        self.updateGeometry()
        self.update()
