"""A certificate that lives on the phone now: what it is, and how it is used from there."""

from __future__ import annotations

from desktop.services.api import Issued
from desktop.widgets.certificate_card import CertificateCard
from desktop.wizard.blocks import Bullets, section
from desktop.wizard.flow.masks import mask_serial
from desktop.wizard.flow.view import View
from desktop.wizard.page import Page
from desktop.wizard.receipt import day


class DeliveredPage(Page):
    def shape(self, view: View) -> tuple[object, ...]:
        return (view.facts.get(Issued),)

    def build(self, view: View) -> None:
        issued = view.facts.get(Issued)
        if issued is None:
            return
        theme, text, app = self.kit.theme, self.kit.text, self.kit.journey.app
        name = app.app[text.language] if app else text("pages.handoff.app")
        card = CertificateCard(theme)
        card.set_content(
            self.kit.bank_name(issued.bank),
            self.kit.kind_name(issued.bank, issued.kind),
            issued.owner,
            mask_serial(issued.serial),
            day(issued.not_after),
            text("pages.delivered.proven"),
        )
        self.body.add(card)
        steps = [step.format(app=name) for step in text.items("pages.delivered.next_steps")]
        self.body.add(section(theme, text("ui.done.next"), Bullets(theme, steps)))
