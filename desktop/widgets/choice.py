"""One of a few ways, each a card with an icon, a title and a line of explanation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSignalBlocker, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QSizePolicy, QWidget

from desktop.widgets.beside import SLACK
from desktop.widgets.flowing import Flowing
from desktop.widgets.icon import draw_icon
from desktop.widgets.paint import fill, focus_frame, outline, smooth, write
from desktop.widgets.pressable import Pressable
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.wrap import Wrapped

Option = tuple[str, str, str, str]
_PAD, _ICON, _DOT, _GAP = 18, 28, 22, 16
#: Above and below the words of a card that has no icon.
_FLAT = 14
#: A card narrower than this (px at 100 %) would break its words: it has no icon then, and there is one column.
_NARROW = 212


class ChoiceCards(QWidget):
    """Radio cards: arrow keys move the choice, one tab stop. `chosen` only when the person chooses.

    Args:
        theme: colours, fonts and scale.
        options: (value, title, body, icon name) each; body and icon may be empty.
        columns: how many cards stand side by side where there is room.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, options: Sequence[Option], columns: int = 1) -> None:
        super().__init__()
        self._theme, self._most, self._columns = theme, columns, 0
        self._group = QButtonGroup(self)
        self._cards: dict[str, _Card] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for value, title, body, icon in options:
            card = _Card(theme, title, body, icon, stretching=columns > 1)
            # Not `clicked`: a screen reader toggles without it.
            card.toggled.connect(lambda on, value=value: self._choose(value) if on else None)
            self._cards[value] = card
            self._group.addButton(card)
        self._place(columns)
        if self._cards:
            self.setFocusProxy(next(iter(self._cards.values())))
        follow(theme, self._restyle)

    def value(self) -> str:
        """The chosen value, or empty."""
        return next((value for value, card in self._cards.items() if card.isChecked()), "")

    def set_value(self, value: str) -> None:
        """Chooses without a signal; empty chooses none. Raises KeyError for an unknown value."""
        self._group.setExclusive(False)
        for name, card in self._cards.items():
            with QSignalBlocker(card):
                card.setChecked(name == value)
        self._group.setExclusive(True)
        if value:
            self.setFocusProxy(self._cards[value])

    def set_option_enabled(self, value: str, enabled: bool) -> None:
        self._cards[value].setEnabled(enabled)

    def cards(self) -> list[QRadioButton]:
        return list(self._cards.values())

    def card(self, value: str) -> QRadioButton:
        """Raises KeyError for an unknown value."""
        return self._cards[value]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        slack = self._theme.px(SLACK) if self._columns == 1 else 0
        self._place(self._most if self.width() >= self._most * self._theme.px(_NARROW) + slack else 1)

    def _choose(self, value: str) -> None:
        self.setFocusProxy(self._cards[value])
        self.chosen.emit(value)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for n, card in enumerate(self._cards.values()):
            self._grid.addWidget(card, n // columns, n % columns)
        for n in range(self._most):
            self._grid.setColumnStretch(n, 1 if n < columns else 0)
        self._grid.setRowStretch(len(self._cards), 1)

    def _restyle(self) -> None:
        self._grid.setSpacing(self._theme.px(10))


class _Card(Flowing, Pressable, QRadioButton):
    def __init__(self, theme: Theme, title: str, body: str, icon: str, *, stretching: bool) -> None:
        """`stretching`: as high as its neighbour in the row."""
        super().__init__(title.replace("&", "&&"))
        self._theme, self._title, self._body, self._icon = theme, title, body, icon
        self._wrapped = Wrapped()
        self.setAccessibleName(title)
        self.setAccessibleDescription(body)
        self.flow_horizontally(QSizePolicy.Policy.Expanding)
        if stretching:
            policy = self.sizePolicy()
            policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
            self.setSizePolicy(policy)
        follow(theme, self._restyle)

    def hitButton(self, pos: QPoint) -> bool:  # noqa: N802 - Qt's name
        return self.rect().contains(pos)

    def heightForWidth(self, width: int) -> int:
        titles, bodies = self._lines(width)
        text = len(titles) * self._theme.leading(Type.HEADING) + len(bodies) * self._theme.leading(Type.SMALL)
        return max(self._theme.px(_ICON if self._with_icon(width) else _DOT), text) + 2 * self._theme.px(
            _PAD if self._icon else _FLAT
        )

    def sizeHint(self) -> QSize:
        width = self._theme.px(280)
        return self.flowed(QSize(width, self.heightForWidth(width)))

    def minimumSizeHint(self) -> QSize:
        width = self._theme.px(120)
        return QSize(width, self._theme.px(_ICON + 2 * _PAD))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = smooth(self)
        rect = QRectF(self.rect())
        inner = focus_frame(painter, theme, rect, px(16), focused=self.hasFocus())
        radius = px(16) - (rect.width() - inner.width()) / 2
        self._draw_ground(painter, inner, radius)
        color = theme.color(Role.ACCENT if self.isChecked() else Role.TEXT if self.isEnabled() else Role.MUTED)
        left = float(px(_PAD))
        if self._with_icon(self.width()):
            side = px(_ICON)
            draw_icon(painter, self._icon, QRectF(left, (self.height() - side) / 2, side, side), color)
            left += side + px(_GAP)
        self._draw_text(painter, left)
        self._draw_dot(painter)

    def _draw_ground(self, painter: QPainter, rect: QRectF, radius: float) -> None:
        theme = self._theme
        if self.isChecked():
            fill(painter, rect, radius, theme.color(Role.ACCENT_SOFT))
            outline(painter, rect, radius, theme.color(Role.ACCENT), max(2, theme.px(2)))
            return
        share = 0.1 if self.isDown() else 0.05 if self.underMouse() and self.isEnabled() else 0.0
        fill(painter, rect, radius, theme.blend(Role.TEXT, Role.RAISED, share))
        if theme.outlined:
            outline(painter, rect, radius, theme.color(Role.CONTROL), theme.px(1.5))

    def _draw_text(self, painter: QPainter, left: float) -> None:
        theme = self._theme
        titles, bodies = self._lines(self.width())
        heights = theme.leading(Type.HEADING), theme.leading(Type.SMALL)
        top = (self.height() - len(titles) * heights[0] - len(bodies) * heights[1]) / 2
        title_role = Role.TEXT if self.isEnabled() else Role.MUTED
        for lines, kind, height, role in (
            (titles, Type.HEADING, heights[0], title_role),
            (bodies, Type.SMALL, heights[1], Role.MUTED),
        ):
            painter.setFont(theme.font(kind))
            for line in lines:
                write(self, painter, QRectF(left, top, self.width() - left, height), line, theme.color(role))
                top += height

    def _draw_dot(self, painter: QPainter) -> None:
        theme, px = self._theme, self._theme.px
        side = px(_DOT)
        box = QRectF(self.width() - px(_PAD) - side, (self.height() - side) / 2, side, side)
        if not self.isChecked():
            fill(painter, box, side / 2, theme.color(Role.SURFACE))
            outline(painter, box, side / 2, theme.color(Role.CONTROL), max(1.5, px(1.5)))
            return
        fill(painter, box, side / 2, theme.color(Role.ACCENT))
        inset = side * 0.3
        fill(painter, box.adjusted(inset, inset, -inset, -inset), side * 0.2, theme.color(Role.ON_ACCENT))

    def _lines(self, width: int) -> tuple[list[str], list[str]]:
        px, font = self._theme.px, self._theme.font
        icon = px(_ICON) + px(_GAP) if self._with_icon(width) else 0
        room = width - 2 * px(_PAD) - px(_DOT) - px(_GAP) - icon
        bodies = self._wrapped(self._body, font(Type.SMALL), room) if self._body else []
        return self._wrapped(self._title, font(Type.HEADING), room), bodies

    def _with_icon(self, width: int) -> bool:
        """It only adorns what the words say: where they need the room it is not drawn."""
        return bool(self._icon) and width >= self._theme.px(_NARROW)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Type.HEADING))
        self.updateGeometry()
        self.update()
