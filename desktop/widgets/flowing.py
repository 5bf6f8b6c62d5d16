"""Widgets that are as high as their wrapped text, and no higher, at whatever width they get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    _Base = QWidget
else:
    _Base = object


class Flowing(_Base):
    """Mixed into a Qt widget that overrides `heightForWidth`.

    A layout bounds a widget of fixed height by its size hint, which knows no width; so the hint is made to
    follow the width the widget has been given.
    """

    _given = 0

    def flow_horizontally(self, policy: QSizePolicy.Policy) -> None:
        """Sets the policy across; downwards the height follows from the width."""
        whole = QSizePolicy(policy, QSizePolicy.Policy.Fixed)
        whole.setHeightForWidth(True)
        self.setSizePolicy(whole)

    def hasHeightForWidth(self) -> bool:
        """Said here too, for QLabel takes it out of the policy whenever its text is set."""
        return True

    def flowed(self, natural: QSize) -> QSize:
        """The size hint, given the one the widget would have if it never had to wrap."""
        return QSize(natural.width(), self.heightForWidth(self._given)) if self._given else natural

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != self._given:
            self._given = event.size().width()
            self.updateGeometry()
