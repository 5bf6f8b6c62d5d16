"""The way on to the phone: a code to point the camera at, the menus to touch, and what happens there."""

from __future__ import annotations

from desktop.services.api import HandOff
from desktop.widgets.countdown import Countdown
from desktop.widgets.label import Label
from desktop.widgets.qr import QrPicture
from desktop.widgets.theme import Role, Type
from desktop.wizard.beside import Beside, Numbered
from desktop.wizard.blocks import Group
from desktop.wizard.flow.view import View
from desktop.wizard.kit import Kit
from desktop.wizard.page import Page


class HandOffPage(Page):
    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._countdown: Countdown | None = None

    def shape(self, view: View) -> tuple[object, ...]:
        return (view.facts.get(HandOff),)

    def build(self, view: View) -> None:
        self._countdown = None
        handed = view.facts.get(HandOff)
        if handed is None or view.stage == 0:
            return
        theme, text, app = self.kit.theme, self.kit.text, self.kit.journey.app
        name = app.app[text.language] if app else text("pages.handoff.app")
        steps = [step[text.language] for step in app.steps] if app else list(text.items("pages.handoff.steps"))
        self._countdown = Countdown(theme, self.kit.clock)
        beside = Beside(theme, needs=400, gap=Group.WIDE)
        beside.add(QrPicture(theme, handed.url, text("pages.handoff.code", app=name)), stretch=0)
        beside.add(Group(theme, Numbered(theme, steps), self._countdown, gap=Group.USUAL))
        self.body.add(beside)
        self.body.add(Label(theme, text("pages.handoff.waits"), Type.SMALL, Role.MUTED))

    def refresh(self, view: View) -> None:
        handed = view.facts.get(HandOff)
        if self._countdown is not None and handed is not None:
            until = view.facts.at(HandOff) + handed.expires_in
            self._countdown.set_until(until, self.kit.text("ui.code.left", left="{left}"))
