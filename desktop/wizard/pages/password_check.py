"""The password of the certificate that is to be replaced; who has forgotten it is checked by a document instead."""

from __future__ import annotations

from desktop.widgets.notice import Notice, NoticeKind
from desktop.wizard.flow.view import View
from desktop.wizard.page import Page


class PasswordCheckPage(Page):
    def build(self, view: View) -> None:
        super().build(view)
        if any(action.id == "forgot_password" for action in view.actions):
            text = self.kit.text
            said = text("pages.password_check.forgot")
            self.body.add(Notice(self.kit.theme, NoticeKind.INFO, said, text("pages.password_check.instead")))
