"""The certificate that was made, the proof that it works, and what to do with it from now on."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.services.api import Issued, Place, PlaceKind
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.certificate_card import CertificateCard
from desktop.widgets.notice import Notice, NoticeKind
from desktop.wizard.blocks import Bullets, Group, section
from desktop.wizard.flow.masks import mask_serial
from desktop.wizard.flow.steps import Proof
from desktop.wizard.flow.view import View
from desktop.wizard.pages.result import ResultPage
from desktop.wizard.places import ICONS, place_name
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
        if issued.kept_at is not None:
            self.body.add(self._kept(issued, issued.kept_at))
        said = text("ui.done.proof", at=moment(proof.verified_at)) if proof else ""
        self.body.add(self.keeping(said, text("ui.done.save_receipt")))
        self.body.add(section(theme, text("ui.done.next"), Bullets(theme, text.items(self._next_steps(view)))))

    def _kept(self, issued: Issued, place: Place) -> QWidget:
        """Where the files are, what to do before a stick is pulled out, and the way to a second copy."""
        theme, text = self.kit.theme, self.kit.text
        key = "token" if place.kind is PlaceKind.TOKEN else "files"
        said = [text(f"pages.done.kept.{key}", place=place_name(text, place))]
        if place.kind is PlaceKind.REMOVABLE:
            said.append(text("pages.done.kept.remove"))
        group = Group(theme, Notice(theme, NoticeKind.SUCCESS, *said), gap=Group.TIGHT)
        if place.kind is not PlaceKind.TOKEN:
            back_up = Button(theme, text("pages.done.kept.back_up"), ButtonKind.LINK, ICONS[PlaceKind.REMOVABLE])
            back_up.clicked.connect(lambda: self.lobby_asked.emit("files", issued.serial))
            group.add(back_up)
        return group

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
