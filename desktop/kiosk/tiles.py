"""What can be done from every screen of a kiosk: end, help, the other language, looks and sound, call the staff.

The words are as large as the person has everything; what has no room for them goes behind one tile, a menu.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy

from desktop.kiosk.size import TARGET, Millimetres
from desktop.text import Text
from desktop.widgets.icon import draw_icon
from desktop.widgets.paint import fill, focus_frame, smooth, write
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import S
from desktop.widgets.wrap import longest

NAMES = {"end": "home", "help": "help", "language": "globe", "looks": "text-size", "call": "headset", "menu": "menu"}
#: What goes behind the menu where there is no room, in the order in which it stands there.
BEHIND = ("end", "help", "language", "looks")
#: What concerns a journey alone.
OF_JOURNEY = frozenset({"end", "help"})
_ICON, _PAD = 26, 8


class Tile(QAbstractButton):
    """An icon with its words below, or beside it. `strong` stands out: the one that brings a human being."""

    def __init__(self, theme: Theme, size: Millimetres, icon: str, *, strong: bool = False) -> None:
        super().__init__()
        self._theme, self._size, self._icon, self._strong = theme, size, icon, strong
        self._words, self._beside = "", False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow(theme, self._measure)

    def set_words(self, words: str) -> None:
        self._words = words
        self.setAccessibleName(words)
        self._measure()

    def set_beside(self, beside: bool) -> None:
        """Lower so, and wider."""
        self._beside = beside
        self._measure()

    def plain_text(self) -> str:
        return self._words

    def wanted(self, *, beside: bool) -> int:
        """Width, px."""
        px = self._theme.px
        icon = self._theme.em(_ICON) + px(_PAD) if beside else 0
        return max(round(longest([self._words], self._face())) + icon + 2 * px(_PAD) + 2, self._size.px(TARGET))

    def sizeHint(self) -> QSize:
        return QSize(self.wanted(beside=self._beside), self.height())

    def minimumSizeHint(self) -> QSize:
        """Its words whole: tiles of one row may differ in width."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, smooth(self)
        rect = focus_frame(painter, theme, QRectF(self.rect()), theme.radius(), focused=self.hasFocus())
        shade = 0.18 if self.isDown() else 0.0
        if self._strong:
            fill(painter, rect, theme.radius(), theme.blend(Role.TEXT, Role.ACCENT_SOFT, shade))
        elif shade:
            fill(painter, rect, theme.radius(), theme.blend(Role.TEXT, Role.SUNKEN, shade))
        ink, side, line = theme.color(Role.ACCENT if self._strong else Role.TEXT), theme.em(_ICON), self._line()
        painter.setFont(self._face())
        wide = longest([self._words], self._face()) + 1
        if self._beside:
            left, words = (self.width() - side - theme.px(_PAD) - wide) / 2, float(side + theme.px(_PAD))
            icon = QRectF(left, (self.height() - side) / 2, side, side)
            text = QRectF(left + words, (self.height() - line) / 2, wide, line)
        else:
            top = (self.height() - side - line) / 2
            icon = QRectF((self.width() - side) / 2, top, side, side)
            text = QRectF(0, top + side, self.width(), line)
        draw_icon(painter, self._icon, icon, ink)
        write(self, painter, text, self._words, ink, centred=not self._beside)

    def _face(self) -> QFont:
        return self._theme.font(Type.SMALL)

    def _line(self) -> int:
        return self._theme.leading(Type.SMALL)

    def _measure(self) -> None:
        side, line = self._theme.em(_ICON), self._line()
        whole = (max(side, line) if self._beside else side + line) + 2 * self._theme.px(_PAD)
        self.setFixedHeight(max(whole, self._size.px(TARGET)))
        self.updateGeometry()
        self.update()


class Tiles(Surface):
    """`asked` with the name of the tile that was touched."""

    asked = Signal(str)

    def __init__(self, theme: Theme, text: Text, size: Millimetres) -> None:
        super().__init__(theme, Role.SUNKEN, rounded=False)
        self._theme, self._leaving, self._room = theme, False, size.width
        self.tiles = {name: Tile(theme, size, icon, strong=name == "call") for name, icon in NAMES.items()}
        self._row = QHBoxLayout(self)
        for name, tile in self.tiles.items():
            tile.clicked.connect(lambda _checked=False, name=name: self.asked.emit(name))
        for name in ("menu", *BEHIND, "call"):
            self._row.addWidget(self.tiles[name], 1)
        self.retext(text)
        follow(theme, self._measure)

    def retext(self, text: Text) -> None:
        for name, tile in self.tiles.items():
            tile.set_words(text(f"kiosk.tile.{name}"))
        self._fold()

    def show_leaving(self, leaving: bool) -> None:
        self._leaving = leaving
        self._fold()

    def bound(self, room: int) -> None:
        """How wide they may be together, px."""
        if room != self._room:
            self._room = room
            self._fold()

    @property
    def behind(self) -> tuple[str, ...]:
        """What may be done besides calling the staff, in its order."""
        return tuple(name for name in BEHIND if self._leaving or name not in OF_JOURNEY)

    def _fold(self) -> None:
        gap = self._gap()
        row = sum(self.tiles[name].wanted(beside=False) + gap for name in (*self.behind, "call"))
        folded = row + gap > self._room
        for name, tile in self.tiles.items():
            tile.set_beside(folded)
            tile.setVisible(name == "call" or (folded == (name == "menu") and (name == "menu" or name in self.behind)))

    def _gap(self) -> int:
        return self._theme.px(S) // 2

    def _measure(self) -> None:
        gap = self._gap()
        self._row.setContentsMargins(gap, gap, gap, gap)
        self._row.setSpacing(gap)
        self._fold()
