"""How the same is done in a bank's phone app: a code that leads there, and the menus to touch, one by one."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.banks import AppPath
from desktop.widgets.beside import Beside
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.label import Label
from desktop.widgets.qr import QrPicture
from desktop.widgets.theme import Role, Type
from desktop.wizard.blocks import Group, section
from desktop.wizard.lobby.leaf import Leaf
from desktop.wizard.lobby.room import Room
from desktop.wizard.numbered import Numbered
from desktop.wizard.offers import Offer

CODE = 132


class AppsPage(Leaf):
    NAME = "apps"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._value = ""

    def build(self) -> None:
        theme, text = self.room.theme, self.room.text
        guides = self._guides()
        if self._value not in guides:
            self._value = next(iter(guides), "")
        options = [self._option(offer) for offer, _ in guides.values()]
        self.choices = ChoiceCards(theme, options, columns=2)
        self.choices.setAccessibleName(text("lobby.apps.title"))
        self.choices.set_value(self._value)
        self.choices.chosen.connect(self._show)
        self.body.add(self.choices)
        self._guide = Group(theme, gap=Group.USUAL)
        self.body.add(self._guide)
        self._show(self._value)

    def focus_first(self) -> bool:
        self.choices.setFocus()
        return True

    def _guides(self) -> dict[str, tuple[Offer, AppPath]]:
        found: dict[str, tuple[Offer, AppPath]] = {}
        for offer in self.room.offers:
            journey = self.room.banks[offer.bank].journey(offer.kind, offer.task)
            if journey is not None and journey.app is not None:
                found[offer.id] = offer, journey.app
        return found

    def _show(self, value: str) -> None:
        self._value = value
        guide = self._guides().get(value)
        self._guide.clear()
        if guide is not None:
            self._guide.add(self._make_guide(guide[1]))

    def _make_guide(self, app: AppPath) -> QWidget:
        theme, text = self.room.theme, self.room.text
        name = app.app[text.language]
        said = text("lobby.apps.code", app=name)
        code = Group(theme, QrPicture(theme, app.store_url, said, CODE), gap=Group.TIGHT)
        code.add(Label(theme, app.store_url.removeprefix("https://"), Type.SMALL, Role.MUTED))
        code.setFixedWidth(theme.px(CODE + 24))
        beside = Beside(theme, needs=420, gap=Group.WIDE)
        beside.add(code, stretch=0)
        beside.add(Numbered(theme, (step[text.language] for step in app.steps), gap=Group.TIGHT))
        return section(theme, text("lobby.apps.in", app=name), beside)

    def _option(self, offer: Offer) -> tuple[str, str, str, str]:
        return offer.id, self.room.bank_name(offer.bank), self.room.task_name(offer), ""
