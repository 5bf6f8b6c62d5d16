"""A field as a page places it: the question above, the help and the problem below, and all of it said to a reader."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.widgets.announce import announce
from desktop.widgets.field_edit import FieldEdit
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.theme import Role, Theme, Type


class FieldBox(QWidget):
    """Label, editor, then what is wrong, what is doubtful, and the hint. Focus goes to the editor."""

    def __init__(self, theme: Theme, label: str, hint: str, editor: QWidget) -> None:
        super().__init__()
        self.editor = editor
        self._label = Label(theme, label, Type.STRONG)
        self._problem = _Remark(theme, "danger", Role.DANGER)
        self._warning = _Remark(theme, "warning", Role.WARNING)
        self._hint = Label(theme, hint, Type.SMALL, Role.MUTED)
        self._cause = ""
        column = Column(theme, gap=8)
        self.setLayout(column)
        column.addWidget(self._label)
        narrow = editor.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Maximum
        column.addWidget(editor, 0, Qt.AlignmentFlag.AlignLeft if narrow else Qt.AlignmentFlag(0))
        for below in (self._problem, self._warning, self._hint):
            column.addWidget(below)
        column.addStretch(1)
        self._hint.setVisible(bool(hint))
        self.setFocusProxy(editor)
        self._describe()

    def set_label(self, label: str) -> None:
        self._label.set_text(label)
        self._describe()

    def set_hint(self, hint: str) -> None:
        self._hint.set_text(hint)
        self._hint.setVisible(bool(hint))
        self._describe()

    def set_problem(self, cause: str | None, remedy: str | None = None) -> None:
        """What is wrong and what to do; None takes it away."""
        text = " ".join(part for part in (cause, remedy) if part)
        self._problem.set_text(text)
        if isinstance(self.editor, FieldEdit):
            self.editor.set_wrong(bool(text))
        self._describe()

    def set_warning(self, text: str | None) -> None:
        """A doubt that stops nobody (Caps Lock, a check digit); spoken as it appears."""
        if text and text != self._warning.plain_text():
            announce(self.editor, text)
        self._warning.set_text(text or "")
        self._describe()

    def _describe(self) -> None:
        parts = (self._problem.plain_text(), self._warning.plain_text(), self._hint.plain_text())
        self.editor.setAccessibleName(self._label.plain_text())
        self.editor.setAccessibleDescription(" ".join(part for part in parts if part))


class _Remark(QWidget):
    """An icon with a sentence; not there while it has none."""

    def __init__(self, theme: Theme, name: str, role: Role) -> None:
        super().__init__()
        self._text = Label(theme, "", Type.SMALL, role)
        row = Row(theme, gap=6)
        self.setLayout(row)
        row.addWidget(IconView(theme, name, role, 18, beside=Type.SMALL), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        self.hide()

    def set_text(self, text: str) -> None:
        self._text.set_text(text)
        self.setVisible(bool(text))

    def plain_text(self) -> str:
        return self._text.plain_text()
