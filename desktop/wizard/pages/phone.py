"""The check by phone: which way, then the code that came, or the digits to key during the call."""

from __future__ import annotations

from desktop.services.api import Channel, CodeSent
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Type
from desktop.widgets.tokens import XL, XS, L
from desktop.wizard.flow.view import View
from desktop.wizard.pages.code import CodePage


class PhonePage(CodePage):
    def shape(self, view: View) -> tuple[object, ...]:
        return (view.facts.get(CodeSent),)

    def hint(self, field: str) -> str:
        """Where there is one way only, nothing is to be chosen."""
        asked = self.view.field(field) if self.view else None
        return "" if field == "channel" and asked is not None and len(asked.options) == 1 else super().hint(field)

    def build_code(self, view: View) -> None:
        sent = view.facts.get(CodeSent)
        if sent is None:
            return
        theme, text = self.kit.theme, self.kit.text
        how = "sms" if sent.channel == Channel.SMS else "ars_keyed" if sent.shown else "ars_typed"
        self.body.add(Label(theme, text(f"ui.phone.{how}", digits=sent.digits)))
        self.add_sender(sent)
        if sent.shown is not None:
            self.body.add(self._plate(sent.shown))
            self.body.add(Label(theme, text("ui.phone.or_type"), Type.BODY, Role.MUTED))
        self.add_current(view)

    def _plate(self, shown: str) -> Surface:
        """The digits to key, as large as can be."""
        theme, text = self.kit.theme, self.kit.text
        digits = Label(theme, " ".join(shown), Type.DISPLAY, Role.ACCENT)
        digits.setAccessibleName(text("ui.phone.key_these", digits=", ".join(shown)))
        plate = Surface(theme, Role.ACCENT_SOFT)
        column = Column(theme, gap=XS, margins=(XL, L, XL, L))
        column.addWidget(digits)
        column.addWidget(Label(theme, text("ui.phone.waits"), Type.SMALL, Role.MUTED))
        plate.setLayout(column)
        return plate
