"""What every page of the lobby does alike: title, a line about it, a body, and at most one primary way on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.widgets.button import ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.theme import Role, Type
from desktop.wizard.group import Group
from desktop.wizard.lobby.room import Room


class Leaf(QWidget):
    """`NAME` is its place in the lobby and the key of its words, `lobby.<NAME>.title|about`."""

    opened = Signal(str, str)  # a place of the lobby, and what it is to be about
    chosen = Signal(object)  # Offer: the journey to begin
    changed = Signal()  # the page was drawn anew
    NAME = ""
    FACE = Type.TITLE

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.room = room
        self.about_what = ""
        self._title = Label(room.theme, "", self.FACE)
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
        self._title.set_text(self.title())
        self._about.set_text(self.about())
        self._about.setVisible(bool(self.about()))
        self.build()
        self.changed.emit()

    def title(self) -> str:
        return self.room.text(f"lobby.{self.NAME}.title")

    def about(self) -> str:
        key = f"lobby.{self.NAME}.about"
        return self.room.text(key) if self.room.text.has(key) else ""

    def build(self) -> None:
        """Puts the body together."""

    def primary_text(self) -> str:
        """What the primary button says; empty where the page has none."""
        return ""

    def primary_kind(self) -> ButtonKind:
        """Quieter where something else on the page comes first."""
        return ButtonKind.PRIMARY

    def back_text(self) -> str:
        """What the quiet button back says; empty where the page has none."""
        return ""

    def press_primary(self) -> None:
        """What Enter and the primary button do."""

    def step_out(self) -> None:
        """Back to where the person came from."""
        self.opened.emit("front", "")

    def look_again(self) -> None:
        """The media at hand have changed."""

    def stop(self) -> None:
        """The program ends: nothing may go on."""

    def focus_first(self) -> bool:
        """Puts the focus where the person goes on. False when that is the primary button."""
        return False
