"""What to have at hand before the first field, and what to do for who has it not."""

from __future__ import annotations

from desktop.wizard.blocks import Disclosure
from desktop.wizard.flow.view import View
from desktop.wizard.page import Page

#: Of the things that more than one bank asks for; any other has a check mark.
ICONS = {
    "account": "bank",
    "medium": "security-card",
    "phone": "phone",
    "own_phone": "phone",
    "banking": "pc",
    "device": "phone",
    "internet": "pc",
    "id_card": "user",
    "id_document": "user",
    "rrn": "user",
    "user_id": "user",
    "password": "key",
    "choose_pin": "key",
    "read_terms": "document",
    "centre": "headset",
    "usb": "usb",
    "verify_after": "shield",
}


class ChecklistPage(Page):
    def build(self, view: View) -> None:
        text, known = self.kit.text, {item.id: item for item in self.kit.bank.checklist}
        for item in (known[name] for name in self.kit.journey.checklist):
            self.body.add(
                Disclosure(
                    self.kit.theme,
                    ICONS.get(item.id, "check"),
                    item.text[text.language],
                    text("ui.checklist.missing"),
                    item.remedy[text.language],
                )
            )
