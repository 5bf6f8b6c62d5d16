"""What pages are put together from: groups, disclosures, bullets, and tables of answers."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from desktop.widgets.beside import EASE, SLACK, Beside
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import XL, XS, L, M, S
from desktop.wizard.group import Group, section

__all__ = ["LEFT", "TOP", "Bullets", "Disclosure", "Group", "Table", "section"]

#: Rows of the grid that a line of a table may take: name, value, button, and the gap above the next.
_ROWS = 4
TOP = Qt.AlignmentFlag.AlignTop
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


class Disclosure(Surface):
    """A line with a button that unfolds what to do."""

    def __init__(self, theme: Theme, icon: str, text: str, ask: str, answer: str) -> None:
        super().__init__(theme)
        self._head = Row(theme, gap=M)
        self._icon = IconView(theme, icon, Role.ACCENT, XL)
        self._head.addWidget(self._icon)
        self._button = Button(theme, ask, ButtonKind.LINK)
        self._button.setAccessibleName(f"{text}: {ask}")
        self._button.clicked.connect(self._toggle)
        words = Beside(theme, gap=M, below=0, middle=True)
        words.add(Label(theme, text, Type.STRONG))
        words.add(self._button, stretch=0)
        words.turned.connect(self._turn)
        self._head.addWidget(words, 1)
        self._answer = Label(theme, answer, Type.BODY, Role.MUTED)
        self._answer.hide()
        column = Column(theme, gap=XS, margins=(L, M, M, M))
        column.addLayout(self._head)
        column.addWidget(self._answer)
        self.setLayout(column)

    def _turn(self, across: bool) -> None:
        """Beside one line the icon stands in its middle, beside more at their top."""
        self._head.setAlignment(self._icon, Qt.AlignmentFlag(0) if across else TOP)

    @property
    def asked(self) -> str:
        """The name of its button."""
        return self._button.accessibleName()

    @property
    def unfolded(self) -> bool:
        return not self._answer.isHidden()

    def unfold(self, open_: bool) -> None:
        self._answer.setVisible(open_)
        self._button.setAccessibleDescription(self._answer.plain_text() if open_ else "")

    def _toggle(self) -> None:
        self.unfold(not self.unfolded)


class Bullets(QWidget):
    """Short sentences under one another, each behind a mark."""

    def __init__(self, theme: Theme, sentences: Iterable[str], role: Role = Role.TEXT) -> None:
        super().__init__()
        column = Column(theme, gap=S)
        for sentence in sentences:
            row = Row(theme, gap=S)
            mark = Label(theme, "•", Type.BODY, Role.ACCENT)
            mark.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            row.addWidget(mark, 0, TOP)
            row.addWidget(Label(theme, sentence, Type.BODY, role), 1)
            column.addLayout(row)
        self.setLayout(column)


class _Line(NamedTuple):
    name: Label
    value: Label
    change: Button | None


class _Form(Enum):
    """How the lines of a table stand: in columns, each value under its name, and its button under both."""

    COLUMNS = auto()
    STACKED = auto()
    ALL_UNDER = auto()


class Table(QWidget):
    """Name and value, and a button where the value may be changed, in columns that line up.

    Where the columns have no room each value stands under its name, and the button at the end of the name's line, or
    under both.
    """

    change_asked = Signal(str)  # what `add` was given as `change_to`

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: list[_Line] = []
        self._form = _Form.COLUMNS
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        follow(theme, self._measure)

    def add(self, name: str, value: str, *, change: str = "", change_to: str = "") -> None:
        theme, button = self._theme, None
        if change:
            button = Button(theme, change, ButtonKind.LINK)
            button.setAccessibleName(f"{name}: {change}")
            button.clicked.connect(lambda: self.change_asked.emit(change_to))
        line = _Line(Label(theme, name, Type.BODY, Role.MUTED), Label(theme, value, Type.STRONG), button)
        self._lines.append(line)
        self._place(len(self._lines) - 1, line)
        self._measure()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the narrowest form may be, or it would never be let take it."""
        wide = max((_least(part) for line in self._lines for part in line if part), default=0)
        return QSize(wide, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _measure(self) -> None:
        px, form = self._theme.px, self._form_for(self.width())
        columns = form is _Form.COLUMNS
        self._grid.setHorizontalSpacing(px(XL if columns else M))
        self._grid.setVerticalSpacing(px(S) if columns else 0)
        self._grid.setColumnStretch(0, 0 if columns else 1)
        self._grid.setColumnStretch(1, 1 if columns else 0)
        if form is not self._form:
            self._form = form
            for n, line in enumerate(self._lines):
                self._place(n, line)
        for n in range(len(self._lines) - 1):
            self._grid.setRowMinimumHeight(_ROWS * n + _ROWS - 1, 0 if columns else px(M))

    def _form_for(self, width: int) -> _Form:
        slack = 0 if self._form is _Form.COLUMNS else self._theme.px(SLACK)
        if not self.testAttribute(Qt.WidgetAttribute.WA_Resized) or width >= self._needed() + slack:
            return _Form.COLUMNS
        gap = self._theme.px(M) + (self._theme.px(SLACK) if self._form is _Form.ALL_UNDER else 0)
        heads = (_least(line.name) + gap + line.change.sizeHint().width() for line in self._lines if line.change)
        return _Form.STACKED if max(heads, default=0) <= width else _Form.ALL_UNDER

    def _needed(self) -> int:
        """What the columns are read with ease at, px."""
        ease, gap = self._theme.px(EASE), self._theme.px(XL)
        first, second = (
            max((max(_least(w), min(w.sizeHint().width(), ease)) for w in column), default=0)
            for column in ([line.name for line in self._lines], [line.value for line in self._lines])
        )
        third = max((line.change.sizeHint().width() for line in self._lines if line.change), default=-gap)
        return first + gap + second + gap + third

    def _place(self, n: int, line: _Line) -> None:
        """Row `_ROWS * n` and those after it: in columns the first of them alone is used."""
        row, middle = _ROWS * n, Qt.AlignmentFlag.AlignVCenter
        beside = line.change is not None and self._form is _Form.STACKED
        if self._form is _Form.COLUMNS:
            self._grid.addWidget(line.name, row, 0, middle)
            self._grid.addWidget(line.value, row, 1, 1, 1 if line.change else 2, middle)
        else:
            self._grid.addWidget(line.name, row, 0, 1, 1 if beside else 2, middle)
            self._grid.addWidget(line.value, row + 1, 0, 1, 2)
        if line.change is None:
            return
        if self._form is _Form.COLUMNS:
            self._grid.addWidget(line.change, row, 2, middle)
        elif beside:
            self._grid.addWidget(line.change, row, 1, middle | RIGHT)
        else:
            self._grid.addWidget(line.change, row + 2, 0, 1, 2, LEFT)


def _least(widget: QWidget) -> int:
    return widget.minimumSizeHint().width()
