"""Our line icons, `resources/icons/*.svg`, tinted by the theme and drawn at the size asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap, QPixmapCache
from PySide6.QtWidgets import QWidget

from desktop.widgets.theme import Role, Theme, Type, follow

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon


@cache
def folder() -> Path:
    """Beside the package in a checkout, inside it once installed."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "resources" / "icons"
    return inside if inside.is_dir() else package.parent / "resources" / "icons"


@cache
def source(name: str) -> bytes:
    """The icon's SVG. Raises FileNotFoundError for a name that has none."""
    return (folder() / f"{name}.svg").read_bytes()


def draw_icon(painter: QPainter, name: str, rect: QRectF, color: QColor) -> None:
    """Draws an icon into `rect` of the painter, in one colour. Qt keeps the picture: reading the SVG takes 1 ms."""
    ratio = painter.device().devicePixelRatio()
    side = round(rect.width() * ratio)
    kept = f"{name} {color.name()} {side} {ratio}"
    picture = QPixmap()
    if not QPixmapCache.find(kept, picture):
        picture = _drawn(name, side, color)
        picture.setDevicePixelRatio(ratio)
        QPixmapCache.insert(kept, picture)
    painter.drawPixmap(rect.topLeft(), picture)


def _drawn(name: str, side: int, color: QColor) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415 - the first window need not wait for it

    picture = QPixmap(side, side)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    QSvgRenderer(source(name).replace(b"currentColor", color.name().encode())).render(painter)
    painter.end()
    return picture


def pixmap(theme: Theme, name: str, role: Role = Role.TEXT, size: float = 24, *, ratio: float = 1.0) -> QPixmap:
    """The icon as a picture `size` px (at 100 %) square; `ratio` is the screen's device pixel ratio."""
    picture = _drawn(name, round(theme.px(size) * ratio), theme.color(role))
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(theme: Theme, name: str, role: Role = Role.TEXT, size: float = 24) -> QIcon:
    from PySide6.QtGui import QIcon  # noqa: PLC0415 - it knows 151 names of icons, and the first page shows none

    return QIcon(pixmap(theme, name, role, size, ratio=2.0))


class IconView(QWidget):
    """An icon that says nothing: whatever it means is also written.

    `beside` centres it on the first line of a text of that type, if both are set at the top.
    """

    def __init__(
        self, theme: Theme, name: str, role: Role = Role.TEXT, size: float = 24, *, beside: Type | None = None
    ) -> None:
        super().__init__()
        self._theme, self._name, self._role, self._size, self._beside = theme, name, role, size, beside
        follow(theme, self._restyle)

    def set_icon(self, name: str, role: Role) -> None:
        self._name, self._role = name, role
        self.update()

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        side = self.width()
        spot = QRectF(0, (self.height() - side) / 2, side, side)
        draw_icon(painter, self._name, spot, self._theme.color(self._role))

    def _restyle(self) -> None:
        side = self._theme.px(self._size)
        self.setFixedSize(side, self._theme.leading(self._beside) if self._beside else side)
        self.update()
