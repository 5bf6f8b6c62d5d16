"""What can be done from every screen of a kiosk: end, help, the other language, looks and sound, call the staff."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from desktop.kiosk.size import TARGET, Millimetres
from desktop.text import Text
from desktop.widgets.icon import draw_icon
from desktop.widgets.paint import fill, focus_frame, smooth, write
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import S
from desktop.widgets.wrap import longest, wrap

NAMES = {"end": "home", "help": "help", "language": "globe", "looks": "text-size", "call": "headset"}
_ICON, _PAD = 26, 8


class Tile(QAbstractButton):
    """An icon with its words below. `strong` stands out: the one that brings a human being."""

    def __init__(self, theme: Theme, size: Millimetres, icon: str, *, strong: bool = False) -> None:
        super().__init__()
        self._theme, self._size, self._icon, self._strong = theme, size, icon, strong
        self._words = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow(theme, self._measure)

    def set_words(self, words: str) -> None:
        self._words = words
        self.setAccessibleName(words.replace("\n", " "))
        self._measure()

    def plain_text(self) -> str:
        return self._words

    def sizeHint(self) -> QSize:
        px = self._theme.px
        width = longest(self._words.split("\n"), self._theme.font(Type.STRONG)) + 2 * px(_PAD)
        return QSize(max(round(width), self._size.px(TARGET)), self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._size.px(TARGET), self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px, painter = self._theme, self._theme.px, smooth(self)
        rect = focus_frame(painter, theme, QRectF(self.rect()), theme.radius(), focused=self.hasFocus())
        shade = 0.18 if self.isDown() else 0.0
        if self._strong:
            fill(painter, rect, theme.radius(), theme.blend(Role.TEXT, Role.ACCENT_SOFT, shade))
        elif shade:
            fill(painter, rect, theme.radius(), theme.blend(Role.TEXT, Role.SUNKEN, shade))
        ink = theme.color(Role.ACCENT if self._strong else Role.TEXT)
        lines, height = self._lines(), theme.leading(Type.SMALL)
        top = (self.height() - px(_ICON) - height * len(lines)) / 2
        draw_icon(painter, self._icon, QRectF((self.width() - px(_ICON)) / 2, top, px(_ICON), px(_ICON)), ink)
        painter.setFont(theme.font(Type.SMALL))
        for n, line in enumerate(lines):
            below = QRectF(0, top + px(_ICON) + n * height, self.width(), height)
            write(self, painter, below, line, ink, centred=True)

    def _lines(self) -> list[str]:
        return wrap(self._words, self._theme.font(Type.SMALL), max(1, self.width())) if self._words else []

    def _measure(self) -> None:
        px = self._theme.px
        whole = px(_ICON) + self._theme.leading(Type.SMALL) + 2 * px(_PAD)
        self.setFixedHeight(max(whole, self._size.px(TARGET)))
        self.updateGeometry()
        self.update()


class Tiles(Surface):
    """`asked` with the name of the tile that was touched."""

    asked = Signal(str)

    def __init__(self, theme: Theme, text: Text, size: Millimetres) -> None:
        super().__init__(theme, Role.SUNKEN, rounded=False)
        self._theme = theme
        self.tiles = {name: Tile(theme, size, icon, strong=name == "call") for name, icon in NAMES.items()}
        self._row = QHBoxLayout(self)
        for name, tile in self.tiles.items():
            tile.clicked.connect(lambda _checked=False, name=name: self.asked.emit(name))
            self._row.addWidget(tile, 1)
        self.retext(text)
        self.show_leaving(False)
        follow(theme, self._measure)

    def retext(self, text: Text) -> None:
        for name, tile in self.tiles.items():
            tile.set_words(text(f"kiosk.tile.{name}"))

    def show_leaving(self, leaving: bool) -> None:
        """What concerns a journey alone."""
        for name in ("end", "help"):
            self.tiles[name].setVisible(leaving)

    def _measure(self) -> None:
        gap = self._theme.px(S) // 2
        self._row.setContentsMargins(gap, gap, gap, gap)
        self._row.setSpacing(gap)


def spacer(width: int, height: int) -> QWidget:
    """Room that nothing stands in."""
    made = QWidget()
    made.setFixedSize(width, height)
    return made
