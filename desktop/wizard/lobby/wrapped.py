"""Small things in a row that go on in the next one where there is no more room."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

from desktop.widgets.theme import Theme, follow
from desktop.widgets.tokens import XS, M


class _Rows(QLayout):
    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._items: list[QLayoutItem] = []
        self.across = self.down = 0

    def addItem(self, item: QLayoutItem, /) -> None:  # noqa: N802 - Qt's name
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int, /) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int, /) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802 - Qt's name
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int, /) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect, /) -> None:  # noqa: N802 - Qt's name
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return QSize(sum(item.sizeHint().width() + self.across for item in self._items), self.heightForWidth(10_000))

    def minimumSize(self) -> QSize:  # noqa: N802 - Qt's name
        sizes = [item.minimumSize() for item in self._items]
        return QSize(max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0))

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Returns the height that is needed."""
        x, y, row = rect.x(), rect.y(), 0
        for item in self._items:
            size = item.sizeHint()
            width = min(size.width(), rect.width())
            if x > rect.x() and x + width > rect.right() + 1:
                x, y, row = rect.x(), y + row + self.down, 0
            height = item.heightForWidth(width) if item.hasHeightForWidth() else size.height()
            if move:
                item.setGeometry(QRect(QPoint(x, y), QSize(width, height)))
            x, row = x + width + self.across, max(row, height)
        return y + row - rect.y()


class Wrapped(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows = _Rows(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        follow(theme, self._measure)

    def add(self, part: QWidget) -> None:
        self._rows.addWidget(part)

    def _measure(self) -> None:
        self._rows.across, self._rows.down = self._theme.px(M), self._theme.px(XS)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.invalidate()
