"""The order in which a window is read, which is the order in which Tab goes, however late its parts were made."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def stops(root: QWidget) -> list[QWidget]:
    """Every widget that Tab comes to, from the top left to the bottom right."""
    return [
        widget
        for widget in _read(root)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and widget.isVisible()
        and widget.isEnabled()
    ]


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


def _read(widget: QWidget) -> Iterator[QWidget]:
    yield widget
    if isinstance(widget, QScrollArea):
        if (content := widget.widget()) is not None:
            yield from _read(content)
        return
    laid_out: set[QWidget] = set()
    if (layout := widget.layout()) is not None:
        for child in _in_layout(layout):
            laid_out.add(child)
            yield from _read(child)
    for other in widget.children():
        if isinstance(other, QWidget) and other not in laid_out and not other.isWindow():
            yield from _read(other)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    for n in range(layout.count()):
        item = layout.itemAt(n)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _in_layout(inner)
