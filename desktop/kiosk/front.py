"""The first page of a kiosk: what this branch lets people do here, and nothing of the one before."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.banks import Bank
from desktop.text import Text
from desktop.widgets.choice import ChoiceCards, Option
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.theme import Theme
from desktop.wizard.home import Home
from desktop.wizard.lobby.front import FrontPage
from desktop.wizard.lobby.room import Room
from desktop.wizard.offers import Branch, Offer

_ICONS = {"issue": "certificate", "renew": "refresh", "reissue": "refresh", "loss": "warning", "pin": "key"}


class KioskFront(FrontPage):
    """One list of all that may be done; it never says what the last person did."""

    def __init__(self, room: Room, offers: tuple[Offer, ...], columns: int) -> None:
        self._offers, self._columns = offers, columns
        self._chosen = offers[0].id
        super().__init__(room)

    def title(self) -> str:
        return self.room.text("kiosk.front.title")

    def about(self) -> str:
        return self.room.text("kiosk.front.about")

    def build(self) -> None:
        theme, text = self.room.theme, self.room.text
        self.banks = ChoiceCards(theme, [self._option(offer) for offer in self._offers], self._columns)
        self.banks.setAccessibleName(self.title())
        self.banks.set_value(self._chosen)
        self.banks.chosen.connect(self._choose)
        self.body.add(self.banks)
        if self.room.practice:
            said = text("ui.home.practice.title"), text("ui.practice.about")
            self.body.add(Notice(theme, NoticeKind.INFO, *said))

    def show_places(self, narrow: bool) -> None:
        """There are no others."""

    def press_primary(self) -> None:
        self.chosen.emit(next(offer for offer in self._offers if offer.id == self._chosen))

    def primary_text(self) -> str:
        return self.room.text("ui.home.start")

    def focus_first(self) -> bool:
        self.banks.setFocus()
        return True

    def _choose(self, value: str) -> None:
        self._chosen = value

    def _option(self, offer: Offer) -> Option:
        room = self.room
        journey = room.banks[offer.bank].journey(offer.kind, offer.task)
        assert journey is not None, "the file of the kiosk names journeys that exist"
        low, high = journey.minutes
        about = room.text("kiosk.front.option", bank=room.bank_name(offer.bank), low=low, high=high)
        return offer.id, room.task_name(offer), about, _ICONS.get(offer.task, "document")


class KioskHome(Home):
    """Has no other place to go to: no files, no history, no list of what this machine knows."""

    def __init__(
        self,
        theme: Theme,
        text: Text,
        banks: Mapping[str, Bank],
        offers: tuple[Offer, ...],
        *,
        practice: bool,
        columns: int = 1,
    ) -> None:
        """`columns`: how many journeys stand side by side."""
        self._banks, self._offers, self._columns = banks, offers, columns
        here = dict.fromkeys(offer.bank for offer in offers)
        branches = [Branch(name, {"ko": banks[name].name.ko, "en": banks[name].name.en}) for name in here]
        self._around = theme.snug()  # it lasts as long as what it dresses
        super().__init__(theme, text, branches, practice=practice, around=self._around)

    def make_front(self, room: Room) -> FrontPage:
        room.limit(self._banks, frozenset(self._offers))
        return KioskFront(room, self._offers, self._columns)

    def open(self, place: str, what: str = "") -> None:
        super().open("front")

    def list_places(self) -> None:
        """No list beside the page."""

    def fold(self) -> None:
        self.hide_side()
