"""The account that money may leave, and where the bank reaches the person."""

from __future__ import annotations

from desktop.widgets.beside import Beside
from desktop.wizard.flow.view import View
from desktop.wizard.page import Page

#: Fields that belong together and stand side by side where there is room.
PAIRS = (("account", "account_password"), ("email", "phone"))


class AccountPage(Page):
    def build(self, view: View) -> None:
        asked = list(self.editors)
        for pair in PAIRS:
            row = Beside(self.kit.theme, needs=400)
            for name in (name for name in pair if name in asked):
                row.add(self.editors[name].box, stretch=3 if name == pair[0] else 2)
            self.body.add(row)
        for name in (name for name in asked if not any(name in pair for pair in PAIRS)):
            self.body.add(self.editors[name].box)
