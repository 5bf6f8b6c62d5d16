"""A QR code, always dark on light with its quiet zone, since cameras read nothing else reliably (ISO/IEC 18004)."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from desktop.widgets.paint import fill
from desktop.widgets.pictures import Picture
from desktop.widgets.theme import Mode, Role, Theme
from desktop.widgets.tokens import COLOURS

#: Light modules around the code that a reader needs, and the side of the whole picture, px at 100 %.
QUIET, SIDE = 4, 196


class QrPicture(Picture):
    """`name` says to a reader what the code leads to; `content` is what the camera reads."""

    def __init__(self, theme: Theme, content: str, name: str, side: int = SIDE) -> None:
        self._rows = modules(content)
        self._said = name
        super().__init__(theme, side, side)

    def describe(self) -> str:
        return self._said

    def draw(self, painter: QPainter, rect: QRectF) -> None:
        ink, paper = (COLOURS[Mode.LIGHT][role] for role in (Role.TEXT, Role.SURFACE))
        fill(painter, rect, self._theme.px(12), self._theme.fixed(paper))
        # Modules on whole pixels: a seam between two of them is a line to a camera.
        module = int(min(rect.width(), rect.height()) // (len(self._rows) + 2 * QUIET))
        start = (rect.width() - module * len(self._rows)) // 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.fixed(ink))
        for y, row in enumerate(self._rows):
            for x, dark in enumerate(row):
                if dark:
                    painter.drawRect(QRectF(start + x * module, start + y * module, module, module))


def modules(content: str) -> tuple[tuple[bool, ...], ...]:
    """The code's rows of modules, True for dark. Raises ValueError for what is too long for a code."""
    import segno  # noqa: PLC0415 - few pages show a code

    return tuple(tuple(bool(dark) for dark in row) for row in segno.make(content, error="m", micro=False).matrix)
