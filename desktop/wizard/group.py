"""Widgets put together, under one another or side by side, and sections of them under a heading."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6 import QtCore
from PySide6.QtWidgets import QWidget

from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.theme import Theme, Type
from desktop.widgets.tokens import XL, L, M, S


class Group(QWidget):
    """Widgets under one another, or side by side."""

    TIGHT, CLOSE, USUAL, WIDE = S, M, L, XL

    def __init__(self, theme: Theme, *parts: QWidget, gap: int = L, across: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._box: Column | Row = Row(theme, gap=gap) if across else Column(theme, gap=gap)
        self.setLayout(self._box)
        for part in parts:
            self.add(part)

    def add(self, part: QWidget, *, stretch: int = 0, align: QtCore.Qt.AlignmentFlag | None = None) -> None:
        if align is None:
            self._box.addWidget(part, stretch)
        else:
            self._box.addWidget(part, stretch, align)

    def add_narrow(self, part: QWidget) -> None:
        """No wider than it wants to be, at the left."""
        line = Group(self._theme, part, across=True)
        line.add_stretch()
        self.add(line)

    def add_stretch(self) -> None:
        self._box.addStretch(1)

    def clear(self, kept: Iterable[QWidget] = ()) -> None:
        """Takes everything out; what is not among `kept` is deleted."""
        spared = set(kept)
        # By the parts: an item that a layout hands out is never deleted by PySide.
        for widget in [child for child in self.children() if isinstance(child, QWidget)]:
            if widget not in spared:
                widget.hide()  # or Qt, which was asked to show it with the rest, makes a window of it for a moment
            # Not hidden by hand, or what is spared would stay so in the layout it is put into next.
            widget.setParent(None)
            if widget not in spared:
                widget.deleteLater()  # last: Python lets go of it, and what is spared in it gets a parent first
        while self._box.takeAt(0) is not None:  # what is stretched between them
            continue


def section(theme: Theme, heading: str, *parts: QWidget) -> Group:
    """A heading and what belongs to it."""
    return Group(theme, Label(theme, heading, Type.HEADING), *parts, gap=Group.CLOSE)
