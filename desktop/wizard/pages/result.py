"""What the last page of a journey has, whatever came of it: the confirmation, and a receipt that can be kept."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance

from desktop.widgets.beside import Beside
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.theme import Role, Type
from desktop.wizard.blocks import Group
from desktop.wizard.flow.view import View
from desktop.wizard.page import Page
from desktop.wizard.paper import Paper


class ResultPage(Page):
    def receipt(self, view: View) -> Paper | None:
        """What may be kept; None while there is no result."""
        return None

    def keeping(self, confirmed: str, save: str) -> Group:
        """What confirms the result (empty where nothing has yet), and the button that keeps the receipt."""
        theme = self.kit.theme
        below = Group(theme, gap=Group.TIGHT)
        if confirmed:
            below.add(Label(theme, confirmed, Type.SMALL, Role.MUTED))
        ways = Beside(theme, gap=Group.CLOSE, below=0)
        how = self.kit.kiosk.receipt if self.kit.kiosk else "file"
        if how != "none":
            said = save if how == "file" else self.kit.text(f"kiosk.receipt.{how}")
            ways.add(self._way(said, "download" if how == "file" else "document", self.save_asked), stretch=0)
        if how == "file":
            ways.add(self._way(self.kit.text("paper.print"), "print", self.print_asked), stretch=0)
        below.add(ways)
        self._saved = Notice(theme, NoticeKind.SUCCESS, "")
        self._saved.hide()
        below.add(self._saved)
        return below

    def tell_saved(self, name: str, *, saved: bool) -> None:
        text = self.kit.text
        kind = NoticeKind.SUCCESS if saved else NoticeKind.WARNING
        self._saved.set_content(kind, text("ui.done.saved" if saved else "ui.done.not_saved"), name)
        self._saved.show()

    def _way(self, said: str, icon: str, asked: SignalInstance) -> Button:
        button = Button(self.kit.theme, said, ButtonKind.LINK, icon)
        button.clicked.connect(lambda: self._give(asked))
        return button

    def _give(self, asked: SignalInstance) -> None:
        paper = self.receipt(self.view) if self.view else None
        if paper is not None:
            asked.emit(paper)
