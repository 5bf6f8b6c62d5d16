"""The secondary ways on: each a button, shut until its cool-down has passed, with the seconds said."""

from __future__ import annotations

import math

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.widgets.beside import Beside
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.layouts import Row
from desktop.wizard.blocks import Group
from desktop.wizard.flow.view import ActionView
from desktop.wizard.kit import Kit


class Actions(QWidget):
    asked = Signal(str)  # action id

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._row = Beside(kit.theme, gap=Group.TIGHT, below=0)
        row = Row(kit.theme)
        row.addWidget(self._row)
        row.addStretch(1)
        self.setLayout(row)
        self.buttons: dict[str, Button] = {}
        self._actions: tuple[ActionView, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self._tick)

    def draw(self, actions: tuple[ActionView, ...]) -> None:
        self._actions = actions
        for name in set(self.buttons) - {a.id for a in actions}:
            gone = self.buttons.pop(name)
            gone.hide()
            self._row.drop(gone)
            gone.deleteLater()
        for action in actions:
            if action.id not in self.buttons:
                self._add(action.id)
        self._tick()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _add(self, name: str) -> None:
        button = Button(self._kit.theme, "", ButtonKind.LINK)
        button.clicked.connect(lambda: self.asked.emit(name))
        self.buttons[name] = button
        self._row.add(button, stretch=0)

    def _tick(self) -> None:
        now, text = self._kit.clock(), self._kit.text
        waiting = False
        for action in self._actions:
            seconds = math.ceil(action.ready_at - now)
            button = self.buttons[action.id]
            name = text(f"action.{action.id}")
            button.set_text(text("ui.action.wait", name=name, seconds=seconds) if seconds > 0 else name)
            button.setAccessibleName(name)
            button.setEnabled(seconds <= 0)
            waiting = waiting or seconds > 0
        if waiting and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()
