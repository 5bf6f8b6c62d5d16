"""The question asked once before a journey is given up."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from desktop.text import Text
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.theme import Theme, Type
from desktop.widgets.tokens import XL, M, S


class LeaveQuestion(QDialog):
    """Shown with `open()`; `accepted` when the person leaves. Enter keeps the journey, so that no reflex ends it."""

    def __init__(self, theme: Theme, text: Text, parent: QWidget, *, unknown: bool = False) -> None:
        """`unknown`: what was asked for may have happened, and nobody knows yet."""
        super().__init__(parent)
        self.setObjectName("leave")
        self.setWindowTitle(text("ui.leave.title"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(theme.px(360))
        self.stay = Button(theme, text("ui.leave.stay"), ButtonKind.PRIMARY)
        self.go = Button(theme, text("ui.leave.go"), ButtonKind.SECONDARY)
        self.stay.clicked.connect(self.reject)
        self.go.clicked.connect(self.accept)
        self.stay.setDefault(True)
        buttons = Row(theme, gap=S)
        buttons.addStretch(1)
        buttons.addWidget(self.go)
        buttons.addWidget(self.stay)
        column = Column(theme, gap=M, margins=(XL, XL, XL, XL))
        column.addWidget(Label(theme, text("ui.leave.title"), Type.HEADING))
        column.addWidget(Label(theme, text("ui.leave.unknown" if unknown else "ui.leave.body")))
        column.add_gap(S)
        column.addLayout(buttons)
        self.setLayout(column)
        self.stay.setFocus()
