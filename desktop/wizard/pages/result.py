"""What the last page of a journey has, whatever came of it: the confirmation, and a receipt that can be kept."""

from __future__ import annotations

from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.theme import Role, Type
from desktop.wizard.blocks import LEFT, Group
from desktop.wizard.flow.view import View
from desktop.wizard.page import Page


class ResultPage(Page):
    def receipt(self, view: View) -> tuple[str, str] | None:
        """File name and text of what may be kept; None while there is no result."""
        return None

    def keeping(self, confirmed: str, save: str) -> Group:
        """What confirms the result (empty where nothing has yet), and the button that keeps the receipt."""
        theme = self.kit.theme
        below = Group(theme, gap=Group.TIGHT)
        if confirmed:
            below.add(Label(theme, confirmed, Type.SMALL, Role.MUTED))
        how = self.kit.kiosk.receipt if self.kit.kiosk else "file"
        if how != "none":
            said = save if how == "file" else self.kit.text(f"kiosk.receipt.{how}")
            button = Button(theme, said, ButtonKind.LINK, "download" if how == "file" else "document")
            button.clicked.connect(self._save)
            below.add(button, align=LEFT)
        self._saved = Notice(theme, NoticeKind.SUCCESS, "")
        self._saved.hide()
        below.add(self._saved)
        return below

    def tell_saved(self, name: str, *, saved: bool) -> None:
        text = self.kit.text
        kind = NoticeKind.SUCCESS if saved else NoticeKind.WARNING
        self._saved.set_content(kind, text("ui.done.saved" if saved else "ui.done.not_saved"), name)
        self._saved.show()

    def _save(self) -> None:
        kept = self.receipt(self.view) if self.view else None
        if kept is not None:
            self.save_asked.emit(*kept)
