"""A change to a certificate, once more in whole before it is done, with what follows from it."""

from __future__ import annotations

from desktop.services.api import Task
from desktop.widgets.notice import Notice, NoticeKind
from desktop.wizard.flow.view import View
from desktop.wizard.pages.review import ReviewPage

#: Changes after which a certificate can no longer be used, for good or for now.
ENDING = frozenset({Task.REVOKE, Task.SUSPEND, Task.LOSS})


class ConfirmPage(ReviewPage):
    def build(self, view: View) -> None:
        self.body.add(self.table(view))
        text, policies = self.kit.text, self.kit.bank.policies
        key = f"pages.confirm.{view.task}"
        own = self.kit.journey.consequence
        said = own[text.language] if own else text(f"{key}.body", months=policies.suspension_months)
        kind = NoticeKind.WARNING if view.task in ENDING else NoticeKind.INFO
        self.body.add(Notice(self.kit.theme, kind, text(f"{key}.title"), said))
