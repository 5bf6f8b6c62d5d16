"""The PIN, twice, with the rules beside it that tick while it is typed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.widgets.code_cells import CodeCells
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Row
from desktop.widgets.theme import Role, Type
from desktop.wizard.blocks import TOP, Group, section
from desktop.wizard.flow.view import View
from desktop.wizard.kit import Kit
from desktop.wizard.page import Page

#: Which codes break each rule that is shown.
RULES = {
    "length": {"wrong_length"},
    "repeated": {"pin_repeated"},
    "sequence": {"pin_ascending", "pin_descending"},
    "personal": {"pin_from_rrn", "pin_from_birth_date", "pin_from_phone", "pin_from_account"},
    "same": {"pin_mismatch"},
}
_ICONS = {None: ("circle", Role.MUTED), True: ("check", Role.SUCCESS), False: ("close", Role.DANGER)}


class Rule(QWidget):
    """One rule and whether it is kept: yes, no, or not known yet; said in words too."""

    def __init__(self, kit: Kit, name: str) -> None:
        super().__init__()
        self._kit, self._name = kit, name
        self._icon = IconView(kit.theme, *_ICONS[None], 20)
        self._label = Label(kit.theme, kit.text(f"ui.pin.{name}"), Type.BODY)
        row = Row(kit.theme, gap=Group.TIGHT)
        row.addWidget(self._icon, 0, TOP)
        row.addWidget(self._label, 1)
        self.setLayout(row)
        self.kept: bool | None = None

    def set_kept(self, kept: bool | None) -> None:
        self.kept = kept
        text = self._kit.text
        self._icon.set_icon(*_ICONS[kept])
        self._label.set_role(Role.DANGER if kept is False else Role.TEXT)
        state = {None: "", True: text("ui.pin.kept"), False: text("ui.pin.broken")}[kept]
        self._label.setAccessibleName(f"{text(f'ui.pin.{self._name}')} {state}".strip())

    @property
    def said(self) -> str:
        """As a screen reader has it."""
        return self._label.accessibleName()


class PinPage(Page):
    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.rules: dict[str, Rule] = {}
        self.changed.connect(self._tick)

    def hint(self, field: str) -> str:
        """The rules below say it all."""
        return ""

    def build(self, view: View) -> None:
        super().build(view)
        self.rules = {name: Rule(self.kit, name) for name in RULES}
        heading = self.kit.text("ui.pin.rules")
        self.body.add(section(self.kit.theme, heading, Group(self.kit.theme, *self.rules.values(), gap=Group.TIGHT)))

    def refresh(self, view: View) -> None:
        self._tick()

    def _tick(self) -> None:
        """Format rules are judged here; whether it is a part of the person's numbers only the flow can tell."""
        pin, again = (self._cells(name) for name in ("pin", "pin_again"))
        if pin is None or again is None or self.view is None:
            return
        held = {f.id for f in self.view.fields if f.mask}
        for name, kept in self._judge(pin, again, held).items():
            self.rules[name].set_kept(kept)

    def _judge(self, pin: CodeCells, again: CodeCells, held: set[str]) -> dict[str, bool | None]:
        said = {f.problem.detail or f.problem.code for f in self.view.fields if f.problem} if self.view else set()
        typed, digits = pin.length(), pin.limit
        whole = typed == digits
        if not typed:
            kept: dict[str, bool | None] = dict.fromkeys(RULES, True if "pin" in held else None)
        else:
            broken = pin.judged(self.kit.pin_rule) if whole else None
            kept = {name: (broken not in codes) if whole else None for name, codes in RULES.items()}
            kept |= {"length": True if whole else None, "personal": None}
        if again.length() == digits and whole:
            kept["same"] = pin.judged(lambda first: again.judged(lambda second: first == second))
        elif typed or again.length():
            kept["same"] = None
        if not typed and not again.length():
            kept |= {name: False for name, codes in RULES.items() if said & codes}
        return kept

    def _cells(self, name: str) -> CodeCells | None:
        editor = self.editors.get(name)
        return editor.input if editor and isinstance(editor.input, CodeCells) else None
