"""What a bank can do for a person, for who knows what they want: one list a kind of certificate."""

from __future__ import annotations

from desktop.services.vocabulary import Kind
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.label import Label
from desktop.widgets.theme import Role, Type
from desktop.wizard.blocks import section
from desktop.wizard.lobby.leaf import Leaf
from desktop.wizard.lobby.room import Room
from desktop.wizard.offers import Offer, offers_of


class TasksPage(Leaf):
    NAME = "tasks"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.lists: dict[Kind, ChoiceCards] = {}
        self._value = ""

    @property
    def offer(self) -> Offer | None:
        """What is chosen now."""
        return next((offer for offer in self._offers() if offer.id == self._value), None)

    def _offers(self) -> tuple[Offer, ...]:
        bank = self.room.banks.get(self.about_what)
        return offers_of(bank) if bank else ()

    def show_about(self, what: str) -> None:
        if what != self.about_what:
            self.about_what = what
            self._value = next((offer.id for offer in self._offers()), "")
        super().show_about(what)

    def title(self) -> str:
        return self.room.text("lobby.tasks.title", bank=self.room.bank_name(self.about_what))

    def build(self) -> None:
        theme, text = self.room.theme, self.room.text
        offered = self._offers()
        self.lists = {}
        for kind in dict.fromkeys(offer.kind for offer in offered):
            options = [self._option(offer) for offer in offered if offer.kind == kind]
            cards = ChoiceCards(theme, options, columns=2)
            name = self.room.banks[self.about_what].product(kind).name[text.language]
            cards.setAccessibleName(name)
            cards.chosen.connect(self.choose)
            self.lists[kind] = cards
            self.body.add(section(theme, name, cards))
        self._summary = Label(theme, "", Type.BODY, Role.MUTED)
        self.body.add(self._summary)
        self.choose(self._value)

    def choose(self, value: str) -> None:
        """One task out of all the lists."""
        self._value = value
        offer = self.offer
        for kind, cards in self.lists.items():
            cards.set_value(value if offer and offer.kind == kind else "")
        if offer is not None:
            self._summary.set_text(self.room.about(offer))

    def press_primary(self) -> None:
        if self.offer is not None:
            self.chosen.emit(self.offer)

    def primary_text(self) -> str:
        return self.room.text("ui.home.start")

    def back_text(self) -> str:
        return self.room.text("ui.back")

    def focus_first(self) -> bool:
        offer = self.offer
        if offer is not None:
            self.lists[offer.kind].setFocus()
        return offer is not None

    def _option(self, offer: Offer) -> tuple[str, str, str, str]:
        key = f"lobby.task.{offer.task}"
        return offer.id, self.room.text(f"{key}.name"), self.room.text(f"{key}.about"), ""
