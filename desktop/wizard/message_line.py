"""The last message of the practice phone, in a line above the question where the phone has no room beside it."""

from __future__ import annotations

from PySide6.QtCore import Signal

from desktop.services.api import PhoneEvent
from desktop.widgets.beside import Beside
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Row
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Type
from desktop.widgets.tokens import L, M, S
from desktop.wizard.blocks import TOP
from desktop.wizard.kit import Kit
from desktop.wizard.received import sender_name, words_of

#: Narrower than this (px at 100 %) the words need all of the line.
WORDY = 480


class MessageLine(Surface):
    """It takes room of its own, so the field that the code is typed into is never covered.

    At a kiosk it is not enlarged with the rest: in earnest the message is on the person's own phone, and enlarged it
    would leave no room for the field.
    """

    opened = Signal()  # the person wants to see the phone itself

    def __init__(self, kit: Kit) -> None:
        theme = kit.around.snug(letters=False) if kit.kiosk is not None else kit.theme
        super().__init__(theme, Role.ACCENT_SOFT, rounded=False)
        self._kit = kit
        self._event: PhoneEvent | None = None
        self._icon = IconView(theme, "message", Role.ACCENT, 20, beside=Type.SMALL)
        self._said = Label(theme, "", Type.SMALL)
        self.open = Button(theme, "", ButtonKind.LINK)
        self.open.clicked.connect(self.opened)
        row = Row(theme, gap=M, margins=(L, S, L, S))
        row.addWidget(self._icon, 0, TOP)
        words = Beside(theme, needs=WORDY, gap=M, below=0, middle=True)
        words.add(self._said)
        words.add(self.open, stretch=0)
        row.addWidget(words, 1)
        self.setLayout(row)

    @property
    def is_empty(self) -> bool:
        return self._event is None

    def show_event(self, event: PhoneEvent | None) -> None:
        """None: the message has done what it came for."""
        self._event = event
        self.retext()

    def retext(self) -> None:
        if self._event is None:
            return
        self._icon.set_icon("call" if self._event.channel == "ars" else "message", Role.ACCENT)
        self._said.set_text(f"{sender_name(self._kit, self._event.sender)}\n{words_of(self._kit, self._event)}")
        self.open.set_text(self._kit.text("ui.phone_panel.open"))
