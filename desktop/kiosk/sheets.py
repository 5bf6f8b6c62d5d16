"""The questions of a kiosk: to stop or go on, more time, looks and sound, the staff called, a receipt, and farewell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal

from desktop.kiosk.idle import Idle
from desktop.kiosk.sheet import Sheet
from desktop.kiosk.tiles import NAMES
from desktop.text import Text
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.qr import QrPicture
from desktop.widgets.theme import Role, Theme, Type

Words = Callable[[], Text]
#: Side of the code with a receipt, px at 100 %: a phone is held half a metre away.
CODE = 300


class LeaveSheet(Sheet):
    """`left` when the person gives the journey up."""

    left = Signal()

    def __init__(self, theme: Theme, text: Text, *, unknown: bool) -> None:
        super().__init__(theme, text("kiosk.leave.title"), text(f"kiosk.leave.{'unknown' if unknown else 'body'}"))
        stay = self.add_button(text("kiosk.leave.stay"), ButtonKind.PRIMARY)
        go = self.add_button(text("kiosk.leave.go"), ButtonKind.SECONDARY)
        self.escape = stay
        stay.clicked.connect(self.dismiss)
        go.clicked.connect(self.left)
        go.clicked.connect(self.dismiss)


class MenuSheet(Sheet):
    """What the tiles have no room for. `asked` with the name of a tile."""

    asked = Signal(str)

    def __init__(self, theme: Theme, text: Text, names: Sequence[str]) -> None:
        super().__init__(theme, text("kiosk.menu.title"), "")
        for name in names:
            button = self.add_button(text(f"kiosk.tile.{name}"), ButtonKind.SECONDARY, NAMES[name])
            button.clicked.connect(lambda _checked=False, name=name: self._do(name))
        close = self.add_button(text("kiosk.menu.close"), ButtonKind.PRIMARY)
        self.escape = close
        close.clicked.connect(self.dismiss)

    def _do(self, name: str) -> None:
        self.dismiss()
        self.asked.emit(name)


class IdleSheet(Sheet):
    """Seconds counted down in large figures; one button that takes it away."""

    extended = Signal()
    ended = Signal()

    def __init__(self, theme: Theme, text: Text, idle: Idle) -> None:
        super().__init__(theme, text("kiosk.idle.title"), "")
        self._text, self._idle = text, idle
        self.figure = Label(theme, "", Type.TITLE, Role.ACCENT)
        self.content.add(self.figure)
        self.more: Button | None = None
        if idle.can_extend:
            self.more = self.add_button(text("kiosk.idle.more"), ButtonKind.PRIMARY)
            self.more.clicked.connect(self.extended)
        else:
            self.content.add(Label(theme, text("kiosk.idle.no_more")))
        self.end = self.add_button(text("kiosk.idle.end"), ButtonKind.SECONDARY)
        self.end.clicked.connect(self.ended)
        self.escape = self.more
        self.tick()

    def tick(self) -> None:
        self.figure.set_text(self._text("kiosk.idle.left", seconds=self._idle.seconds_left()))


class TellSheet(Sheet):
    """Something to be known, and a button that says so. `tell` changes the words."""

    def __init__(self, theme: Theme, title: str, body: str, close: str) -> None:
        super().__init__(theme, title, body)
        self.close_button = self.add_button(close, ButtonKind.PRIMARY)
        self.escape = self.close_button
        self.close_button.clicked.connect(self.dismiss)

    def tell(self, title: str, body: str) -> None:
        self.title.set_text(title)
        self.said.set_text(body)
        self.said.setVisible(bool(body))


class ReceiptSheet(Sheet):
    """The receipt as a code for the person's own phone."""

    def __init__(self, theme: Theme, text: Text, receipt: str) -> None:
        super().__init__(theme, text("kiosk.receipt.title"), text("kiosk.receipt.scan"))
        self.add_aside(QrPicture(theme, receipt, text("kiosk.receipt.title"), CODE))
        close = self.add_button(text("kiosk.receipt.close"), ButtonKind.PRIMARY)
        self.escape = close
        close.clicked.connect(self.dismiss)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the sheet of looks: what it says now, and what a touch does."""

    words: Callable[[Text], str]
    act: Callable[[], None]


class LooksSheet(Sheet):
    """Each button says what a touch brings; all are said anew after each touch."""

    def __init__(self, theme: Theme, words: Words, choices: Sequence[Choice]) -> None:
        super().__init__(theme, words()("kiosk.looks.title"), "")
        self._words = words
        self._choices = tuple(choices)
        self.buttons: list[Button] = []
        for choice in self._choices:
            button = self.add_button("", ButtonKind.SECONDARY)
            button.clicked.connect(lambda _checked=False, choice=choice: self._do(choice))
            self.buttons.append(button)
        close = self.add_button(words()("kiosk.looks.close"), ButtonKind.PRIMARY)
        self.escape = close
        close.clicked.connect(self.dismiss)
        self._say()

    def _do(self, choice: Choice) -> None:
        choice.act()
        self._say()

    def _say(self) -> None:
        for button, choice in zip(self.buttons, self._choices, strict=True):
            button.set_text(choice.words(self._words()))
