"""Which certificate it is about: each with its owner, its last day and how it stands."""

from __future__ import annotations

from desktop.services.api import Holdings
from desktop.widgets.choice import Option
from desktop.wizard.flow.view import View
from desktop.wizard.holdings import as_option, held
from desktop.wizard.page import Page


class CertificatePage(Page):
    def shape(self, view: View) -> tuple[object, ...]:
        return (view.facts.get(Holdings),)

    def hint(self, field: str) -> str:
        """The cards say it all."""
        return ""

    def option(self, field: str, value: str) -> Option:
        holding = held(self.view, value) if self.view else None
        return as_option(self.kit, holding) if holding else (value, value, "", "certificate")

    def ready(self, view: View) -> bool:
        editor = self.editors.get("certificate")
        return editor is None or bool(editor.value())
