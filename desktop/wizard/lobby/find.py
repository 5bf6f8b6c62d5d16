"""Help found by what a person types, with every key, in either language and without a connection."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent

from desktop.help import Help, Hit, help_of
from desktop.text import LANGUAGES, Text
from desktop.widgets.announce import announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.entry import TextEntry
from desktop.widgets.field import FieldBox
from desktop.widgets.label import Label
from desktop.widgets.theme import Role, Type
from desktop.wizard.blocks import LEFT, Disclosure, Group, Table, section
from desktop.wizard.lobby.leaf import Leaf
from desktop.wizard.lobby.room import Room

#: How long the hand rests before what was found is spoken (ms), and how much is shown before anything is typed.
RESTS, OFTEN = 700, 6


class FindPage(Leaf):
    NAME = "help"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._help: Help | None = None
        self._query = ""
        self.answers: list[Disclosure] = []
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(RESTS)
        self._resting.timeout.connect(self._speak)

    def show_about(self, what: str) -> None:
        """`what` is looked for at once: a failure's number, say."""
        self._query = what
        super().show_about(what)

    def build(self) -> None:
        theme, text = self.room.theme, self.room.text
        self.entry = TextEntry(theme, 80)
        self.entry.set_value(self._query)
        self.entry.edited.connect(self._search)
        self.body.add(FieldBox(theme, text("lobby.help.search"), text("help.hint"), self.entry))
        self._found = Group(theme, gap=Group.CLOSE)
        self.body.add(self._found)
        centres = Table(theme)
        for bank in self.room.banks.values():
            hours = text("ui.centre.line", phone=bank.centre.phone, hours=bank.centre.hours[text.language])
            centres.add(bank.name[text.language], hours)
        self.body.add(section(theme, text("lobby.help.centres"), centres))
        if self.room.support is not None:
            self.support = Button(theme, text("lobby.support.open"), ButtonKind.LINK, "document")
            self.support.clicked.connect(lambda: self.opened.emit("support", ""))
            self.body.add(self.support, align=LEFT)
        self._show()

    def focus_first(self) -> bool:
        self.entry.setFocus()
        return True

    def press_primary(self) -> None:
        """Enter unfolds the best answer."""
        if self.answers:
            self.answers[0].unfold(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Left behind, it speaks no longer into other pages."""
        super().hideEvent(event)
        self._resting.stop()

    def _search(self) -> None:
        self._query = self.entry.value()
        self._show()
        self._resting.start()

    def _show(self) -> None:
        theme, text = self.room.theme, self.room.text
        self._found.clear()
        hits = self._hits()
        self._found.add(Label(theme, text("lobby.help.found" if self._query else "lobby.help.often"), Type.HEADING))
        self.answers = [Disclosure(theme, "help", self._named(h), text("lobby.help.answer"), h.answer) for h in hits]
        for answer in self.answers:
            self._found.add(answer)
        if not hits:
            self._found.add(Label(theme, text("help.empty"), Type.BODY, Role.MUTED))

    def _named(self, hit: Hit) -> str:
        """Banks answer the same question differently."""
        return f"{self.room.bank_name(hit.entry.bank)} · {hit.title}" if hit.entry.bank else hit.title

    def _hits(self) -> list[Hit]:
        """Before anything is typed: what is asked most, which the profiles put first."""
        if self._help is None:
            self._help = help_of(self.room.banks.values(), {language: Text(language) for language in LANGUAGES})
        language = self.room.text.language
        if self._query:
            return list(self._help.search(self._query, language))
        often = self._help.entries[:OFTEN]
        return [Hit(entry, entry.titles[language], entry.answers[language], 1.0) for entry in often]

    def _speak(self) -> None:
        count = len(self.answers)
        announce(self, self.room.text("help.found" if count else "help.empty", count=count))
