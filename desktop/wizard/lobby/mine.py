"""My certificates, as far as this PC has seen them: how each stands, what it is good for, and what can be done now."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.known import Known, State, state_of
from desktop.services.vocabulary import Status
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Type
from desktop.widgets.tokens import XL, L, M, S
from desktop.wizard.blocks import TOP
from desktop.wizard.lobby.kept import KeptPage
from desktop.wizard.lobby.wrapped import Wrapped

_LOOKS = {
    Status.GOOD: ("success", Role.SUCCESS),
    Status.SUSPENDED: ("warning", Role.WARNING),
    Status.REVOKED: ("close", Role.MUTED),
    Status.EXPIRED: ("danger", Role.DANGER),
}


class MinePage(KeptPage):
    NAME = "mine"

    def list_kept(self) -> None:
        theme, text = self.room.theme, self.room.text
        self.tasks: dict[str, Button] = {}
        found = self.room.known.all()
        for known in found:
            self.body.add(self._card(known))
        if not found:
            self.body.add(Notice(theme, NoticeKind.INFO, text("lobby.mine.none"), text("lobby.mine.none_body")))

    def primary_text(self) -> str:
        return self.room.text("lobby.mine.first") if not self.tasks else ""

    def press_primary(self) -> None:
        if not self.tasks:
            self.opened.emit("chooser", "")

    def focus_first(self) -> bool:
        first = next(iter(self.tasks.values()), None)
        if first is not None:
            first.setFocus()
        return first is not None

    def _card(self, known: Known) -> QWidget:
        theme, bank = self.room.theme, self.room.banks.get(known.bank)
        state = state_of(known, self.room.today(), bank)
        card = Surface(theme)
        column = Column(theme, gap=S, margins=(L, L, L, M))
        head = Row(theme, gap=M)
        head.addWidget(IconView(theme, "certificate", Role.ACCENT, XL, beside=Type.HEADING), 0, TOP)
        head.addWidget(Label(theme, self._name(known), Type.HEADING), 1)
        column.addLayout(head)
        column.addWidget(self._state(known, state))
        column.addWidget(Label(theme, self._details(known), Type.SMALL, Role.MUTED))
        column.addWidget(self._ways(known, state))
        card.setLayout(column)
        return card

    def _name(self, known: Known) -> str:
        bank, text = self.room.banks.get(known.bank), self.room.text
        kinds = {p.kind: p.name[text.language] for p in bank.products} if bank else {}
        return f"{self.room.bank_name(known.bank)} {kinds.get(known.kind) or text(f'pages.kind.{known.kind}')}"

    def _state(self, known: Known, state: State) -> QWidget:
        """With an icon and words; the colour only underlines them."""
        theme, text = self.room.theme, self.room.text
        expired = state.key.endswith("expired")
        icon, role = _LOOKS[Status.EXPIRED if expired else known.status]
        if state.urgent and not expired:
            icon, role = "warning", Role.WARNING
        line = QWidget()
        row = Row(theme, gap=S)
        row.addWidget(IconView(theme, icon, role, 20, beside=Type.STRONG), 0, TOP)
        row.addWidget(Label(theme, text(state.key, **state.data), Type.STRONG, role), 1)
        line.setLayout(row)
        return line

    def _details(self, known: Known) -> str:
        """Whose, until when, where it is kept and what it is good for."""
        text, bank = self.room.text, self.room.banks.get(known.bank)
        data = {"owner": known.owner, "day": f"{known.last_day:%Y.%m.%d}", "where": text(f"known.where.{known.where}")}
        said = [text("lobby.mine.details", **data)]
        uses = next((p.uses for p in bank.products if p.kind == known.kind), ()) if bank else ()
        if uses and known.status is Status.GOOD:
            said.append(text("lobby.mine.uses", uses=" · ".join(use[text.language] for use in uses)))
        elsewhere = [self.room.bank_name(name) for name in known.registered_at if name != known.bank]
        if elsewhere:
            said.append(text("lobby.mine.registered", banks=", ".join(elsewhere)))
        return "\n".join(said)

    def _ways(self, known: Known, state: State) -> QWidget:
        """The tasks that are possible now, and taking a dead one off the list."""
        theme, text, ways = self.room.theme, self.room.text, Wrapped(self.room.theme)
        for task in state.tasks:
            offer = self.room.offer(known.bank, known.kind, task)
            if offer is None:
                continue
            button = Button(theme, text(f"lobby.task.{task}.name"), ButtonKind.LINK)
            button.setAccessibleName(self.room.journey_name(offer))
            button.clicked.connect(lambda _on=False, offer=offer: self.chosen.emit(offer))
            self.tasks[f"{known.serial}/{task}"] = button
            ways.add(button)
        if known.status is Status.REVOKED or state.key.endswith("expired"):
            forget = Button(theme, text("lobby.mine.forget"), ButtonKind.LINK)
            forget.setAccessibleName(f"{self._name(known)}: {text('lobby.mine.forget')}")
            forget.clicked.connect(lambda: self.write(lambda: self.room.known.forget(known.serial)))
            ways.add(forget)
        return ways
