"""The cloud that keeps the certificate: who the person is to it, then the two digits it sends."""

from __future__ import annotations

from desktop.services.api import CloudCodeSent
from desktop.widgets.notice import Notice, NoticeKind
from desktop.wizard.flow.view import View
from desktop.wizard.pages.code import CodePage


class CloudPage(CodePage):
    def shape(self, view: View) -> tuple[object, ...]:
        return (view.facts.get(CloudCodeSent),)

    def build_code(self, view: View) -> None:
        sent = view.facts.get(CloudCodeSent)
        if sent is None:
            return
        theme, text = self.kit.theme, self.kit.text
        self.body.add(
            Notice(theme, NoticeKind.INFO, text("ui.cloud.two_ways", digits=sent.digits), text("ui.cloud.genuine"))
        )
        self.add_sender(sent)
        self.add_current(view)
