"""What was done on this PC, without personal data; each line can be taken out, and all of them at once."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.history import Entry, Outcome
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.theme import Role, Type
from desktop.widgets.tokens import XS, M
from desktop.wizard.blocks import LEFT, TOP, Group
from desktop.wizard.lobby.kept import KeptPage

_LOOKS = {
    Outcome.DONE: ("success", Role.SUCCESS),
    Outcome.CANCELLED: ("close", Role.MUTED),
    Outcome.FAILED: ("danger", Role.DANGER),
    Outcome.UNKNOWN: ("warning", Role.WARNING),
}


class PastPage(KeptPage):
    NAME = "history"

    def title(self) -> str:
        return self.room.text("history.title")

    def about(self) -> str:
        return self.room.text("history.privacy" if self.room.data is not None else "history.off")

    def list_kept(self) -> None:
        theme, text = self.room.theme, self.room.text
        self.deletes: list[Button] = []
        self.clear_all: Button | None = None
        entries = self.room.history.all()
        if not entries:
            self.body.add(Label(theme, text("history.empty"), Type.BODY, Role.MUTED))
            return
        self.body.add(Group(theme, *(self._line(entry) for entry in entries), gap=Group.CLOSE))
        self.clear_all = Button(theme, text("history.clear"), ButtonKind.DANGER)
        self.clear_all.clicked.connect(lambda: self.write(self.room.history.clear))
        self.body.add(self.clear_all, align=LEFT)

    def focus_first(self) -> bool:
        if self.deletes:
            self.deletes[0].setFocus()
        return bool(self.deletes)

    def _line(self, entry: Entry) -> QWidget:
        theme, text = self.room.theme, self.room.text
        offer = self.room.offer(entry.bank, entry.kind, entry.task)
        task = self.room.task_name(offer) if offer else text(f"lobby.task.{entry.task}.name")
        day = f"{entry.day:%Y.%m.%d}"
        said = text("history.line", day=day, bank=self.room.bank_name(entry.bank), task=task)
        outcome = [text(f"history.outcome.{entry.outcome}")]
        if entry.code:
            outcome.append(entry.code)
        if entry.serial_end:
            outcome.append(text("history.serial", end=entry.serial_end))
        icon, role = _LOOKS[entry.outcome]
        words = Column(theme, gap=XS)
        words.addWidget(Label(theme, said, Type.STRONG))
        words.addWidget(Label(theme, " · ".join(outcome), Type.SMALL, Role.MUTED))
        delete = Button(theme, text("history.delete"), ButtonKind.LINK)
        delete.setAccessibleName(f"{said}: {text('history.delete')}")
        delete.clicked.connect(lambda: self.write(lambda: self.room.history.delete(entry.id)))
        self.deletes.append(delete)
        line = QWidget()
        row = Row(theme, gap=M)
        row.addWidget(IconView(theme, icon, role, 20, beside=Type.STRONG), 0, TOP)
        row.addLayout(words, 1)
        row.addWidget(delete, 0, TOP)
        line.setLayout(row)
        return line
