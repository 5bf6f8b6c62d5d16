"""Agreeing to the terms, all at once or one by one, each readable in whole."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.widgets.agreement import AgreementList
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.theme import Type
from desktop.wizard.blocks import LEFT, Group
from desktop.wizard.flow.view import View
from desktop.wizard.kit import Kit
from desktop.wizard.page import Page


class Reader(QWidget):
    """One term in whole, in place of the list; agreeing to it here ticks it there."""

    agreed = Signal()
    left = Signal()

    def __init__(self, kit: Kit, title: str, words: str) -> None:
        super().__init__()
        theme, text = kit.theme, kit.text
        column = Column(theme, gap=Group.USUAL)
        back = Button(theme, text("ui.terms.back_to_list"), ButtonKind.LINK)
        agree = Button(theme, text("ui.terms.agree"), ButtonKind.SECONDARY)
        back.clicked.connect(self.left)
        agree.clicked.connect(self.agreed)
        self.heading = Label(theme, title, Type.HEADING)
        column.addWidget(back, 0, LEFT)
        column.addWidget(self.heading)
        for paragraph in words.split("\n\n"):
            column.addWidget(Label(theme, " ".join(paragraph.split("\n")).strip()))
        column.addWidget(agree, 0, LEFT)
        self.setLayout(column)
        self.setFocusProxy(back)


class TermsPage(Page):
    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._reading: str | None = None
        self._reader: Reader | None = None

    def shape(self, view: View) -> tuple[object, ...]:
        return (self._reading,)

    def build(self, view: View) -> None:
        editor = self.editors["terms"]
        editor.read.connect(self.read)
        self.body.add(editor.box)
        editor.box.setVisible(self._reading is None)
        self._reader = None
        if self._reading is not None:
            self._reader = self._make_reader(self._reading)
            self.body.add(self._reader)

    def read(self, term: str) -> None:
        self._show(term)
        if self._reader is not None:
            self._reader.setFocus()

    def close_inner(self) -> bool:
        was_reading = self._reading is not None
        self._show(None)
        if was_reading:
            self.focus_first()
        return was_reading

    def _make_reader(self, name: str) -> Reader:
        text = self.kit.text
        term = next(t for t in self.kit.bank.terms if t.id == name)
        reader = Reader(self.kit, term.title[text.language], self.kit.term_text(term, text.language))
        reader.left.connect(self.close_inner)
        reader.agreed.connect(self._agree)
        return reader

    def _agree(self) -> None:
        agreements = self.editors["terms"].input
        if isinstance(agreements, AgreementList) and self._reading is not None:
            agreements.set_accepted(agreements.accepted() | {self._reading})
        self.close_inner()

    def _show(self, term: str | None) -> None:
        self._reading = term
        if self.view is not None:
            self.draw(self.view)
