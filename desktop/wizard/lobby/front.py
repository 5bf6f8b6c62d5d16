"""The first page: what happened last, which bank it is to be, and the way for who does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.label import Label
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.theme import Role, Type
from desktop.wizard.group import Group, section
from desktop.wizard.lobby.leaf import Leaf
from desktop.wizard.lobby.room import News, Room
from desktop.wizard.offers import Offer

if TYPE_CHECKING:
    from desktop.widgets.nav import NavList


class FrontPage(Leaf):
    resumed = Signal()
    NAME = "front"
    FACE = Type.DISPLAY

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._news: News | None = None
        self._interrupted: Offer | None = None
        self._bank = room.branches[0].id if room.branches else ""
        self._narrow = False
        self.resume: Button | None = None
        self._places: NavList | None = None
        self.retext()

    def tell(self, news: News | None) -> None:
        self._news = news
        self.retext()

    def offer_resume(self, interrupted: Offer | None) -> None:
        """A journey that was cut off can be gone on with."""
        self._interrupted = interrupted
        self.retext()

    def show_places(self, narrow: bool) -> None:
        """Where there is no room for the list of places beside the page, it stands at its end."""
        self._narrow = narrow
        if narrow and self._places is None:
            self._list_places()
        if self._places is not None:
            self._places.setVisible(narrow)

    def build(self) -> None:
        theme, text = self.room.theme, self.room.text
        if self._news is not None:
            key = f"lobby.news.{self._news.code}"
            said = (text(f"{key}.{part}", **self._news.data) for part in ("title", "body"))
            self.body.add(Notice(theme, self._news.kind, *said))
        self.resume = self._make_resume()
        options = [(branch.id, branch.name[text.language], "", "bank") for branch in self.room.branches]
        self.banks = ChoiceCards(theme, options, columns=2)
        self.banks.setAccessibleName(text("lobby.front.bank"))
        self.banks.set_value(self._bank)
        self.banks.chosen.connect(self._keep)
        self.unsure = Button(theme, text("lobby.front.unsure"), ButtonKind.LINK, "search")
        self.unsure.clicked.connect(lambda: self.opened.emit("chooser", ""))
        asked = section(theme, text("lobby.front.bank"), self.banks)
        asked.add_narrow(self.unsure)
        self.body.add(asked)
        if self.room.practice:
            title, body = text("ui.home.practice.title"), text("ui.home.practice.body")
            self.body.add(Notice(theme, NoticeKind.INFO, title, body))
        else:
            self.body.add_narrow(Label(theme, text("ui.home.never"), Type.SMALL, Role.MUTED))
        self._places = None
        self.show_places(self._narrow)

    def press_primary(self) -> None:
        self.opened.emit("tasks", self.banks.value())

    def primary_text(self) -> str:
        return self.room.text("lobby.front.go_on")

    def primary_kind(self) -> ButtonKind:
        return ButtonKind.SECONDARY if self.resume else ButtonKind.PRIMARY

    def focus_first(self) -> bool:
        (self.resume or self.banks).setFocus()
        return True

    def _list_places(self) -> None:
        from desktop.widgets.nav import NavList  # noqa: PLC0415 - not on the first page of a wide window
        from desktop.wizard.lobby.places import places  # noqa: PLC0415 - as above

        self._places = NavList(self.room.theme, places(self.room.text))
        self._places.chosen.connect(lambda name: self.opened.emit(name, ""))
        self.body.add(self._places)

    def _keep(self, bank: str) -> None:
        self._bank = bank

    def _make_resume(self) -> Button | None:
        """Going on comes first: until then the state of a certificate may be unknown."""
        if self._interrupted is None:
            return None
        theme, text, offer = self.room.theme, self.room.text, self._interrupted
        said = text("ui.home.interrupted.body", task=self.room.journey_name(offer))
        notice = Notice(theme, NoticeKind.WARNING, text("ui.home.interrupted.title"), said)
        button = Button(theme, text("ui.home.interrupted.go_on"), ButtonKind.PRIMARY)
        button.clicked.connect(self.resumed)
        self.body.add(Group(theme, notice, button, gap=Group.CLOSE))
        return button
