"""The certificate that was made, the proof that it works, and what to do with it from now on."""

from __future__ import annotations

from desktop.services.api import Issued
from desktop.widgets.certificate_card import CertificateCard
from desktop.wizard.blocks import Bullets, section
from desktop.wizard.flow.masks import mask_serial
from desktop.wizard.flow.steps import Proof
from desktop.wizard.flow.view import View
from desktop.wizard.pages.result import ResultPage
from desktop.wizard.receipt import day, moment, receipt


class DonePage(ResultPage):
    def shape(self, view: View) -> tuple[object, ...]:
        return (view.facts.get(Issued), view.facts.get(Proof))

    def build(self, view: View) -> None:
        issued, proof = view.facts.get(Issued), view.facts.get(Proof)
        if issued is None:
            return
        theme, text, bank = self.kit.theme, self.kit.text, self.kit.bank
        proven = text("ui.done.proven") if proof else None
        card = CertificateCard(theme)
        card.set_content(
            bank.name[text.language],
            bank.product(issued.kind).name[text.language],
            issued.owner,
            mask_serial(issued.serial),
            day(issued.not_after),
            proven,
        )
        self.body.add(card)
        for editor in self.editors.values():
            self.body.add(editor.box)
        said = text("ui.done.proof", at=moment(proof.verified_at)) if proof else ""
        self.body.add(self.keeping(said, text("ui.done.save_receipt")))
        self.body.add(section(theme, text("ui.done.next"), Bullets(theme, text.items(self._next_steps(view)))))

    def _next_steps(self, view: View) -> str:
        """The key of what to do from now on, which differs by kind and by task."""
        kinds = (f"pages.done.{view.kind}_{view.task}", f"pages.done.{view.kind}")
        return self.kit.text.first(*kinds, "ui.done.next_steps")

    def receipt(self, view: View) -> tuple[str, str] | None:
        text, issued = self.kit.text, view.facts.get(Issued)
        if issued is None:
            return None
        written = receipt(text, self.kit.bank, issued, view.facts.get(Proof), practice=view.practice)
        return f"{text('ui.receipt.file')}-{day(issued.not_before)}.txt", written
