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
from desktop.wizard.kit import Kit
from desktop.wizard.pages.result import ResultPage
from desktop.wizard.paper import Paper
from desktop.wizard.places import ICONS, place_name
from desktop.wizard.receipt import day, moment, receipt

#: What is said of a drive by how far it was let go of; `releasing` while that takes.
_SAID = {"releasing": NoticeKind.INFO, "written": NoticeKind.INFO, "failed": NoticeKind.WARNING}


class DonePage(ResultPage):
    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._removal = ""
        self._drive: Notice | None = None

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
        notice = Notice(theme, NoticeKind.SUCCESS, text(f"pages.done.kept.{key}", place=place_name(text, place)))
        if place.kind is PlaceKind.REMOVABLE:
            self._drive = notice
            notice.acted.connect(lambda: self._let_go(place))
            self.tell_removal(self._removal)
        group = Group(theme, notice, gap=Group.TIGHT)
        if place.kind is not PlaceKind.TOKEN and self.kit.kiosk is None:
            back_up = Button(theme, text("pages.done.kept.back_up"), ButtonKind.LINK, ICONS[PlaceKind.REMOVABLE])
            back_up.clicked.connect(lambda: self.lobby_asked.emit("files", issued.serial))
            group.add(back_up)
        return group

    def _let_go(self, place: Place) -> None:
        self.tell_removal("releasing")
        self.removal_asked.emit(place)

    def tell_removal(self, outcome: str) -> None:
        """Empty before anything was asked. The drive may be asked for again unless it is let go of, or gone."""
        self._removal = outcome
        issued, text = self.view.facts.get(Issued) if self.view else None, self.kit.text
        if self._drive is None or issued is None or issued.kept_at is None:
            return
        kept = text("pages.done.kept.files", place=place_name(text, issued.kept_at))
        said = text(f"pages.done.removal.{outcome or 'before'}")
        again = text("pages.done.removal.let_go") if outcome in {"", "failed"} else None
        self._drive.set_content(_SAID.get(outcome, NoticeKind.SUCCESS), kept, said, again)

    def _next_steps(self, view: View) -> str:
        """The key of what to do from now on, which differs by kind and by task."""
        kinds = (f"pages.done.{view.kind}_{view.task}", f"pages.done.{view.kind}")
        return self.kit.text.first(*kinds, "ui.done.next_steps")

    def receipt(self, view: View) -> Paper | None:
        issued = view.facts.get(Issued)
        if issued is None:
            return None
        return receipt(self.kit.text, self.kit.bank, issued, view.facts.get(Proof), practice=view.practice)
