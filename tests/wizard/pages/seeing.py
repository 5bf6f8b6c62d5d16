"""What can be read and pressed on a page, for its tests."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

from desktop.widgets.button import Button
from desktop.widgets.label import Label


def words(widget: QWidget) -> str:
    """All that can be read, once it is laid out."""
    QApplication.processEvents()
    return " ".join(part.plain_text() for part in widget.findChildren(Label) if part.isVisible())


def button(widget: QWidget, name: str) -> Button:
    """The visible button of that name."""
    QApplication.processEvents()
    return next(
        b for b in widget.findChildren(Button) if b.isVisible() and name in {b.plain_text(), b.accessibleName()}
    )


def buttons(widget: QWidget) -> list[str]:
    QApplication.processEvents()
    return [b.plain_text() for b in widget.findChildren(Button) if b.isVisible()]
