"""What pages are put together from: groups, disclosures, bullets, and tables of answers."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import XL, XS, L, M, S
from desktop.wizard.group import Group, section

__all__ = ["LEFT", "TOP", "Bullets", "Disclosure", "Group", "Table", "section"]

TOP = Qt.AlignmentFlag.AlignTop
LEFT = Qt.AlignmentFlag.AlignLeft


class Disclosure(Surface):
    """A line with a button that unfolds what to do."""

    def __init__(self, theme: Theme, icon: str, text: str, ask: str, answer: str) -> None:
        super().__init__(theme)
        head = Row(theme, gap=M)
        head.addWidget(IconView(theme, icon, Role.ACCENT, XL))
        head.addWidget(Label(theme, text, Type.STRONG), 1)
        self._button = Button(theme, ask, ButtonKind.LINK)
        self._button.setAccessibleName(f"{text}: {ask}")
        self._button.clicked.connect(self._toggle)
        head.addWidget(self._button)
        self._answer = Label(theme, answer, Type.BODY, Role.MUTED)
        self._answer.hide()
        column = Column(theme, gap=XS, margins=(L, M, M, M))
        column.addLayout(head)
        column.addWidget(self._answer)
        self.setLayout(column)

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


class Table(QWidget):
    """Name and value, and a button where the value may be changed, in columns that line up."""

    change_asked = Signal(str)  # what `add` was given as `change_to`

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        follow(theme, self._measure)

    def add(self, name: str, value: str, *, change: str = "", change_to: str = "") -> None:
        row = self._grid.rowCount()
        middle = Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(Label(self._theme, name, Type.BODY, Role.MUTED), row, 0, middle)
        self._grid.addWidget(Label(self._theme, value, Type.STRONG), row, 1, 1, 1 if change else 2, middle)
        if change:
            button = Button(self._theme, change, ButtonKind.LINK)
            button.setAccessibleName(f"{name}: {change}")
            button.clicked.connect(lambda: self.change_asked.emit(change_to))
            self._grid.addWidget(button, row, 2, middle)

    def _measure(self) -> None:
        self._grid.setHorizontalSpacing(self._theme.px(XL))
        self._grid.setVerticalSpacing(self._theme.px(S))
