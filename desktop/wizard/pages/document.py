"""The identity document: which one, then what is printed on it, with the places shown."""

from __future__ import annotations

from typing import ClassVar

from desktop.services.vocabulary import Document
from desktop.widgets.beside import Beside
from desktop.widgets.document_picture import DocumentPicture
from desktop.wizard.blocks import Group
from desktop.wizard.flow.view import View
from desktop.wizard.page import Page


class DocumentPage(Page):
    LEADING: ClassVar[frozenset[str]] = frozenset({"document"})
    SIDE_BY_SIDE: ClassVar[frozenset[str]] = frozenset({"document"})

    def shape(self, view: View) -> tuple[object, ...]:
        return (self._chosen(view),)

    def hint(self, field: str) -> str:
        """The title says what is to be chosen."""
        return "" if field == "document" else super().hint(field)

    def build(self, view: View) -> None:
        self.body.add(self.editors["document"].box)
        chosen = self._chosen(view)
        if not chosen:
            for name in ("document_number", "document_date"):
                if name in self.editors:
                    self.body.add(self.editors[name].box)
                    self.editors[name].box.hide()
            return
        text = self.kit.text
        title, said = (text(f"pages.document.{chosen}.{part}") for part in ("title", "places"))
        picture = DocumentPicture(self.kit.theme, title, said, number=chosen == Document.DRIVER)
        fields = Group(self.kit.theme)
        for name in ("document_number", "document_date"):
            if name in self.editors:
                fields.add(self.editors[name].box)
                self.editors[name].box.show()
        row = Beside(self.kit.theme, needs=400, gap=Group.WIDE)
        row.add(picture, stretch=0)
        row.add(fields)
        self.body.add(row)

    def ready(self, view: View) -> bool:
        """Nothing is asked before the document is chosen."""
        return bool(self._chosen(view))

    def _chosen(self, view: View) -> str:
        field = view.field("document")
        return field.value if field else ""
