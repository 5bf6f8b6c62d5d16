"""The practice phone beside the wizard: messages as bubbles, a call as a card, and answers typed on it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.widgets.announce import announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.entry import DigitEntry
from desktop.widgets.icon import draw_icon
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.paint import fill, outline, smooth
from desktop.widgets.scroll import PageScroll
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Theme, Type, follow

_WIDTH = 280


class PhonePanel(QWidget):
    """Events stack up, newest last. `answered` with the event's id and the digits typed (empty for a bare press)."""

    answered = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._events: dict[str, _Event] = {}
        self.setAccessibleName(theme.words.phone)
        self._list = Column(theme, gap=12, margins=(6, 8, 6, 16))
        self._list.addStretch(1)
        content = QWidget()
        content.setLayout(self._list)
        self._scroll = PageScroll(theme, content)
        # How long the list is, is known once it is laid out: then, and not before, there is an end to go to.
        self._scroll.verticalScrollBar().rangeChanged.connect(self._to_end)
        frame = Column(theme, margins=(6, 40, 6, 24))
        self.setLayout(frame)
        frame.addWidget(self._scroll, 1)
        follow(theme, self._restyle)

    def add_event(
        self,
        id: str,  # noqa: A002 - the name of the contract
        channel: str,
        sender: str,
        text: str,
        time: str,
        expects: str | None = None,
        answer_label: str = "",
    ) -> None:
        """A message (`channel` "sms") or a call ("ars").

        `expects` "digits" asks for digits, "press" for the button alone; None or empty wants no answer.
        """
        if id in self._events:
            return
        event = _Event(self._theme, sender, text, time, call=channel == "ars")
        if expects:
            event.add_answer(expects, answer_label or self._theme.words.answer)
        event.answered.connect(lambda digits: self.answered.emit(id, digits))
        self._events[id] = event
        self._list.addWidget(event)
        announce(self, f"{sender}. {text}")

    def reword(self, id: str, sender: str, text: str, answer_label: str) -> None:  # noqa: A002 - as above
        """The same event in another language. Raises KeyError for an unknown id."""
        self._events[id].reword(sender, text, answer_label)

    def withdraw_answers(self) -> None:
        """Nobody waits for an answer any more: what has come is still there to be read."""
        for event in self._events.values():
            event.withdraw_answer()

    def mark_answered(self, id: str) -> None:  # noqa: A002 - the name of the contract
        """Closes the event's answer. Raises KeyError for an unknown id."""
        self._events[id].close_answer()

    def clear(self) -> None:
        for event in self._events.values():
            self._list.removeWidget(event)
            event.hide()
            event.deleteLater()
        self._events.clear()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = smooth(self)
        rect = QRectF(self.rect())
        fill(painter, rect, px(32), theme.color(Role.SUNKEN))
        outline(painter, rect, px(32), theme.color(Role.CONTROL), max(2, px(2)))
        bar = QRectF(rect.center().x() - px(28), px(14), px(56), px(8))
        fill(painter, bar, px(4), theme.color(Role.CONTROL))

    def _to_end(self) -> None:
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _restyle(self) -> None:
        self.setMaximumWidth(self._theme.px(_WIDTH))  # less beside a bar to scroll by
        self.setMinimumHeight(self._theme.px(280))
        self.update()


class _Event(QWidget):
    answered = Signal(str)

    def __init__(self, theme: Theme, sender: str, text: str, time: str, *, call: bool) -> None:
        super().__init__()
        self._theme = theme
        self._entry: DigitEntry | None = None
        self._answer: Button | None = None
        column = Column(theme, gap=6)
        self.setLayout(column)
        column.addWidget(Label(theme, time, Type.SMALL, Role.MUTED, centred=True))
        bubble = Surface(theme, Role.SURFACE)
        self._inside = Column(theme, gap=8, margins=(14, 14, 14, 16))
        bubble.setLayout(self._inside)
        column.addWidget(bubble)
        if call:
            self._inside.addWidget(_Caller(theme), 0, Qt.AlignmentFlag.AlignHCenter)
        face, role = (Type.HEADING, Role.TEXT) if call else (Type.SMALL, Role.MUTED)
        self._sender = Label(theme, sender, face, role, centred=call)
        self._text = Label(theme, text, centred=call)
        self._inside.addWidget(self._sender)
        self._inside.addWidget(self._text)

    def add_answer(self, expects: str, label: str) -> None:
        self._answer = Button(self._theme, label, ButtonKind.PRIMARY)
        self._answer.clicked.connect(self._send)
        if expects != "press":
            self._entry = DigitEntry(self._theme, (), 8)
            self._entry.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._entry.setAccessibleName(label)
            self._entry.returnPressed.connect(self._send)
            self._inside.addWidget(self._entry)
        self._inside.addWidget(self._answer)

    def reword(self, sender: str, text: str, label: str) -> None:
        self._sender.set_text(sender)
        self._text.set_text(text)
        if self._answer is not None:
            self._answer.set_text(label if self._answer.isEnabled() else self._theme.words.answered)

    def withdraw_answer(self) -> None:
        if self._answer is None or not self._answer.isEnabled():
            return
        for part in (self._entry, self._answer):
            if part is not None:
                part.hide()

    def close_answer(self) -> None:
        if self._answer is None:
            return
        if self._entry is not None:
            self._entry.setEnabled(False)
        self._answer.setEnabled(False)
        self._answer.set_text(self._theme.words.answered)

    def _send(self) -> None:
        digits = self._entry.value() if self._entry is not None else ""
        if self._entry is None or digits:
            self.answered.emit(digits)


class _Caller(QWidget):
    """The round sign of a call."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        follow(theme, self._restyle)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        painter = smooth(self)
        rect = QRectF(self.rect())
        fill(painter, rect, rect.width() / 2, theme.color(Role.SUCCESS))
        inset = rect.width() * 0.26
        draw_icon(painter, "call", rect.adjusted(inset, inset, -inset, -inset), theme.color(Role.SURFACE))

    def _restyle(self) -> None:
        self.setFixedSize(self._theme.px(48), self._theme.px(48))
        self.update()
