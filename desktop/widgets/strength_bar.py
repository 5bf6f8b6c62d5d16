"""Four segments that fill as what is typed gets harder to guess, with the judgement in words beside them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.paint import fill, outline, smooth
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import XS

SEGMENTS = 4
_COLOURS = (Role.DANGER, Role.DANGER, Role.WARNING, Role.SUCCESS, Role.SUCCESS)
_HEIGHT = 6
#: Keeps the line where words will come, so that nothing below jumps at the first key.
_NO_WORDS = "\N{NO-BREAK SPACE}"


class StrengthBar(QWidget):
    """Says nothing until it is told something; never by colour alone."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._segments = _Segments(theme)
        self._label = Label(theme, _NO_WORDS, Type.SMALL, Role.MUTED)
        self._label.setAccessibleName("")
        column = Column(theme, gap=XS)
        column.addWidget(self._segments)
        column.addWidget(self._label)
        self.setLayout(column)

    def set_strength(self, score: int | None, words: str = "") -> None:
        """`score` 0–4, None when there is nothing to judge; `words` say the same and what would help."""
        self._segments.set_score(score)
        self._label.set_text(words or _NO_WORDS)
        self._label.setAccessibleName(words)

    @property
    def score(self) -> int | None:
        return self._segments.score

    @property
    def said(self) -> str:
        """As a screen reader has it."""
        return self._label.accessibleName()


class _Segments(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.score: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow(theme, self._restyle)

    def set_score(self, score: int | None) -> None:
        self.score = score
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, smooth(self)
        gap, height = theme.px(XS), float(self.height())
        width = (self.width() - gap * (SEGMENTS - 1)) / SEGMENTS
        # The weakest fills one segment as well: an empty bar means that nothing is typed.
        full = 0 if self.score is None else max(1, self.score)
        for n in range(SEGMENTS):
            rect = QRectF(n * (width + gap), 0, width, height)
            if n < full:
                fill(painter, rect, height / 2, theme.color(_COLOURS[self.score or 0]))
            else:
                outline(painter, rect, height / 2, theme.color(Role.CONTROL), max(1, theme.px(1)))

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()
