"""What every page of a journey does alike: title, errors, fields, and handing over what was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QWidget

from desktop.secret import Secret
from desktop.widgets.choice import Option
from desktop.widgets.error_summary import ErrorSummary
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.theme import Type
from desktop.wizard.blocks import Group
from desktop.wizard.flow.view import FieldView, Given, Problem, View
from desktop.wizard.kit import Kit
from desktop.wizard.pages.actions import Actions
from desktop.wizard.pages.fields import Editor
from desktop.wizard.wording import sentences, step_key

ICONS = {"sms": "message", "ars": "call"}


class Page(QWidget):
    """Draws a View and says what the person did. A subclass fills `build` (new words) and `refresh` (new state)."""

    answered = Signal(object)  # Given
    acted = Signal(str, object)  # action id, Given
    go_to = Signal(str)  # step id
    save_asked = Signal(object)  # Paper
    print_asked = Signal(object)  # Paper
    chose = Signal(str, str)  # field, value: a choice that changes what else is asked
    lobby_asked = Signal(str, str)  # a place of the lobby and what it is to be about, once this journey is over
    next_task = Signal(object)  # Task: what the person wants to do once this journey is over
    removal_asked = Signal(object)  # Place: a drive that the person wants to pull out
    changed = Signal()  # something on the page that the primary button depends on

    #: Choices on which depends what else the page asks.
    LEADING: ClassVar[frozenset[str]] = frozenset()
    #: Choices whose options are short enough to stand two in a row.
    SIDE_BY_SIDE: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        self.view: View | None = None
        self.editors: dict[str, Editor] = {}
        self._shape: tuple[object, ...] = ()
        self._title = Label(kit.theme, "", Type.TITLE)
        self._why = Label(kit.theme, "", Type.BODY)
        self._summary = ErrorSummary(kit.theme)
        self._summary.chosen.connect(self.focus_field)
        self._shown: list[tuple[str, str]] = []
        self.body = Group(kit.theme, gap=Group.WIDE)
        head = Group(kit.theme, self._title, self._why, gap=Group.TIGHT)
        layout = Column(kit.theme, gap=Group.WIDE)
        self._actions = Actions(kit)
        self._actions.asked.connect(self.act)
        for part in (self._summary, head, self.body, self._actions):
            layout.addWidget(part)
        layout.addStretch(1)
        self.setLayout(layout)

    def build(self, view: View) -> None:
        """Puts the body together; called when the language, the stage or the set of fields changed."""
        for field in view.fields:
            self.body.add(self.editors[field.id].box)

    def refresh(self, view: View) -> None:
        """Brings the body up to date; called at every drawing, after `build`."""

    def shape(self, view: View) -> tuple[object, ...]:
        """When this changes, the body is built anew."""
        return ()

    def label(self, view: View, field: str) -> str:
        """What a field is called on this page."""
        return self.kit.text(f"field.{field}.label")

    def hint(self, field: str) -> str:
        return self.kit.text(f"field.{field}.hint")

    def option(self, field: str, value: str) -> Option:
        """What to show of a value to choose from."""
        text, key = self.kit.text, f"field.{field}"
        return value, text(f"{key}.option.{value}"), text(f"{key}.about.{value}"), ICONS.get(value, "")

    def words(self, view: View, part: str) -> str:
        """The step's words, as they are for this task and kind."""
        return self.kit.text(step_key(self.kit.text, view, part))

    def draw(self, view: View) -> None:
        self.view = view
        text = self.kit.text
        asked = tuple((field.id, field.options) for field in view.fields)
        shape = (text.language, view.stage, asked, self.settled(view), *self.shape(view))
        if shape != self._shape:
            self._rebuild(view)
            self._shape = shape
        for field in view.fields:
            self.editors[field.id].draw(field)
        self.refresh(view)
        self._actions.draw(tuple(a for a in view.actions if a.id != "restart"))
        self._draw_problems(view)
        self.body.setEnabled(view.busy is None)

    def settled(self, view: View) -> bool:
        """What this page asks is proven already; it can be read but no longer be changed."""
        return view.busy is None and bool(view.fields) and not any(field.enabled for field in view.fields)

    def primary_text(self, view: View) -> str:
        if self.settled(view):
            return self.kit.text("ui.next")
        return self.kit.text.item(step_key(self.kit.text, view, "primary"), view.stage)

    def ready(self, view: View) -> bool:
        """Whether the primary button may be pressed as far as the page can tell; fields are judged by the flow."""
        return True

    def submit(self) -> None:
        """Hands over what the fields hold, the syllable still in the input method included."""
        self.answered.emit(self.given())

    def act(self, action: str) -> None:
        self.acted.emit(action, self.given())

    def given(self) -> Given:
        QGuiApplication.inputMethod().commit()
        plain: dict[str, str] = {}
        secrets: dict[str, Secret] = {}
        for editor in self.editors.values():
            editor.hand_over(plain, secrets)
        return Given(plain, secrets)

    def close_inner(self) -> bool:
        """Leaves what is opened inside the page, such as a text being read. False when nothing is."""
        return False

    def tell_saved(self, name: str, *, saved: bool) -> None:
        """What `save_asked` led to: the file's name, and whether it was written."""

    def tell_removal(self, outcome: str) -> None:
        """What `removal_asked` led to: released, written, gone or failed."""

    def wipe(self) -> None:
        for editor in self.editors.values():
            editor.wipe()

    def focus_field(self, name: str) -> None:
        if name in self.editors:
            self.editors[name].input.setFocus()

    def focus_first(self) -> bool:
        """Puts the focus where the person goes on: the errors, else the first empty field. False when there is none."""
        if not self._summary.isHidden():
            self._summary.setFocus()
            return True
        usable = [e for e in self.editors.values() if e.input.isEnabled()]
        if not usable:
            return False
        next((e for e in usable if e.empty), usable[0]).input.setFocus()
        return True

    @property
    def ways_on(self) -> Mapping[str, QAbstractButton]:
        """The secondary ways on by their action."""
        return self._actions.buttons

    @property
    def title(self) -> str:
        return self._title.plain_text()

    def _rebuild(self, view: View) -> None:
        text = self.kit.text
        here = self.window().focusWidget()
        holding = (n for n, e in self.editors.items() if here and (here is e.input or e.input.isAncestorOf(here)))
        focused = next(holding, None)
        self._title.set_text(self.words(view, "title"))
        self._why.set_text(self.words(view, "why"))
        asked = {field.id: field.options for field in view.fields}
        kept = {name: e for name, e in self.editors.items() if name in asked and e.field.options == asked[name]}
        for name, editor in self.editors.items():
            if name not in kept:
                editor.wipe()
        self.body.clear(kept=[editor.box for editor in kept.values()])
        self.editors = {}
        for field in view.fields:
            if field.id in kept:
                kept[field.id].retext(self.label(view, field.id), self.hint(field.id))
            self.editors[field.id] = kept.get(field.id) or self._make_editor(view, field)
        if self.settled(view):
            self.body.add(Notice(self.kit.theme, NoticeKind.SUCCESS, text("ui.settled")))
        self.build(view)
        if focused is not None:
            self.focus_field(focused)

    def _make_editor(self, view: View, field: FieldView) -> Editor:
        name, columns = field.id, 2 if field.id in self.SIDE_BY_SIDE else 1
        label, hint = self.label(view, name), self.hint(name)
        editor = Editor(self.kit, field, label, hint, lambda value: self.option(name, value), columns)
        editor.edited.connect(self.changed)
        if name in self.LEADING:
            editor.edited.connect(lambda: self.chose.emit(name, editor.value()))
        return editor

    def _problems(self, view: View) -> list[tuple[str, str]]:
        problems: list[Problem] = [f.problem for f in view.fields if f.problem is not None]
        if view.problem is not None and view.problem not in problems:
            problems.insert(0, view.problem)
        said = []
        for problem in problems:
            words = sentences(self.kit.text, problem, self.kit.bank)
            # A link that says which field: several may have the same fault, and it may be heard and not seen.
            name = f"{self.label(view, problem.field)}: " if problem.field else ""
            said.append((problem.field or "", f"{name}{words.cause} {words.remedy}"))
        return said

    def _draw_problems(self, view: View) -> None:
        """The summary takes the focus when it appears, so it is left alone while it says the same."""
        problems = self._problems(view)
        if problems == self._shown:
            return
        self._shown = problems
        if problems:
            number = sentences(self.kit.text, view.problem, self.kit.bank).number if view.problem else ""
            title = self.kit.text("ui.problem.title")
            self._summary.show(f"{title} ({number})" if number else title, problems)
        else:
            self._summary.dismiss()
