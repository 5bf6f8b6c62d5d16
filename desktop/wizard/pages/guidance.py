"""What the person ought to know before beginning: cost, validity, where it is kept, and what happens."""

from __future__ import annotations

from desktop.wizard.blocks import Bullets, Table, section
from desktop.wizard.flow.view import View
from desktop.wizard.page import Page


class GuidancePage(Page):
    def build(self, view: View) -> None:
        theme, text, product = self.kit.theme, self.kit.text, self.kit.product
        low, high = self.kit.journey.minutes
        table = Table(theme)
        table.add(text("ui.guidance.fee"), product.fee[text.language])
        table.add(text("ui.guidance.validity"), text("ui.guidance.years", years=product.years))
        table.add(text("ui.guidance.duration"), text("ui.guidance.minutes", low=low, high=high))
        self.body.add(table)
        facts = [fact[text.language] for fact in (*self.kit.journey.guidance, *product.facts)]
        if facts:
            self.body.add(section(theme, text("ui.guidance.good_to_know"), Bullets(theme, facts)))
        uses = ", ".join(use[text.language] for use in product.uses)
        self.body.add(section(theme, text("ui.guidance.uses"), Bullets(theme, [uses])))
