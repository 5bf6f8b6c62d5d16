"""The column that a page stands in, and the line that stands for the rail where the window is narrow."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.widgets.beside import Beside
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import COLUMN, XL, XXL, L, S

LARGE = 1.5


class Centred(QWidget):
    """Its content at most as wide as a column, in the middle, with space around that gives way in a narrow window."""

    def __init__(self, theme: Theme, content: QWidget, *, above: int, below: int = XL) -> None:
        super().__init__()
        self._theme, self._content, self._above, self._below = theme, content, above, below
        self._row = QHBoxLayout(self)
        self._row.setSpacing(0)
        # Stretches, not alignment: only so is the height asked for the width that the content really gets.
        self._row.addStretch(1)
        self._row.addWidget(content, 1000)
        self._row.addStretch(1)
        follow(theme, self._measure)

    def _measure(self) -> None:
        px = self._theme.px
        # Enlarged, the content needs the room more than the space around it.
        spare = 1.0 if self._theme.scale < LARGE else 0.5
        side, above, below = (round(px(size) * spare) for size in (XXL, self._above, self._below))
        self._content.setMaximumWidth(self._theme.em(COLUMN))
        self._row.setContentsMargins(side, above, side, below)


class Strip(Surface):
    """ "4 of 10 · identity" and the time left; `task`, what is being done, above them where it is given."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Role.SUNKEN, rounded=False)
        self.task = Label(theme, "", Type.BODY)
        self.task.hide()
        self.place = Label(theme, "", Type.STRONG)
        self.left = Label(theme, "", Type.SMALL, Role.MUTED)
        both = Beside(theme, gap=S, below=0, middle=True)
        both.add(self.place, whole=True)
        both.add(self.left, stretch=0)
        column = Column(theme, margins=(L, S, L, S))
        column.addWidget(self.task)
        column.addWidget(both)
        self.setLayout(column)

    def show_place(self, place: str, left: str, task: str = "") -> None:
        self.task.set_text(task)
        self.task.setVisible(bool(task))
        self.place.set_text(place)
        self.left.set_text(left)
