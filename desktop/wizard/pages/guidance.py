"""What the person ought to know before beginning: cost, validity, where it is kept, and what happens."""

from __future__ import annotations

from desktop.services.api import Task
from desktop.wizard.blocks import Bullets, Table, section
from desktop.wizard.flow.view import View
from desktop.wizard.naming import years
from desktop.wizard.page import Page

#: Tasks that give a certificate, of which one may ask what it costs; and those that give it years of its own.
GIVING = frozenset({Task.ISSUE, Task.REISSUE, Task.RENEW})
LASTING = GIVING - {Task.REISSUE}


class GuidancePage(Page):
    def build(self, view: View) -> None:
        theme, text, product = self.kit.theme, self.kit.text, self.kit.product
        low, high = self.kit.journey.minutes
        first = self.kit.task is Task.ISSUE  # who has one already knows what it is good for
        table = Table(theme)
        if self.kit.task in GIVING:
            table.add(text("ui.guidance.fee"), product.fee[text.language])
        if self.kit.task in LASTING:
            table.add(text("ui.guidance.validity"), years(text, product.years))
        table.add(text("ui.guidance.duration"), text("ui.guidance.minutes", low=low, high=high))
        self.body.add(table)
        facts = [fact[text.language] for fact in (*self.kit.journey.guidance, *(product.facts if first else ()))]
        if facts:
            self.body.add(section(theme, text("ui.guidance.good_to_know"), Bullets(theme, facts)))
        if first:
            uses = " · ".join(use[text.language] for use in product.uses)
            self.body.add(section(theme, text("ui.guidance.uses"), Bullets(theme, [uses])))
