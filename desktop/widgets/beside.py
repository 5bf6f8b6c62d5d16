"""What stands side by side where it fits, and under one another where it does not: measured, never switched by hand."""

from __future__ import annotations

from typing import NamedTuple

from PySide6 import QtCore
from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from desktop.widgets.theme import Theme, follow
from desktop.widgets.tokens import L

_ACROSS, _DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
#: No text need be wider than this to be read with ease, px at 100 %: what is longer may wrap.
EASE = 160
#: What has turned into a column turns back only with so much to spare (px at 100 %), more than the bar of a page and
#: the margins of a notice. Otherwise these, which come with the one form and go with the other, would turn it for ever.
SLACK = 36


class _Part(NamedTuple):
    """`line` holds the widget and what keeps it at its place, in the row and in the column."""

    widget: QWidget
    line: QHBoxLayout
    stretch: int
    indent: int
    whole: bool
    centred: bool


class Beside(QWidget):
    """A row as long as each part has the width it wants: one that stretches what it is read with ease at, any other
    its own. Then a column, each part at the left or in the middle, or as wide as the column if it stretches.

    Args:
        theme: scale.
        needs: the width (px at 100 %) below which it is a column in any case.
        gap: between two parts of the row (px at 100 %).
        below: the same in the column; as `gap` if not said.
        right: free at the right end of the row (px at 100 %).
        middle: whether the parts of the row are centred on each other; else they begin at the top.
    """

    turned = Signal(bool)  # whether it is a row

    def __init__(
        self,
        theme: Theme,
        *,
        needs: int = 0,
        gap: int = L,
        below: int | None = None,
        right: int = 0,
        middle: bool = False,
    ) -> None:
        super().__init__()
        self._theme, self._needs, self._right = theme, needs, right
        self._gaps = gap, gap if below is None else below
        self._middle, self._is_laid_out = middle, False
        self._parts: list[_Part] = []
        self._box = QBoxLayout(_ACROSS, self)
        follow(theme, self._measure)

    @property
    def is_row(self) -> bool:
        return self._box.direction() == _ACROSS

    def add(
        self, part: QWidget, *, stretch: int = 1, indent: int = 0, whole: bool = False, centred: bool = False
    ) -> None:
        """`indent`: how far it is pushed in where it stands below another (px at 100 %), or `centred` there.

        `whole`: it is not to wrap.
        """
        upright, line = QVBoxLayout(), QHBoxLayout()
        if self._middle:
            upright.addItem(_room())
            upright.setStretch(0, 1)
        upright.addWidget(part)
        upright.addItem(_room())
        upright.setStretch(upright.count() - 1, 1)
        line.setSpacing(0)
        line.addItem(_room())
        line.addLayout(upright)
        line.addItem(_room())
        self._parts.append(_Part(part, line, stretch, indent, whole, centred))
        self._box.addLayout(line, stretch)
        self._align()

    def drop(self, part: QWidget) -> None:
        """Takes out what `add` was given; it is the caller's again."""
        for known in self._parts:
            if known.widget is part:
                self._box.removeItem(known.line)
                known.line.deleteLater()
        self._parts = [known for known in self._parts if known.widget is not part]

    def sizeHint(self) -> QSize:
        """As wide as the row, also while it is a column: or two of them, one in the other, would never find back."""
        parts = self._shown()
        row = sum(part.widget.sizeHint().width() for part in parts) + self._between(len(parts))
        return QSize(row, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """As narrow as the column may be: a row that asked for its own width would never be let turn."""
        widths = [part.widget.minimumSizeHint().width() + self._theme.px(part.indent) for part in self._shown()]
        return QSize(max(widths, default=0), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._is_laid_out = True
        self._measure()

    def event(self, event: QEvent) -> bool:
        """Other words may need more room, or less."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._measure()
        return done

    def _measure(self) -> None:
        # Before it is laid out nobody knows the width; mostly there is room.
        across = not self._is_laid_out or self._fits(self.width())
        gap = self._theme.px(self._gaps[0 if across else 1])
        if across == self.is_row and gap == self._box.spacing():
            return
        turned = across != self.is_row
        self._box.setSpacing(gap)
        self._box.setDirection(_ACROSS if across else _DOWN)
        self._align()
        if turned:
            self.turned.emit(across)

    def _fits(self, width: int) -> bool:
        """With nothing wrapped, a row is no higher than the column, and no bar comes with it."""
        needed, natural = self._needed(), self.sizeHint().width()
        spared = needed + self._theme.px(SLACK)
        return width >= (needed if self.is_row else min(spared, natural) if natural >= needed else spared)

    def _needed(self) -> int:
        """px"""
        parts = self._shown()
        return max(self._theme.px(self._needs), sum(map(self._wanted, parts)) + self._between(len(parts)))

    def _between(self, parts: int) -> int:
        return self._theme.px(self._gaps[0]) * max(0, parts - 1) + self._theme.px(self._right)

    def _wanted(self, part: _Part) -> int:
        natural, least = part.widget.sizeHint().width(), part.widget.minimumSizeHint().width()
        return max(least, min(natural, self._theme.em(EASE))) if part.stretch and not part.whole else natural

    def _align(self) -> None:
        """In the column what has a width of its own keeps it."""
        self._box.setContentsMargins(0, 0, self._theme.px(self._right) if self.is_row else 0, 0)
        for part in self._parts:
            fixed = part.widget.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Fixed
            own = fixed or (not part.stretch and not self.is_row)
            part.line.setStretch(0, 1 if own and part.centred and not self.is_row else 0)
            part.line.setStretch(1, 0 if own else 1)
            part.line.setStretch(2, 1 if own else 0)
            part.line.setContentsMargins(0 if self.is_row else self._theme.px(part.indent), 0, 0, 0)

    def _shown(self) -> list[_Part]:
        """What was taken off the page on purpose needs no room; what was just made is hidden too, until it is shown."""
        return [part for part in self._parts if not (part.widget.isHidden() and _by_hand(part.widget))]


def _by_hand(widget: QWidget) -> bool:
    return widget.testAttribute(QtCore.Qt.WidgetAttribute.WA_WState_ExplicitShowHide)


def _room() -> QSpacerItem:
    """Takes what is left, and asks for none. An alignment would do, but to name `Qt` costs the start of the program."""
    return QSpacerItem(0, 0, QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
