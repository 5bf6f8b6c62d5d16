"""What may be copied for whoever helps: shown first, word by word, so that nobody sends what they have not seen."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from desktop.services.vocabulary import ServiceError
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Type
from desktop.widgets.tokens import L
from desktop.wizard.blocks import LEFT, Group
from desktop.wizard.lobby.background import Background
from desktop.wizard.lobby.leaf import Leaf
from desktop.wizard.lobby.room import Room


class SupportPage(Leaf):
    NAME = "support"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._background = Background(self)
        self.found = ""  # empty while this machine is looked at
        self.copy: Button | None = None

    def show_about(self, what: str) -> None:
        """Looks at this machine anew, which takes a second or two."""
        self.found = ""
        super().show_about(what)
        support = self.room.support
        if support is not None:
            self._background.forget()
            self._background.run(support, self._show, self._say_why_not)

    def build(self) -> None:
        theme, text = self.room.theme, self.room.text
        self.copy = None
        if not self.found:
            self.body.add(Label(theme, text("lobby.support.looking"), Type.BODY, Role.MUTED))
            return
        sheet = Surface(theme, Role.SUNKEN)
        column = Column(theme, margins=(L, L, L, L))
        column.addWidget(Label(theme, self.found.rstrip(), Type.SMALL))
        sheet.setLayout(column)
        self.copy = Button(theme, text("lobby.support.copy"), ButtonKind.SECONDARY, "document")
        self.copy.clicked.connect(self._copy)
        self._copied = Notice(theme, NoticeKind.SUCCESS, "")
        self._copied.hide()
        self.body.add(sheet)
        self.body.add(Group(theme, self.copy, gap=0), align=LEFT)
        self.body.add(self._copied)

    def back_text(self) -> str:
        return self.room.text("ui.back")

    def focus_first(self) -> bool:
        if self.copy is not None:
            self.copy.setFocus()
        return self.copy is not None

    def step_out(self) -> None:
        self.opened.emit("help", "")

    def stop(self) -> None:
        self._background.stop()

    def _show(self, found: str) -> None:
        self.found = found
        self.retext()

    def _say_why_not(self, error: ServiceError) -> None:
        self._show(f"{error.reason}\n")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.found)
        self._copied.set_content(NoticeKind.SUCCESS, self.room.text("lobby.support.copied"))
        self._copied.show()
