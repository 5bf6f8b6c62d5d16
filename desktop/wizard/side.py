"""The panel at the right: help for this step and, in practice, the made-up person with the phone; it folds away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.services.api import PhoneEvent
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.help_panel import HelpPanel
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.phone_panel import PhonePanel
from desktop.widgets.scroll import PageScroll
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Type, follow
from desktop.widgets.tokens import HELP, M, S
from desktop.wizard.blocks import Group
from desktop.wizard.flow.view import FieldView, View
from desktop.wizard.kit import Kit
from desktop.wizard.reading import stops
from desktop.wizard.receipt import KST
from desktop.wizard.received import sender_name, words_of
from desktop.wizard.wording import step_key

HELPING, PRACTISING = 0, 1
#: What a field is called on the page that shows a view.
FieldName = Callable[[View, str], str]
#: What an answer on the practice phone is: digits, or a press alone; nothing for a code that is typed on the screen.
_PANEL = {"reply": "digits", "key": "digits", "press": "press"}


class Side(Surface):
    """`overlaid`: the frame lays it over the page, for want of room beside it."""

    close_asked = Signal()
    phone_answered = Signal(int, str)

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit.theme, Role.SUNKEN, rounded=False)
        self._kit = kit
        self.overlaid = False
        self._room: int | None = None
        self._view: View | None = None
        self._faq: str | None = None
        self._practice = PracticeZone(kit)
        self.phone = self._practice.phone
        self.help = HelpPanel(kit.theme)
        self._tabs = QWidget()
        self._to_help = Button(kit.theme, "", ButtonKind.LINK)
        self._to_practice = Button(kit.theme, "", ButtonKind.LINK)
        tabs = Row(kit.theme, gap=S, margins=(M, M, M, 0))
        tabs.addWidget(self._to_practice)
        tabs.addWidget(self._to_help)
        tabs.addStretch(1)
        self._tabs.setLayout(tabs)
        self._tabs.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.help)
        self._practice_scroll = PageScroll(kit.theme, self._practice)
        self._stack.addWidget(self._practice_scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tabs)
        column.addWidget(self._stack, 1)
        self._connect()

    def bound(self, room: int) -> None:
        """No wider than this, px."""
        self._room = room
        self.help.bound(room)
        self._fit()

    def draw(self, view: View, label: FieldName) -> None:
        """`label`: what a field is called on the page."""
        changed = self._view is None or self._view.step != view.step
        if view.practice and (self._view is None or not self._view.practice):
            self._stack.setCurrentIndex(PRACTISING)
        self._view = view
        if changed:
            self._faq = None
            self.phone.withdraw_answers()
        self._draw_help()
        if view.practice:
            self._practice.draw(view, label)
        self._fit()

    def retext(self) -> None:
        text = self._kit.text
        self._to_help.set_text(text("ui.side.help"))
        self._to_practice.set_text(text("ui.side.practice"))
        self._practice.retext()
        if self._view is not None:
            self._draw_help()

    def focus_first(self) -> None:
        first = next(iter(stops(self)), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_help(self) -> None:
        """Help is asked for: unfolded, and in front of the practice phone."""
        self.help.set_folded(False)
        self._stack.setCurrentIndex(HELPING)

    def show_phone(self) -> None:
        self.help.set_folded(False)
        self._stack.setCurrentIndex(PRACTISING)
        QTimer.singleShot(0, self, self._bring_phone)

    def _bring_phone(self) -> None:
        self._practice_scroll.ensureWidgetVisible(self.phone)

    def add_event(self, event: PhoneEvent) -> None:
        """A message or call of the practice phone comes in front of the help: it is what everybody waits for."""
        self._practice.add_event(event)
        if not event.answered:
            self.show_phone()

    def close_event(self, event: int, *, accepted: bool, note: str) -> None:
        """What became of an answer given on the phone: done, or refused with the reason, and it can be given anew."""
        if accepted:
            self.phone.mark_answered(str(event))
        else:
            self._practice.add_note(f"{event}/{note}", note)

    @property
    def helping(self) -> bool:
        """Whether help is in front."""
        return not self.folded and self._stack.currentIndex() == HELPING

    @property
    def folded(self) -> bool:
        return self.help.is_folded()

    def _draw_help(self) -> None:
        view, text = self._view, self._kit.text
        if view is None:
            return
        asked = [faq for faq in self._kit.bank.faq if view.step in faq.steps]
        chosen = next((faq for faq in asked if faq.id == self._faq), None)
        if chosen is not None:
            back = [("", text("ui.side.back_to_help"))]
            self.help.set_content(chosen.question[text.language], [chosen.answer[text.language]], back)
        else:
            links = [(faq.id, faq.question[text.language]) for faq in asked]
            self.help.set_content(text("ui.side.help"), text.items(step_key(text, view, "help")), links)

    def _open_faq(self, name: str) -> None:
        self._faq = name or None
        self._draw_help()

    def _fold(self, folded: bool) -> None:
        if folded and self.overlaid:
            self.help.set_folded(False)
            self.close_asked.emit()
        self._fit()

    def _fit(self) -> None:
        folded = self.help.is_folded()
        if folded:
            self._stack.setCurrentIndex(HELPING)
        self._tabs.setVisible(self._view is not None and self._view.practice and not folded)
        practising = self._stack.currentIndex() == PRACTISING
        self._to_practice.set_kind(ButtonKind.LINK if practising else ButtonKind.QUIET)
        self._to_help.set_kind(ButtonKind.QUIET if practising else ButtonKind.LINK)
        whole = self._kit.theme.px(HELP + 2 * M)
        self.setFixedWidth(self.help.width() if folded else whole if self._room is None else min(whole, self._room))

    def _connect(self) -> None:
        self.help.chosen.connect(self._open_faq)
        self.help.folded.connect(self._fold)
        self._to_help.clicked.connect(lambda: self._stack.setCurrentIndex(HELPING))
        self._to_practice.clicked.connect(lambda: self._stack.setCurrentIndex(PRACTISING))
        self._stack.currentChanged.connect(self._fit)
        self.phone.answered.connect(lambda event, digits: self.phone_answered.emit(int(event), digits))
        self.retext()
        follow(self._kit.theme, self._fit)


class PracticeZone(QWidget):
    """What the made-up person would enter here, and the phone that everything is sent to."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._view: View | None = None
        self.phone = PhonePanel(kit.theme)
        self._events: list[PhoneEvent] = []
        self._label: FieldName = lambda _view, field: kit.text(f"field.{field}.label")
        self._about = Label(kit.theme, "", Type.SMALL, Role.MUTED)
        self._enter = Label(kit.theme, "", Type.SMALL, Role.MUTED)
        self._answers = Group(kit.theme, gap=Group.TIGHT)
        column = Column(kit.theme, gap=M, margins=(M, M, M, M))
        column.addWidget(Group(kit.theme, self._about, self._enter, gap=0))
        column.addWidget(self._answers)
        column.addWidget(self.phone, 10)
        column.addStretch(1)
        self.setLayout(column)
        self.phone.hide()

    def draw(self, view: View, label: FieldName) -> None:
        self._view, self._label = view, label
        self.retext()

    def retext(self) -> None:
        text = self._kit.text
        self._about.set_text(text("ui.practice.about"))
        self._answers.clear()
        hints = self._kit.practice.hints(self._view) if self._kit.practice and self._view else []
        for field, answer in hints:
            self._answers.add(self._hint(field, answer))
        self._enter.set_text(text("ui.practice.enter"))
        self._enter.setVisible(bool(hints))
        self._answers.setVisible(bool(hints))
        for event in self._events:
            self.phone.reword(str(event.id), *self._words(event))

    def add_event(self, event: PhoneEvent) -> None:
        at = datetime.fromtimestamp(event.at, KST).strftime("%H:%M")
        sender, said, label = self._words(event)
        self._events.append(event)
        self.phone.show()
        self.phone.add_event(str(event.id), event.channel, sender, said, at, _PANEL.get(event.expects), label)
        if event.answered:
            self.phone.mark_answered(str(event.id))

    def _words(self, event: PhoneEvent) -> tuple[str, str, str]:
        """From whom, what it says, and what the button for an answer says."""
        label = self._kit.text(f"ui.phone_panel.{event.expects}") if event.expects in _PANEL else ""
        return sender_name(self._kit, event.sender), words_of(self._kit, event), label

    def _hint(self, field: FieldView, answer: str) -> Group:
        """Under one another: there is no room for long names beside long answers."""
        theme, view = self._kit.theme, self._view
        assert view is not None, "hints come from a view"
        name = Label(theme, self._label(view, field.id), Type.SMALL, Role.MUTED)
        return Group(theme, name, Label(theme, grouped(answer, field.groups), Type.STRONG), gap=0)

    def add_note(self, name: str, note: str) -> None:
        at = datetime.now(KST).strftime("%H:%M")
        self.phone.add_event(name, "sms", self._kit.text("ui.practice.mark"), note, at)


def grouped(answer: str, groups: tuple[int, ...]) -> str:
    """8503149111640 as 850314-9111640; what does not fill the groups stays as it is."""
    if sum(groups) != len(answer):
        return answer
    parts, rest = [], answer
    for size in groups:
        parts.append(rest[:size])
        rest = rest[size:]
    return "-".join(parts)
