"""The PIN, twice, with the rules beside it that tick while it is typed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.widgets.beside import EASE, SLACK
from desktop.widgets.code_cells import CodeCells
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Row
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import M, S
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

    def __init__(self, kit: Kit, name: str, words: str = "ui.pin") -> None:
        """`words`: under which key the rule's sentence stands."""
        super().__init__()
        self._kit, self._key = kit, f"{words}.{name}"
        self._icon = IconView(kit.theme, *_ICONS[None], 20)
        self._label = Label(kit.theme, kit.text(self._key), Type.BODY)
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
        self._label.setAccessibleName(f"{text(self._key)} {state}".strip())

    @property
    def said(self) -> str:
        """As a screen reader has it."""
        return self._label.accessibleName()


class Rules(QWidget):
    """The rules in two columns, read down the first and then the second; in one where two have no room."""

    def __init__(self, theme: Theme, rules: list[Rule]) -> None:
        super().__init__()
        self._theme, self._rules, self._columns = theme, rules, 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        follow(theme, self._measure)

    def minimumSizeHint(self) -> QSize:
        """As narrow as one column may be, or there would never be one."""
        widest = max((rule.minimumSizeHint().width() for rule in self._rules), default=0)
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _measure(self) -> None:
        px = self._theme.px
        both = 2 * max(px(EASE), self.minimumSizeHint().width()) + px(M)
        laid_out = self.testAttribute(Qt.WidgetAttribute.WA_Resized)
        both += px(SLACK) if self._columns == 1 else 0
        columns = 2 if self.width() >= both or not laid_out else 1
        if columns != self._columns:
            self._columns, rows = columns, -(-len(self._rules) // columns)
            for n, rule in enumerate(self._rules):
                self._grid.addWidget(rule, n % rows, n // rows, TOP)
            for n in range(2):
                self._grid.setColumnStretch(n, 1 if n < columns else 0)
        self._grid.setHorizontalSpacing(px(M))
        self._grid.setVerticalSpacing(px(S))


class PinPage(Page):
    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.rules: dict[str, Rule] = {}
        self.changed.connect(self._tick)

    def label(self, view: View, field: str) -> str:
        """Where the present one is asked too, the other two are called new."""
        new = f"pages.pin.{field}"
        changing = view.field("current_pin") is not None and self.kit.text.has(new)
        return self.kit.text(new) if changing else super().label(view, field)

    def hint(self, field: str) -> str:
        """The rules below say it all of a new one, and the cells of the present one."""
        return ""

    def build(self, view: View) -> None:
        cells = Group(self.kit.theme, *(editor.box for editor in self.editors.values()), gap=Group.USUAL)
        self.body.add(cells)
        self.rules = {}
        if "pin" not in self.editors:
            return
        self.rules = {name: Rule(self.kit, name) for name in RULES}
        heading = self.kit.text("ui.pin.rules")
        self.body.add(section(self.kit.theme, heading, Rules(self.kit.theme, list(self.rules.values()))))

    def refresh(self, view: View) -> None:
        self._tick()

    def _tick(self) -> None:
        """Format rules are judged here; whether it is a part of the person's numbers only the flow can tell."""
        pin, again = (self._cells(name) for name in ("pin", "pin_again"))
        if pin is None or again is None or self.view is None or not self.rules:
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
