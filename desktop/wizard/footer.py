"""The two ways on from a page: a quiet one back and one primary action."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.layouts import Row
from desktop.widgets.theme import Theme
from desktop.widgets.tokens import M


class Footer(QWidget):
    back_asked = Signal()
    primary_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.back = Button(theme, "", ButtonKind.QUIET)
        self.primary = Button(theme, "", ButtonKind.PRIMARY)
        self.primary.setObjectName("primary")
        row = Row(theme, gap=M)
        row.addWidget(self.back)
        row.addStretch(1)
        row.addWidget(self.primary)
        self.setLayout(row)
        self.back.clicked.connect(self.back_asked)
        self.primary.clicked.connect(self.primary_asked)

    def show_ways(self, *, back: str, can_back: bool, primary: str, can_primary: bool) -> None:
        self.back.set_text(back)
        self.back.setVisible(can_back)
        self.primary.set_text(primary)
        self.primary.setEnabled(can_primary)
