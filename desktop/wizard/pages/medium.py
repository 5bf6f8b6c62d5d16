"""The security medium: the two places asked of a card, or the number a token shows."""

from __future__ import annotations

from desktop.services.api import Medium, MediumChallenge
from desktop.widgets.beside import Beside
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.pictures import OtpPicture, SecurityCardPicture
from desktop.wizard.blocks import LEFT
from desktop.wizard.flow.view import View
from desktop.wizard.page import Page

#: Which of the asked positions a field is about.
PLACES = {"card_first": 0, "card_second": 1}


class MediumPage(Page):
    def shape(self, view: View) -> tuple[object, ...]:
        return (view.facts.get(MediumChallenge),)

    def label(self, view: View, field: str) -> str:
        challenge = view.facts.get(MediumChallenge)
        if challenge is None or field not in PLACES or len(challenge.positions) <= PLACES[field]:
            return super().label(view, field)
        return self.kit.text(f"field.{field}.asked", position=challenge.positions[PLACES[field]])

    def hint(self, field: str) -> str:
        """The places are in the names of the fields and in the picture."""
        return "" if field in {*PLACES, "card_serial"} else super().hint(field)

    def build(self, view: View) -> None:
        challenge = view.facts.get(MediumChallenge)
        if challenge is None:
            return
        theme = self.kit.theme
        self.body.add(Notice(theme, NoticeKind.INFO, self.kit.text("ui.medium.never_all")))
        if challenge.medium == Medium.OTP:
            self.body.add(OtpPicture(theme), align=LEFT)
            super().build(view)
            return
        card = SecurityCardPicture(theme)
        card.set_positions(challenge.positions[0], challenge.positions[1])
        self.body.add(card, align=LEFT)
        row, asked = Beside(theme), Beside(theme)
        for editor in self.editors.values():
            if editor.field.id in PLACES:
                asked.add(editor.box, stretch=0)
            else:
                row.add(editor.box)
        row.add(asked, stretch=0)
        self.body.add(row)
