"""What stands side by side where there is room and under one another where there is none; and numbered steps."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QWidget

from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.paint import fill, smooth
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import L, M
from desktop.wizard.blocks import TOP

_ACROSS, _DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class Beside(QWidget):
    """`needs`: the width (px at 100 %) from which the parts stand in a row. A part of `stretch` 0 keeps its width."""

    def __init__(self, theme: Theme, *, needs: int, gap: int = L) -> None:
        super().__init__()
        self._theme, self._needs, self._gap = theme, needs, gap
        self._box = QBoxLayout(_ACROSS, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        follow(theme, self._measure)

    def add(self, part: QWidget, *, stretch: int = 1) -> None:
        fixed = part.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Fixed
        self._box.addWidget(part, stretch, TOP | Qt.AlignmentFlag.AlignLeft if fixed else TOP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _measure(self) -> None:
        self._box.setSpacing(self._theme.px(self._gap))
        # Before it is laid out nobody knows the width; mostly there is room.
        roomy = self.width() >= self._theme.px(self._needs) or not self.testAttribute(Qt.WidgetAttribute.WA_Resized)
        self._box.setDirection(_ACROSS if roomy else _DOWN)


class _Number(QLabel):
    """A figure in a disc; its text is read with the sentence beside it."""

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme, self._number = theme, number
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        follow(theme, self._restyle)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(24), self._theme.leading(Type.BODY))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        painter = smooth(self)
        side = theme.px(22)
        disc = QRectF(0, (self.height() - side) / 2, side, side)
        fill(painter, disc, side / 2, theme.color(Role.ACCENT_SOFT))
        painter.setFont(theme.sized(13, 700))
        painter.setPen(theme.color(Role.ACCENT))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(self._number))

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()


class Numbered(QWidget):
    """Sentences in the order in which they are done."""

    def __init__(self, theme: Theme, sentences: Iterable[str], gap: int = M) -> None:
        super().__init__()
        column = Column(theme, gap=gap)
        for number, sentence in enumerate(sentences, 1):
            row = Row(theme, gap=M)
            row.addWidget(_Number(theme, number), 0, TOP)
            label = Label(theme, sentence, Type.BODY)
            label.setAccessibleName(f"{number}. {sentence}")
            row.addWidget(label, 1)
            column.addLayout(row)
        self.setLayout(column)
