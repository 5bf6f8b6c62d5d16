"""Says that a page goes on below, and brings it up by a touch: not everybody knows that a page can be pushed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton

from desktop.kiosk.size import TARGET, Millimetres
from desktop.text import Text
from desktop.widgets.icon import draw_icon
from desktop.widgets.paint import fill, smooth, write
from desktop.widgets.scroll import PageScroll
from desktop.widgets.theme import Role, Theme, Type
from desktop.widgets.tokens import S
from desktop.widgets.wrap import longest, wrap

#: How much of a screenful a touch moves on by: a part of what was seen stays in sight.
STEP = 0.7
_ICON = 24


class MoreBelow(QAbstractButton):
    """Along the lower edge of a page that scrolls, while there is more; the page ends above it."""

    def __init__(self, theme: Theme, size: Millimetres, scroll: PageScroll) -> None:
        super().__init__(scroll)
        self._theme, self._size, self._scroll, self._words = theme, size, scroll, ""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clicked.connect(self._go_on)
        # Its own coming and going changes what there is to scroll: so it looks once a turn, and not while it is asked.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.fit)
        bar = scroll.verticalScrollBar()
        bar.valueChanged.connect(self._look_soon)
        bar.rangeChanged.connect(self._look_soon)
        scroll.installEventFilter(self)
        theme.changed.connect(self._look_soon)
        self._height = 0
        self.hide()

    def _look_soon(self) -> None:
        """Not the timer's own `start`, which would take where the bar stands for a number of milliseconds."""
        self._soon.start()

    def retext(self, text: Text) -> None:
        self._words = text("kiosk.scroll.more")
        self.setAccessibleName(self._words)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
            self._soon.start()
        return super().eventFilter(watched, event)

    def fit(self) -> None:
        bar, scroll = self._scroll.verticalScrollBar(), self._scroll
        # What is below for its own sake alone, since it takes its height from the page, is no reason to stay.
        least = self._theme.px(12)
        below = bar.maximum() - self._height > least and bar.maximum() - bar.value() > least
        height = max(self._size.px(TARGET), self._high() + self._theme.px(8)) if below else 0
        if self._height != height:
            self._height = height
            scroll.setViewportMargins(0, 0, 0, height)
        self._place()
        self.setVisible(below)

    def _place(self) -> None:
        self.setGeometry(0, self._scroll.height() - self._height, self._scroll.width(), self._height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter, side = self._theme, smooth(self), self._theme.em(_ICON)
        fill(painter, QRectF(self.rect()), 0, theme.color(Role.ACCENT_SOFT))
        ink = theme.color(Role.ACCENT)
        painter.setFont(theme.font(Type.STRONG))
        lines, line = self._lines(), theme.leading(Type.STRONG)
        wide = longest(lines, painter.font()) + theme.px(2)
        left = max(0.0, (self.width() - side - theme.px(S) - wide) / 2)
        draw_icon(painter, "chevron-down", QRectF(left, (self.height() - side) / 2, side, side), ink)
        top = (self.height() - line * len(lines)) / 2
        for n, said in enumerate(lines):
            write(self, painter, QRectF(left + side + theme.px(S), top + n * line, wide, line), said, ink)

    def _lines(self) -> list[str]:
        theme = self._theme
        room = self._scroll.width() - theme.em(_ICON) - 2 * theme.px(S)
        return wrap(self._words, theme.font(Type.STRONG), room)

    def _high(self) -> int:
        return len(self._lines()) * self._theme.leading(Type.STRONG)

    def _go_on(self) -> None:
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.value() + round(self._scroll.viewport().height() * STEP))
