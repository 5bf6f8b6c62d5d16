"""A certificate of another bank exists: register it here or have a new one made. Nobody decides that for the person."""

from __future__ import annotations

from desktop.services.api import Holdings
from desktop.widgets.choice import Option
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Type
from desktop.widgets.tokens import XL, L, M
from desktop.wizard.flow.view import View
from desktop.wizard.holdings import name_of, standing
from desktop.wizard.page import Page

ICONS = {"register": "plus", "new": "certificate"}


class ExistingPage(Page):
    def shape(self, view: View) -> tuple[object, ...]:
        return (view.facts.get(Holdings),)

    def hint(self, field: str) -> str:
        """The consequence stands on each card."""
        return ""

    def option(self, field: str, value: str) -> Option:
        """What becomes of the other bank's certificate is said with the choice that decides it."""
        text = self.kit.text
        replaced = value == "new" and self.kit.bank.policies.replaces_elsewhere
        about = text("pages.existing.new_replaces" if replaced else f"pages.existing.{value}")
        return value, text(f"field.{field}.option.{value}"), about, ICONS[value]

    def build(self, view: View) -> None:
        holdings = view.facts.get(Holdings)
        if holdings is None:
            return
        found = Column(self.kit.theme, gap=M, margins=(L, M, L, M))
        for holding in holdings.elsewhere:
            row = Row(self.kit.theme, gap=M)
            row.addWidget(IconView(self.kit.theme, "certificate", Role.ACCENT, XL, beside=Type.STRONG))
            words = Column(self.kit.theme)
            words.addWidget(Label(self.kit.theme, name_of(self.kit, holding), Type.STRONG))
            words.addWidget(Label(self.kit.theme, standing(self.kit, holding), Type.SMALL, Role.MUTED))
            row.addLayout(words, 1)
            found.addLayout(row)
        plate = Surface(self.kit.theme)
        plate.setLayout(found)
        self.body.add(plate)
        super().build(view)

    def ready(self, view: View) -> bool:
        """C1: an explicit choice, and none is made beforehand."""
        editor = self.editors.get("existing")
        return editor is None or bool(editor.value())
