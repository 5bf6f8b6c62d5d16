"""A code on its way: who sends it where, its cells, how long it lives, and the other ways."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent

from desktop.services.api import CloudCodeSent, CodeSent
from desktop.widgets.countdown import Countdown
from desktop.wizard.blocks import Table
from desktop.wizard.flow.view import Entry, View
from desktop.wizard.kit import Kit
from desktop.wizard.page import Page
from desktop.wizard.received import sender_name


class CodePage(Page):
    """The base of the pages that ask for a code sent to a phone."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._countdown: Countdown | None = None

    def add_current(self, view: View) -> None:
        """The fields of this stage alone; the answers of the one before stand in the words."""
        for field in view.fields:
            if field.entry == Entry.CODE:
                self.body.add(self.editors[field.id].box)

    def add_sender(self, sent: CodeSent | CloudCodeSent) -> None:
        """Who sends it, so that nobody takes it for phishing, and where it goes."""
        text, table = self.kit.text, Table(self.kit.theme)
        table.add(text("ui.code.sender"), sender_name(self.kit, sent.sender))
        table.add(text("ui.code.phone"), sent.phone)
        self.body.add(table)

    def build(self, view: View) -> None:
        self._stop()
        self._countdown = None
        if view.stage == 0:
            super().build(view)
        else:
            self.build_code(view)
            self._countdown = Countdown(self.kit.theme, self.kit.clock)
            self.body.add(self._countdown)

    def build_code(self, view: View) -> None:
        """What stands above the countdown once a code is on its way."""

    def ends_at(self, view: View) -> float | None:
        """When what is awaited here expires (the runner's clock)."""
        return view.code_ends_at

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.view is not None:
            self.refresh(self.view)

    def hideEvent(self, event: QHideEvent) -> None:
        """Left behind, it counts no longer, nor speaks into the pages after it."""
        super().hideEvent(event)
        self._stop()

    def _stop(self) -> None:
        if self._countdown is not None:
            self._countdown.set_until(None)

    def refresh(self, view: View) -> None:
        if self._countdown is not None and self.isVisible():
            self._countdown.set_until(self.ends_at(view), self.kit.text("ui.code.left", left="{left}"))
