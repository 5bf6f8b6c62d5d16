"""The input for each kind of field, named and explained, and what it hands over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.secret import Secret
from desktop.widgets.agreement import AgreementList, TickList
from desktop.widgets.choice import ChoiceCards, Option
from desktop.widgets.code_cells import CodeCells
from desktop.widgets.entry import DigitEntry, TextEntry
from desktop.widgets.field import FieldBox
from desktop.widgets.grouped_edit import GroupedEdit
from desktop.widgets.secret_entry import SecretEntry
from desktop.wizard.flow.view import Entry, FieldView, Problem
from desktop.wizard.kit import Kit
from desktop.wizard.wording import sentences

Input = TextEntry | DigitEntry | SecretEntry | CodeCells | ChoiceCards | AgreementList | TickList

#: What a page knows of a value to choose from: how it is called, a line about it, an icon.
Options = Callable[[str], Option]


#: The one list of agreements that holds texts to be read.
TERMS = "terms"


class Editor(QObject):
    """One field of a page: its input, kept while the page lives, in a box of words that is made anew at need."""

    edited = Signal()
    read = Signal(str)  # id of a text to be read, from a list of agreements

    def __init__(self, kit: Kit, field: FieldView, label: str, hint: str, option: Options, columns: int = 1) -> None:
        """`columns`: how many options of a choice stand side by side where there is room."""
        super().__init__()
        self._kit, self.field, self._label, self._hint = kit, field, label, hint
        self._option, self._columns = option, columns
        self._drawn, self._language = "", kit.text.language
        self.input: Input = self._make_input()
        self.box: QWidget = self._make_box()
        self.draw(field)

    def draw(self, field: FieldView) -> None:
        """Shows what the view says. What is typed and not yet handed over stays as it is."""
        self.field = field
        if field.value != self._drawn:
            self._drawn = field.value
            self._set_value(field.value)
        if isinstance(self.input, SecretEntry | CodeCells):
            self.input.set_mask(field.mask)
        self.input.setEnabled(field.enabled)
        self._draw_words()

    def retext(self, label: str, hint: str) -> None:
        """Another language, or another name: new words, and nothing typed is lost."""
        self._label, self._hint = label, hint
        spoken, self._language = self._language, self._kit.text.language
        # Only another language makes new cards: the present ones may be the reason why the page is drawn.
        if isinstance(self.input, ChoiceCards | AgreementList | TickList) and spoken != self._language:
            value = self.value()
            self.input = self._make_input()
            self._set_value(value)
            self.box = self._make_box()
        elif isinstance(self.box, FieldBox):
            self.box.set_label(label)
            self.box.set_hint(hint)
        self.draw(self.field)

    def value(self) -> str:
        """What is in the input now; empty for a secret one."""
        if isinstance(self.input, AgreementList | TickList):
            accepted = self.input.accepted() if isinstance(self.input, AgreementList) else self.input.ticked()
            return " ".join(option for option in self.field.options if option in accepted)
        if isinstance(self.input, SecretEntry) or (isinstance(self.input, CodeCells) and self.field.secret):
            return ""
        return self.input.value() or ""

    def hand_over(self, plain: dict[str, str], secrets: dict[str, Secret]) -> None:
        """Moves the value; a secret left empty while the session holds one says nothing."""
        if not self.field.secret:
            plain[self.field.id] = self.value()
        elif isinstance(self.input, SecretEntry | CodeCells) and (self.input.length() or not self.field.mask):
            secrets[self.field.id] = self.input.take()

    def wipe(self) -> None:
        if isinstance(self.input, SecretEntry | CodeCells):
            self.input.clear()

    @property
    def empty(self) -> bool:
        if isinstance(self.input, SecretEntry | CodeCells) and self.field.secret:
            return not self.input.length() and not self.field.mask
        return not self.value()

    def _make_input(self) -> Input:
        field = self.field
        if field.entry == Entry.CHOICE:
            return self._make_choice()
        if field.entry == Entry.AGREEMENTS:
            return self._make_agreements() if field.id == TERMS else self._make_ticks()
        made = self._make_entry()
        if isinstance(made, GroupedEdit):
            made.paste_allowed = self._kit.kiosk is None
        made.edited.connect(self._edited)
        made.refused.connect(self._warn_refused)
        made.caps_lock.connect(self._warn_caps_lock)
        return made

    def _make_entry(self) -> TextEntry | DigitEntry | SecretEntry:
        theme, field = self._kit.theme, self.field
        if field.entry == Entry.CODE:
            return CodeCells(theme, sum(field.groups) or field.max_length, field.secret)
        if field.secret:
            digits, most = field.entry not in {Entry.TEXT, Entry.PASSWORD}, field.max_length
            return SecretEntry(theme, field.groups, readable=field.readable, digits=digits, max_length=most)
        if field.entry == Entry.TEXT:
            return TextEntry(theme, field.max_length)
        return DigitEntry(theme, field.groups, field.max_length)

    def _make_box(self) -> QWidget:
        if isinstance(self.input, AgreementList):
            return self.input
        return FieldBox(self._kit.theme, self._label, self._hint, self.input)

    def _make_choice(self) -> ChoiceCards:
        cards = ChoiceCards(self._kit.theme, [self._option(value) for value in self.field.options], self._columns)
        cards.chosen.connect(self.edited)
        return cards

    def _make_ticks(self) -> TickList:
        made = TickList(self._kit.theme, [self._option(value) for value in self.field.options])
        made.changed.connect(self.edited)
        return made

    def _make_agreements(self) -> AgreementList:
        text, terms = self._kit.text, {term.id: term for term in self._kit.bank.terms}
        items = []
        for option in self.field.options:
            term = terms[option]
            label = text("ui.terms.required" if term.required else "ui.terms.optional")
            items.append((option, term.title[text.language], label, term.required))
        made = AgreementList(self._kit.theme, text("ui.terms.all"), items, text("ui.terms.read"))
        made.changed.connect(self.edited)
        made.read.connect(self.read)
        return made

    def _set_value(self, value: str) -> None:
        if isinstance(self.input, AgreementList):
            self.input.set_accepted(set(value.split()))
        elif isinstance(self.input, TickList):
            self.input.set_ticked(set(value.split()))
        elif not isinstance(self.input, SecretEntry | CodeCells):
            self.input.set_value(value)

    def _draw_words(self) -> None:
        if not isinstance(self.box, FieldBox):
            return
        said = self._say(self.field.problem)
        self.box.set_problem(*(said or (None, None)))
        warning = self._say(self.field.warning)
        self.box.set_warning(" ".join(warning) if warning else None)

    def _say(self, problem: Problem | None) -> tuple[str, str] | None:
        if problem is None:
            return None
        said = sentences(self._kit.text, problem, self._kit.bank)
        return said.cause, said.remedy

    def _edited(self) -> None:
        if isinstance(self.box, FieldBox):
            self.box.set_warning(None)
        self.edited.emit()

    def _warn_refused(self, code: str) -> None:
        if isinstance(self.box, FieldBox):
            self.box.set_warning(" ".join(self._say(Problem(code)) or ()))

    def _warn_caps_lock(self, on: bool) -> None:
        if isinstance(self.box, FieldBox):
            self.box.set_warning(self._kit.text("ui.caps_lock") if on else None)
