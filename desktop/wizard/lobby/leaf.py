"""What every page of the lobby does alike: title, a line about it, a body, and at most one primary way on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.theme import Role, Type
from desktop.wizard.blocks import Group
from desktop.wizard.lobby.room import Room


class Leaf(QWidget):
    """`NAME` is its place in the lobby and the key of its words, `lobby.<NAME>.title|about`."""

    opened = Signal(str, str)  # a place of the lobby, and what it is to be about
    chosen = Signal(object)  # Offer: the journey to begin
    NAME = ""

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.room = room
        self.about_what = ""
        self.primary: Button | None = None
        self.back: Button | None = None
        self._title = Label(room.theme, "", Type.TITLE)
        self._about = Label(room.theme, "", Type.BODY, Role.MUTED)
        self.body = Group(room.theme, gap=Group.WIDE)
        column = Column(room.theme, gap=Group.WIDE)
        column.addWidget(Group(room.theme, self._title, self._about, gap=Group.TIGHT))
        column.addWidget(self.body)
        column.addStretch(1)
        self.setLayout(column)

    def show_about(self, what: str) -> None:
        """Draws the page anew. `what` it is to be about, where that matters: a bank, a search."""
        self.about_what = what
        self.retext()

    def retext(self) -> None:
        """New words, or new things to show."""
        self.body.clear()
        self.primary = self.back = None
        self._title.set_text(self.title())
        self._about.set_text(self.about())
        self._about.setVisible(bool(self.about()))
        self.build()

    def title(self) -> str:
        return self.room.text(f"lobby.{self.NAME}.title")

    def about(self) -> str:
        key = f"lobby.{self.NAME}.about"
        return self.room.text(key) if self.room.text.has(key) else ""

    def build(self) -> None:
        """Puts the body together."""

    def add_ways(self, primary: str, *, back: str = "") -> None:
        """The primary way on, and a quiet one back."""
        theme, row = self.room.theme, QWidget()
        ways = Row(theme, gap=Group.CLOSE)
        self.primary = Button(theme, primary, ButtonKind.PRIMARY)
        self.primary.clicked.connect(self.press_primary)
        ways.addWidget(self.primary)
        if back:
            self.back = Button(theme, back, ButtonKind.QUIET)
            self.back.clicked.connect(self.step_out)
            ways.addWidget(self.back)
        ways.addStretch(1)
        row.setLayout(ways)
        self.body.add(row)

    def press_primary(self) -> None:
        """What Enter and the primary button do."""

    def step_out(self) -> None:
        """Back to where the person came from."""
        self.opened.emit("front", "")

    def focus_first(self) -> None:
        """Puts the focus where the person goes on."""
        if self.primary is not None:
            self.primary.setFocus()
