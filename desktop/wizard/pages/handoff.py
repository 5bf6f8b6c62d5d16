"""The way on to the phone: a code to point the camera at, the menus to touch, and what happens there."""

from __future__ import annotations

from desktop.services.api import HandOff
from desktop.widgets.beside import Beside
from desktop.widgets.label import Label
from desktop.widgets.qr import QrPicture
from desktop.widgets.theme import Role, Type
from desktop.wizard.blocks import Group
from desktop.wizard.flow.view import View
from desktop.wizard.numbered import Numbered
from desktop.wizard.pages.code import CodePage


class HandOffPage(CodePage):
    def shape(self, view: View) -> tuple[object, ...]:
        return (view.facts.get(HandOff),)

    def build_code(self, view: View) -> None:
        handed = view.facts.get(HandOff)
        if handed is None:
            return
        theme, text, app = self.kit.theme, self.kit.text, self.kit.journey.app
        name = app.app[text.language] if app else text("pages.handoff.app")
        steps = [step[text.language] for step in app.steps] if app else list(text.items("pages.handoff.steps"))
        beside = Beside(theme, needs=400, gap=Group.WIDE)
        beside.add(QrPicture(theme, handed.url, text("pages.handoff.code", app=name)), stretch=0)
        beside.add(Numbered(theme, steps))
        self.body.add(beside)
        self.body.add(Label(theme, text("pages.handoff.waits"), Type.BODY, Role.MUTED))

    def ends_at(self, view: View) -> float | None:
        handed = view.facts.get(HandOff)
        return view.facts.at(HandOff) + handed.expires_in if handed else None
