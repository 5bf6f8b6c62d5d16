"""Numbered steps: each a figure in a disc with its sentence."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.paint import fill, smooth
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import M
from desktop.wizard.blocks import TOP


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
