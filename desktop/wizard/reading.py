"""The order in which a window is read, which is the order in which Tab goes, however late its parts were made."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6 import QtCore
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QScrollArea, QWidget


def stops(root: QWidget) -> list[QWidget]:
    """Every widget that Tab comes to, from the top left to the bottom right."""
    found: list[QWidget] = []
    _read(root, found)
    return found


def neighbour(root: QWidget, *, forward: bool) -> QWidget | None:
    """Where Tab goes from the focused widget of the window; round at its ends."""
    found = stops(root)
    if not found:
        return None
    focused = root.focusWidget()
    if focused not in found:
        # A widget that holds the focus without being a stop, such as the frame during a call.
        return found[0 if forward else -1]
    return found[(found.index(focused) + (1 if forward else -1)) % len(found)]


def _read(widget: QWidget, found: list[QWidget]) -> None:
    if not widget.isVisible():
        return  # and nothing in it
    if widget.focusPolicy() & QtCore.Qt.FocusPolicy.TabFocus and widget.focusProxy() is None and widget.isEnabled():
        found.append(widget)
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        return
    if isinstance(widget, QScrollArea):
        if (content := widget.widget()) is not None:
            _read(content, found)
        return
    inside = widget.findChildren(QWidget, options=QtCore.Qt.FindChildOption.FindDirectChildrenOnly)
    for part in _by_place([part for part in inside if not part.isWindow()]):
        _read(part, found)


def _by_place(parts: list[QWidget]) -> Iterator[QWidget]:
    """Row by row, and from left to right in a row; what stands beside something higher is read from the top.

    By where they are seen, not by their layout: the items it hands out are deleted by Qt and once more by PySide.
    """
    rest = sorted(parts, key=lambda part: (part.y(), part.x()))
    while rest:
        first = rest[0].geometry()
        row = [part for part in rest if first.top() <= part.geometry().center().y() <= first.bottom()] or rest[:1]
        yield from sorted(row, key=lambda part: (part.x(), part.y()))
        rest = [part for part in rest if part not in row]
