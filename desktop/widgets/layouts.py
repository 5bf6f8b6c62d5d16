"""Columns and rows whose gaps and margins grow with the theme's scale."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QSpacerItem

from desktop.widgets.theme import Theme, follow

Margins = tuple[int, int, int, int]


class Stack(QBoxLayout):
    """Gaps and margins (left, top, right, bottom) in px at 100 %."""

    def __init__(self, theme: Theme, direction: QBoxLayout.Direction, gap: int, margins: Margins) -> None:
        super().__init__(direction)
        self._theme, self._gap, self._margins = theme, gap, margins
        self._extra: list[tuple[QSpacerItem, int]] = []
        follow(theme, self._restyle)

    def set_margins(self, margins: Margins) -> None:
        self._margins = margins
        self._restyle()

    def add_gap(self, size: int) -> None:
        """A fixed gap on top of the regular one, px at 100 %."""
        spacer = QSpacerItem(0, self._theme.px(size))
        self._extra.append((spacer, size))
        self.addItem(spacer)

    def _restyle(self) -> None:
        px = self._theme.px
        self.setSpacing(px(self._gap))
        left, top, right, bottom = self._margins
        self.setContentsMargins(px(left), px(top), px(right), px(bottom))
        for spacer, size in self._extra:
            spacer.changeSize(0, px(size))
        self.invalidate()


class Column(Stack):
    def __init__(self, theme: Theme, *, gap: int = 0, margins: Margins = (0, 0, 0, 0)) -> None:
        super().__init__(theme, QBoxLayout.Direction.TopToBottom, gap, margins)


class Row(Stack):
    def __init__(self, theme: Theme, *, gap: int = 0, margins: Margins = (0, 0, 0, 0)) -> None:
        super().__init__(theme, QBoxLayout.Direction.LeftToRight, gap, margins)
