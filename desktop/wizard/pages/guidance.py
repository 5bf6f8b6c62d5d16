"""What the person ought to know before beginning: cost, validity, where it is kept, and what happens."""

from __future__ import annotations

from desktop.services.api import Task
from desktop.wizard.blocks import Bullets, Table, section
from desktop.wizard.flow.view import View
from desktop.wizard.page import Page

#: Tasks that give a certificate; what it costs and is good for matters to these alone.
GIVING = frozenset({Task.ISSUE, Task.REISSUE, Task.RENEW})


class GuidancePage(Page):
    def build(self, view: View) -> None:
        theme, text, product = self.kit.theme, self.kit.text, self.kit.product
        low, high = self.kit.journey.minutes
        giving = self.kit.task in GIVING
        table = Table(theme)
        if giving:
            table.add(text("ui.guidance.fee"), product.fee[text.language])
            table.add(text("ui.guidance.validity"), text("ui.guidance.years", years=product.years))
        table.add(text("ui.guidance.duration"), text("ui.guidance.minutes", low=low, high=high))
        self.body.add(table)
        facts = [fact[text.language] for fact in (*self.kit.journey.guidance, *(product.facts if giving else ()))]
        if facts:
            self.body.add(section(theme, text("ui.guidance.good_to_know"), Bullets(theme, facts)))
        if giving:
            uses = ", ".join(use[text.language] for use in product.uses)
            self.body.add(section(theme, text("ui.guidance.uses"), Bullets(theme, [uses])))
