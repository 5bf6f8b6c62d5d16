"""A keypad on the screen: keys as large as a fingertip, in rows, that take no focus from the field they fill."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.kiosk.layouts import (
    ACTIONS,
    BACK,
    CLEAR,
    NEXT,
    SHIFT,
    SPACE,
    TO_HANGUL,
    TO_LATIN,
    TO_MARKS,
    Pad,
    Rows,
    Shuffle,
    rows_of,
)
from desktop.kiosk.size import LEAST, Millimetres
from desktop.text import Text
from desktop.widgets.icon import draw_icon
from desktop.widgets.paint import fill, outline, smooth, write
from desktop.widgets.theme import Role, Theme, follow
from desktop.widgets.wrap import longest

_ICONS = {BACK: "backspace", SHIFT: "chevron-up"}
_WIDE = {SPACE: 4, NEXT: 3, SHIFT: 2, BACK: 2, TO_HANGUL: 3, TO_LATIN: 3, TO_MARKS: 3}
#: Between two keys (mm), and how wide the keys of a telephone's pad are at least.
GAP, WIDEST = 2.5, 45.0
#: Beside the words of a key at least (px at 100 %).
PAD = 4
#: The face of a character as a share of its key's height: at the usual size, and the largest that is not cut off.
FACE, MOST = 0.55, 0.8
#: The same of a digit, which has no descender and no mark above.
MOST_DIGIT = 0.98
#: The same of a word, which has both.
MOST_WORD = 0.74
#: The same of a bracket or a bar, which reaches further up and down than any letter.
MOST_MARK = 0.65
#: By how much of its size a character is raised into the middle.
LIFT = 0.06
#: A character is so much of its key's width at most.
BROAD = 0.8
#: Rows of a pad of digits, which is the highest: one of fewer rows has higher keys.
ROWS = 5


class Key(QAbstractButton):
    """One character, or something to do. `quiet`: a press is not to be seen, since it would tell a PIN."""

    def __init__(self, theme: Theme, size: Millimetres, mark: str, said: str, tall: int) -> None:
        """`tall`: its height, px."""
        super().__init__()
        self._theme, self._size, self._tall, self.quiet = theme, size, tall, False
        self.mark, self._said = mark, said
        self.set_mark(mark, said)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow(theme, self._measure)

    def set_mark(self, mark: str, said: str) -> None:
        self.mark, self._said = mark, said
        self.setAccessibleName(said)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size.key, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, smooth(self)
        rect, radius = QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.radius() * 0.8
        main = self.mark == NEXT
        shade = 0.25 if self.isDown() and not self.quiet else 0.0
        if main:
            ground = theme.blend(Role.TEXT, Role.ACCENT, shade)
        elif self.mark in ACTIONS:
            ground = theme.blend(Role.TEXT, Role.SUNKEN, 0.12 + shade)
        else:
            ground = theme.blend(Role.ACCENT, Role.SURFACE, shade)
        fill(painter, rect, radius, ground)
        outline(painter, rect, radius, theme.color(Role.CONTROL), max(1, theme.px(1)))
        ink = theme.color(Role.ON_ACCENT if main else Role.TEXT)
        if self.mark in _ICONS:
            side = min(self.width(), self.height()) * (MOST if theme.enlarged else FACE)
            spot = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
            draw_icon(painter, _ICONS[self.mark], spot, ink)
            return
        words = self._said if self.mark in ACTIONS else self.mark
        face = self._face(words)
        painter.setFont(face)
        # A line has more above its letters than below them: a character stands in the middle of its key.
        up = round(LIFT * face.pixelSize()) if len(words) == 1 else 0
        write(self, painter, rect.translated(0, -up), words, ink, centred=True)

    def _face(self, words: str) -> QFont:
        """As large as all other text, or larger, as far as the key has room for it."""
        font, character = self._theme.sized(LEAST, 600), len(words) == 1
        wanted = max(font.pixelSize(), round(self.height() * FACE)) if character else font.pixelSize()
        letter = MOST_DIGIT if words.isdigit() else MOST if words.isalpha() else MOST_MARK
        most = letter if character else MOST_WORD
        font.setPixelSize(min(wanted, round(self.height() * most)))
        # All characters of a pad are as large as its widest, so that they stand alike.
        wide = font.pixelSize() if character and not words.isdigit() else longest([words], font)
        room = self.width() * BROAD if character else self.width() - 2 * self._theme.px(PAD)
        if wide > room > 0:
            font.setPixelSize(max(1, round(font.pixelSize() * room / wide)))
        return font

    def set_tall(self, tall: int) -> None:
        self._tall = tall
        self._measure()

    def _measure(self) -> None:
        self.setFixedHeight(self._tall)
        self.setMinimumWidth(min(self._size.key, self.sizeHint().width()) if self.mark in ACTIONS else 0)
        self.update()


class Keypad(QWidget):
    """`pressed` with the character, or with the name of what to do (layouts.ACTIONS)."""

    pressed = Signal(object)  # str; as an object it is not copied into Qt's memory on its way

    def __init__(
        self,
        theme: Theme,
        text: Callable[[], Text],
        size: Millimetres,
        shuffle: Shuffle | None,
        *,
        tall: float = 1.0,
        across: bool = False,
    ) -> None:
        """`shuffle` None: PINs are typed on digits in their usual order. `tall`: height of a digit's key, in keys.

        `across`: there is room beside the digits for the key that leads on; else it lies below them.
        """
        super().__init__()
        self._tall, self._across = tall, across
        self._theme, self._text, self._size, self._shuffle = theme, text, size, shuffle
        self.keys: list[Key] = []
        self._shape: tuple[int, ...] = ()
        self.pad: Pad | None = None
        self._shift, self._hangul = False, False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(size.px(GAP))
        self._whole: QWidget | None = None
        self._tall_now = 0
        follow(theme, self._broaden)

    def show_pad(self, pad: Pad, *, hangul: bool = False) -> None:
        """A pad for another field; shuffled digits come in a new order each time."""
        if pad is Pad.SHUFFLED and self._shuffle is None:
            pad = Pad.DIGITS
        self.pad, self._hangul, self._shift = pad, hangul, False
        self._draw()

    def retext(self) -> None:
        for key in self.keys:
            key.set_mark(key.mark, self._named(key.mark))
        self._broaden()

    def key(self, mark: str) -> Key:
        """Raises StopIteration when no key bears it."""
        return next(key for key in self.keys if key.mark == mark)

    def shift(self, on: bool) -> None:
        if on != self._shift:
            self._shift = on
            self._draw()

    def _draw(self) -> None:
        assert self.pad is not None, "a pad is shown before it is drawn"
        rows = rows_of(
            self.pad, shift=self._shift, hangul=self._hangul, **({"shuffle": self._shuffle} if self._shuffle else {})
        )
        shape = tuple(map(len, rows))
        if shape != self._shape:
            self._shape = shape
            self._lay_out(rows)
        for key, mark in zip(self.keys, (mark for row in rows for mark in row), strict=True):
            key.quiet = self.pad is Pad.SHUFFLED
            key.set_mark(mark, self._named(mark))

    def _lay_out(self, rows: Rows) -> None:
        if self._whole is not None:
            self._column.removeWidget(self._whole)
            self._whole.hide()
            self._whole.deleteLater()
        self._whole, self.keys = QWidget(), []
        beside = self._across and rows[-1] == (NEXT,)
        self._tall_now = self._height_of_key(len(rows) - beside)
        if beside:
            self._lay_digits(rows)
            return
        column = QVBoxLayout(self._whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._size.px(GAP))
        for row in rows:
            line = QHBoxLayout()
            line.setSpacing(self._size.px(GAP))
            for mark in row:
                key = self._make_key(mark)
                self.keys.append(key)
                line.addWidget(key, _WIDE.get(mark, 2) if len(row) > 4 or SPACE in row else 1)
            column.addLayout(line)
        self._put()

    def _lay_digits(self, rows: Rows) -> None:
        """As on a telephone, with a key at the right as high as all of them that leads on."""
        assert self._whole is not None, "made just now"
        grid = QGridLayout(self._whole)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(self._size.px(GAP))
        *digits, last = rows
        for y, row in enumerate(digits):
            for x, mark in enumerate(row):
                self.keys.append(self._make_key(mark))
                grid.addWidget(self.keys[-1], y, x)
        on = self._make_key(last[0])
        on.set_tall(self._height)
        self.keys.append(on)
        grid.addWidget(on, 0, len(digits[0]), len(digits), 1)
        for x in range(len(digits[0]) + 1):
            grid.setColumnStretch(x, 1)
        self._put()

    def _put(self) -> None:
        assert self._whole is not None, "made just now"
        middle = Qt.AlignmentFlag.AlignHCenter if self.pad in {Pad.DIGITS, Pad.SHUFFLED} else Qt.AlignmentFlag(0)
        self._column.addWidget(self._whole, 0, middle)
        self._broaden()

    def _height_of_key(self, rows: int) -> int:
        """So that every pad is as high as the one of digits, px."""
        return (self._height - (rows - 1) * self._size.px(GAP)) // rows

    @property
    def _height(self) -> int:
        """Of every pad, px."""
        return ROWS * round(self._size.key * self._tall) + (ROWS - 1) * self._size.px(GAP)

    def broadest(self) -> int:
        """Width of a pad of digits, px: each key has room for what it says."""
        font = self._theme.sized(LEAST, 600)
        words = longest([self._named(mark) for mark in (CLEAR, NEXT)], font) + 2 * self._theme.px(PAD) + 2
        columns = 4 if self._across else 3
        return columns * max(self._size.px(WIDEST), math.ceil(words)) + (columns - 1) * self._size.px(GAP)

    def _broaden(self) -> None:
        if self._whole is not None and self.pad in {Pad.DIGITS, Pad.SHUFFLED}:
            self._whole.setFixedWidth(self.broadest())

    def _make_key(self, mark: str) -> Key:
        key = Key(self._theme, self._size, mark, self._named(mark), self._tall_now)
        key.clicked.connect(lambda: self._press(key.mark))
        return key

    def _press(self, mark: str) -> None:
        if mark == SHIFT:
            self.shift(not self._shift)
            return
        self.pressed.emit(mark)
        if mark not in ACTIONS:
            self.shift(False)

    def _named(self, mark: str) -> str:
        return self._text()(f"kiosk.key.{mark}") if mark in {*ACTIONS, CLEAR} else mark
