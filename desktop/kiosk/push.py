"""A page follows the finger that pushes it, up or down, and what lay under the finger is not pressed then."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QScrollArea, QWidget
from shiboken6 import isValid

_T = QEvent.Type
PRESSES = frozenset({_T.MouseButtonPress, _T.MouseButtonDblClick})
#: A time that no event has.
_NEVER: Final = -1
POINTED = PRESSES | {_T.MouseMove, _T.MouseButtonRelease}


class Push:
    """Qt makes a mouse of a finger that nobody takes; its own scrollers would keep a kilobyte of each page for good."""

    def __init__(self, far: int) -> None:
        """`far`: px that a finger moves before it counts as a push; a finger that only touches trembles too."""
        self._far = far
        self._area: QScrollArea | None = None
        self._pushing = False
        self._began = self._value = 0
        self._when = _NEVER

    def takes(self, watched: QWidget, event: QMouseEvent) -> bool:
        """Whether the event was part of a push, and is not for the widget."""
        kind = event.type()
        if kind in PRESSES:
            self._begin(watched, event)
            return False
        if kind != _T.MouseMove:
            self._when = _NEVER
        if self._area is None or not isValid(self._area):
            return False
        if kind == _T.MouseMove:
            return self._follow(self._area, watched, event)
        pushed, self._area = self._pushing, None
        return pushed and not isinstance(watched, QAbstractButton)  # a button that is up does nothing

    def _begin(self, watched: QWidget, event: QMouseEvent) -> None:
        """Only where it is pressed: what no widget takes comes to all that it lies on, one after the other.

        Those have the time of the first, but so has a press that follows its release within the millisecond.
        """
        if event.timestamp() == self._when:
            return
        self._when = event.timestamp()
        self._area, self._pushing = _moves(watched), False
        self._began = round(event.globalPosition().y())
        if self._area is not None:
            self._value = self._area.verticalScrollBar().value()

    def _follow(self, area: QScrollArea, watched: QWidget, event: QMouseEvent) -> bool:
        moved = round(event.globalPosition().y()) - self._began
        if not self._pushing and abs(moved) <= self._far:
            return False
        self._pushing = True
        if isinstance(watched, QAbstractButton):
            watched.setDown(False)
        area.verticalScrollBar().setValue(self._value - moved)
        return True


def _moves(widget: QWidget) -> QScrollArea | None:
    """The page that the widget lies on, if there is more of it than is seen. A bar is moved by itself."""
    above: QWidget | None = None if isinstance(widget, QAbstractSlider) else widget
    while above is not None:
        if isinstance(above, QScrollArea) and above.verticalScrollBar().maximum() > 0:
            return above
        above = above.parentWidget()
    return None
