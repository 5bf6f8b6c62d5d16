"""What the certificate is to be for, with the fee of each type."""

from __future__ import annotations

from desktop.widgets.choice import Option
from desktop.wizard.page import Page

#: A type for one purpose, and one for every purpose.
FIRST, OTHERS = "bank", "certificate"


class TypePage(Page):
    def hint(self, field: str) -> str:
        """The fee stands on each card."""
        return ""

    def option(self, field: str, value: str) -> Option:
        language, usages = self.kit.text.language, self.kit.product.usages
        usage = next(usage for usage in usages if usage.id == value)
        icon = FIRST if usage is usages[0] else OTHERS
        return value, usage.name[language], self.kit.text("pages.type.fee", fee=usage.fee[language]), icon
