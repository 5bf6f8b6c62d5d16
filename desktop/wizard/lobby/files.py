"""The certificate files on every medium there is: listed as they are found, each a way to all that can be done."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.certs.facts import now_utc
from desktop.certs.found import Found, State, all_places, find, settle
from desktop.certs.words import Words
from desktop.services.api import Place
from desktop.services.media.recover import Finding, Outcome
from desktop.services.vocabulary import ServiceError
from desktop.widgets import layouts
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.row_button import Row, RowButton
from desktop.widgets.theme import Role, Type
from desktop.widgets.tokens import S
from desktop.wizard.blocks import LEFT, TOP, Group
from desktop.wizard.lobby.background import Background
from desktop.wizard.lobby.leaf import Leaf
from desktop.wizard.lobby.room import Room
from desktop.wizard.lobby.telling import told
from desktop.wizard.lobby.wrapped import Wrapped

#: How many are shown before one asks for more: ten thousand cards would be no list.
SHOWN = 30
LOOKS = {
    State.GOOD: ("success", Role.SUCCESS),
    State.NOT_YET_VALID: ("warning", Role.WARNING),
    State.EXPIRED: ("danger", Role.DANGER),
    State.BROKEN: ("danger", Role.DANGER),
}


class FilesPage(Leaf):
    """About a serial number (decimal) it leads straight to a copy of that certificate, once it is found."""

    NAME = "files"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.background = Background(self)
        self.found: list[Found] = []
        self.cards: dict[str, RowButton] = {}

    def build(self) -> None:
        theme, text = self.room.theme, self.room.text
        self.background.forget()
        self.found, self.cards = [], {}
        ways = Wrapped(theme)
        self.ways: dict[str, Button] = {}
        for name, icon in (("import", "download"), ("check", "shield"), ("again", "refresh")):
            way = Button(theme, text(f"lobby.files.{name}"), ButtonKind.LINK, icon)
            self.ways[name] = way
            ways.add(way)
        self.ways["import"].clicked.connect(lambda: self.opened.emit("file_job", "import"))
        self.ways["check"].clicked.connect(lambda: self.opened.emit("file_job", "check"))
        self.ways["again"].clicked.connect(self.retext)
        self.body.add(ways)
        self._list = Group(theme, gap=Group.CLOSE)
        self.body.add(self._list)
        self._told = Label(theme, text("lobby.files.looking"), Type.SMALL, Role.MUTED)
        self._more = Button(theme, text("lobby.files.more"), ButtonKind.QUIET, "chevron-down")
        self._more.clicked.connect(self._show_more)
        self._more.hide()
        self.body.add(self._more, align=LEFT)
        self.body.add(self._told)
        data = self.room.data if self.room.practice else None
        self.background.run(lambda: settle(all_places(data=data)), self._tell_settled, self._refused)
        self.background.stream(lambda: find(all_places(data=data), now_utc()), self._arrived, self._ended)

    def look_again(self) -> None:
        self.retext()

    def stop(self) -> None:
        self.background.stop()

    def focus_first(self) -> bool:
        first = next(iter(self.cards.values()), self.ways["again"])
        first.setFocus()
        return True

    def step_out(self) -> None:
        self.background.forget()
        super().step_out()

    def _tell_settled(self, settled: list[tuple[Place, Finding]]) -> None:
        """What the pulling of a stick or a loss of power had left half done, and what is there now."""
        words = Words(self.room.text, now_utc())
        for place, finding in settled:
            kind = NoticeKind.WARNING if finding.outcome is Outcome.UNSETTLED else NoticeKind.INFO
            self._list.add(Notice(self.room.theme, kind, words.settled(place, finding)))

    def _refused(self, error: ServiceError) -> None:
        self._list.add(Notice(self.room.theme, NoticeKind.DANGER, *told(self.room.text, error)))

    def _arrived(self, found: list[Found]) -> None:
        self.found += found
        wanted = next((one for one in found if one.facts and one.facts.serial == self.about_what), None)
        if wanted is not None:
            self.about_what = ""
            self.background.forget()
            self.opened.emit("file_job", f"copy {wanted.entry.folder}")
            return
        self._show(SHOWN - len(self.cards))
        self._told.set_text(self.room.text("lobby.files.so_far", count=len(self.found)))

    def _ended(self) -> None:
        text = self.room.text
        if not self.found:
            self._list.add(Notice(self.room.theme, NoticeKind.INFO, text("lobby.files.none"), text("lobby.files.plug")))
        self._told.set_text(text("certs.list.count", count=len(self.found)) if self.found else "")

    def _show_more(self) -> None:
        first = len(self.cards)
        self._show(SHOWN)
        later = list(self.cards.values())[first:]
        if later:
            later[0].setFocus()

    def _show(self, most: int) -> None:
        for one in self.found[len(self.cards) : len(self.cards) + max(most, 0)]:
            self._list.add(self._card(one))
        self._more.setVisible(len(self.cards) < len(self.found))

    def _card(self, found: Found) -> RowButton:
        words = Words(self.room.text, now_utc())
        facts, folder = found.facts, str(found.entry.folder)
        icon, role = LOOKS[found.state]
        about = words.place(found.place)
        if facts:
            about = f"{words(f'use.{facts.use}')} · {facts.organization} · {about}"
        if found.reason:
            about += f"\n{words.amiss(found)}"
        name = facts.owner if facts else words("list.unreadable")
        card = RowButton(self.room.theme, Row("certificate", name, (icon, words.state(found), role), about))
        card.clicked.connect(lambda: self.opened.emit("file", folder))
        self.cards[f"{len(self.cards)} {folder}"] = card
        return card


def state_line(room: Room, found: Found, words: Words) -> QWidget:
    """With an icon and words; the colour only underlines them."""
    icon, role = LOOKS[found.state]
    line, row = QWidget(), layouts.Row(room.theme, gap=S)
    row.addWidget(IconView(room.theme, icon, role, 20, beside=Type.STRONG), 0, TOP)
    row.addWidget(Label(room.theme, words.state(found), Type.STRONG, role), 1)
    line.setLayout(row)
    return line
