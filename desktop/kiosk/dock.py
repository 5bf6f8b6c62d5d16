"""The keypad beside a page: which one a field wants, and how what is pressed comes into the field."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QWidget

from desktop.kiosk.hangul import compose
from desktop.kiosk.keypad import GAP, Keypad
from desktop.kiosk.layouts import BACK, CLEAR, NEXT, SPACE, TO_HANGUL, TO_LATIN, TO_MARKS, Pad, Shuffle
from desktop.kiosk.size import Millimetres
from desktop.text import Text
from desktop.widgets.code_cells import CodeCells
from desktop.widgets.entry import TextEntry
from desktop.widgets.field_edit import FieldEdit
from desktop.widgets.grouped_edit import GroupedEdit
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Theme, follow
from desktop.wizard.flow.view import Entry, FieldView
from desktop.wizard.page import Page

#: Who sees which key is pressed knows these: their digits stand in another order each time.
PINS = frozenset({"pin", "pin_again", "current_pin", "account_password"})
#: Across the lower edge there is room for higher keys.
TALL = 1.3
#: At the side there is more height than width: keys are higher still, and so much wider with larger letters.
TALL_BESIDE, WIDER = 1.8, 1.2
#: Keys in the widest row of letters, with what is pushed in at its ends.
WIDEST_ROW = 10.5
_SWITCHES = {TO_HANGUL: Pad.HANGUL, TO_LATIN: Pad.LATIN, TO_MARKS: Pad.MARKS}


class Dock(Surface):
    """Keys go straight into the field's own buffer; no text of a secret is ever put together on the way."""

    finished = Signal()  # "next" was pressed in the last field
    typed = Signal()

    def __init__(
        self, theme: Theme, text: Callable[[], Text], size: Millimetres, shuffle: Shuffle | None, *, across: bool
    ) -> None:
        """`across`: as wide as the screen; else it stands at the side."""
        super().__init__(theme, Role.SUNKEN, rounded=False)
        self._theme, self._text, self._size = theme, text, size
        self.keypad = Keypad(theme, text, size, shuffle, tall=TALL if across else TALL_BESIDE, across=across)
        self.keypad.pressed.connect(self.press)
        self._page: Page | None = None
        self.target: FieldEdit | None = None
        self._before = self._run = ""  # what stood in a plain field, and the keys pressed since
        way = QBoxLayout.Direction.LeftToRight if across else QBoxLayout.Direction.TopToBottom
        row = QBoxLayout(way, self)
        margin = size.px(GAP * 2)
        row.setContentsMargins(margin, margin, margin, margin)
        row.addStretch(1)
        row.addWidget(self.keypad, 1000 if across else 0)
        row.addStretch(1)
        self._across = across
        self.hide()
        follow(theme, self._fit)

    def draw(self, page: Page | None) -> None:
        """A page that has come, or changed: the keypad is there as long as something can be typed on it."""
        known, self._page = page is self._page, page
        fields = [edit for edit, _ in self._fields()]
        if known and self.target in fields and self.isVisible():
            return
        focused = self.window().focusWidget()
        target = focused if isinstance(focused, FieldEdit) and focused in fields else next(iter(fields), None)
        self._attend(target)

    def focus_came(self, widget: object) -> None:
        """To a field: the keypad is for this one. Elsewhere: it stays for the last, so that nothing moves."""
        if isinstance(widget, FieldEdit) and widget is not self.target and widget.isEnabled():
            self._attend(widget)

    def forget(self) -> None:
        """Nothing of what was typed stays here."""
        self._before = self._run = ""
        self._page, self.target = None, None
        self.hide()

    def retext(self) -> None:
        self.keypad.retext()

    def press(self, mark: str) -> None:
        target = self.target
        if target is None:
            return
        self.typed.emit()
        if mark in _SWITCHES:
            self._show(_SWITCHES[mark], hangul=self._takes_hangul(target))
            return
        if not target.hasFocus():
            target.setFocus()
        if mark == NEXT:
            self._go_on(target)
        elif isinstance(target, GroupedEdit):
            self._into_groups(target, mark)
        elif isinstance(target, TextEntry):
            self._into_text(target, mark)

    def _into_groups(self, target: GroupedEdit, mark: str) -> None:
        if mark == BACK:
            target.rub_out()
        elif mark == CLEAR:
            target.erase(0, target.length())
        else:
            target.enter(" " if mark == SPACE else mark, typed=True)
            if target.length() == target.limit and (isinstance(target, CodeCells) or target.groups):
                following = self._after(target)
                if following is not None and not _filled(following):
                    following.setFocus()

    def _into_text(self, target: TextEntry, mark: str) -> None:
        if target.text() != self._before + compose(self._run):
            self._before, self._run = target.text(), ""
        if mark == CLEAR:
            self._before = self._run = ""
        elif mark == BACK:
            self._before = self._before if self._run else self._before[:-1]
            self._run = self._run[:-1]
        else:
            self._run += " " if mark == SPACE else mark
        target.setText(self._before + compose(self._run))
        target.edited.emit()

    def _go_on(self, target: FieldEdit) -> None:
        following = self._after(target)
        if following is not None:
            following.setFocus()
        else:
            self.finished.emit()

    def _after(self, target: FieldEdit) -> FieldEdit | None:
        fields = [edit for edit, _ in self._fields()]
        place = fields.index(target) + 1 if target in fields else len(fields)
        return fields[place] if place < len(fields) else None

    def _attend(self, target: FieldEdit | None) -> None:
        self.target, self._before, self._run = target, "", ""
        if target is None:
            self.hide()
            return
        field = next((field for edit, field in self._fields() if edit is target), None)
        if isinstance(target, TextEntry):
            self._before = target.text()
        self._show(self._pad(target, field), hangul=self._takes_hangul(target))
        self.show()

    def _show(self, pad: Pad, *, hangul: bool) -> None:
        self.keypad.show_pad(pad, hangul=hangul)
        self._fit()

    def _fit(self) -> None:
        """At the side: as wide as its widest row of keys."""
        pad, gap = self.keypad.pad, self._size.px(GAP)
        if self._across or pad is None:
            return
        if pad in {Pad.DIGITS, Pad.SHUFFLED}:
            keys = self.keypad.broadest()
        else:
            key = self._size.key * (WIDER if self._theme.enlarged else 1.0)
            keys = round(WIDEST_ROW * key + (WIDEST_ROW - 1) * gap)
        self.setFixedWidth(keys + 4 * gap)

    def _pad(self, target: FieldEdit, field: FieldView | None) -> Pad:
        if field is not None and field.id in PINS:
            return Pad.SHUFFLED
        if isinstance(target, TextEntry):
            return Pad.HANGUL if self._takes_hangul(target) and self._text().language == "ko" else Pad.LATIN
        if field is not None and field.entry in {Entry.PASSWORD, Entry.TEXT}:
            return Pad.LATIN
        return Pad.DIGITS

    def _takes_hangul(self, target: FieldEdit) -> bool:
        return any(edit is target and field.id == "name" for edit, field in self._fields())

    def _fields(self) -> list[tuple[FieldEdit, FieldView]]:
        """The inputs of the page that are to be seen and can be typed into, from top to bottom."""
        editors = self._page.editors.values() if self._page is not None else ()
        found = [(e.input, e.field) for e in editors if isinstance(e.input, FieldEdit) and _usable(e.input)]
        return [(edit, field) for edit, field in found if isinstance(edit, FieldEdit)]


def _usable(edit: QWidget) -> bool:
    box = edit.parentWidget()
    return edit.isEnabled() and not _put_away(edit) and (box is None or not _put_away(box))


def _put_away(widget: QWidget) -> bool:
    """Hidden on purpose; what was just made is hidden too, until the layout shows it."""
    return widget.isHidden() and widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)


def _filled(edit: FieldEdit) -> bool:
    return edit.length() > 0 if isinstance(edit, GroupedEdit) else bool(edit.text())
