"""The order in which a window is read, which is the order in which Tab goes, however late its parts were made."""

from __future__ import annotations

from PySide6 import QtCore
from PySide6.QtWidgets import QAbstractButton, QLabel, QLayout, QLineEdit, QScrollArea, QWidget


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
    laid_out: set[QWidget] = set()
    if (layout := widget.layout()) is not None:
        _read_layout(layout, found, laid_out)
    for other in widget.findChildren(QWidget, options=QtCore.Qt.FindChildOption.FindDirectChildrenOnly):
        if other not in laid_out and not other.isWindow():
            _read(other, found)


def _read_layout(layout: QLayout, found: list[QWidget], laid_out: set[QWidget]) -> None:
    for n in range(layout.count()):
        item = layout.itemAt(n)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            laid_out.add(widget)
            _read(widget, found)
        elif (inner := item.layout()) is not None:
            _read_layout(inner, found, laid_out)
