"""The practice phone beside the wizard: messages as bubbles, a call as a card, and answers typed on it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.widgets.announce import announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.entry import DigitEntry
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.paint import area, fill, outline, smooth
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
        self._list = Column(theme, gap=12, margins=(12, 8, 12, 16))
        self._list.addStretch(1)
        content = QWidget()
        content.setLayout(self._list)
        self._scroll = PageScroll(theme, content)
        frame = Column(theme, margins=(8, 40, 8, 24))
        self.setLayout(frame)
        frame.addWidget(self._scroll, 1)
        follow(theme, self._restyle)

    def add_event(  # noqa: PLR0917 - the contract's signature
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
        QTimer.singleShot(0, self, self._to_end)

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
        self.setFixedWidth(self._theme.px(_WIDTH))
        self.setMinimumHeight(self._theme.px(280))
        self.update()


class _Event(QWidget):
    answered = Signal(str)

    def __init__(self, theme: Theme, sender: str, text: str, time: str, *, call: bool) -> None:
        super().__init__()
        self._theme = theme
        column = Column(theme, gap=6)
        self.setLayout(column)
        head = Row(theme, gap=6)
        head.addWidget(IconView(theme, "call" if call else "message", Role.MUTED, 18))
        head.addWidget(Label(theme, sender, Type.SMALL, Role.MUTED), 1)
        head.addWidget(Label(theme, time, Type.SMALL, Role.MUTED))
        column.addLayout(head)
        bubble = _Bubble(theme, call=call)
        self._inside = Column(theme, gap=10, margins=(14, 12, 14, 12))
        bubble.setLayout(self._inside)
        self._inside.addWidget(Label(theme, text))
        column.addWidget(bubble)
        self._entry: DigitEntry | None = None
        self._answer: Button | None = None

    def add_answer(self, expects: str, label: str) -> None:
        self._answer = Button(self._theme, label, ButtonKind.PRIMARY)
        self._answer.clicked.connect(self._send)
        if expects != "press":
            self._entry = DigitEntry(self._theme, (), 8)
            self._entry.setAccessibleName(label)
            self._entry.returnPressed.connect(self._send)
            self._inside.addWidget(self._entry)
        self._inside.addWidget(self._answer)

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


class _Bubble(Surface):
    def __init__(self, theme: Theme, *, call: bool) -> None:
        super().__init__(theme, Role.SURFACE)
        self._call = call

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = smooth(self)
        role = Role.ACCENT_SOFT if self._call else Role.SURFACE
        area(painter, self._theme, QRectF(self.rect()), self._theme.color(role), self._theme.px(16))
