"""Colours as they stand on the screen, and how far apart they are (WCAG 2.2)."""

from __future__ import annotations

from collections import Counter
from functools import cache
from hashlib import blake2b

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

#: A colour seen in fewer pixels is a stray one.
_FEW = 3
#: Letters are looked at as finely as if they were so many pixels high, for their strokes have a tenth of that.
_FINE = 24


class Picture:
    """A window as it is painted, `ratio` pixels a px, so that thin strokes have a core of their whole colour."""

    def __init__(self, window: QWidget, ratio: int, known: dict[bytes, float]) -> None:
        """`known`: what was measured before, by the pixels it was measured of; the same words come on many pages."""
        self.ratio, self._known = ratio, known
        self.image = QImage(window.size() * ratio, QImage.Format.Format_RGB32)
        self.image.setDevicePixelRatio(ratio)
        self.image.fill(Qt.GlobalColor.black)
        window.render(self.image)
        self._width, self._height = self.image.width(), self.image.height()
        self._pixels = memoryview(self.image.constBits()).cast("I")  # 32 bits a pixel: no row is padded

    def farthest(self, rect: QRectF) -> float:
        """The contrast inside a rectangle of the window between the ground, which is the commonest colour, and what
        differs from it most: of every other line where there are two a px, and of fewer where letters are large."""
        left, right = self._across(rect.left()), self._across(rect.right())
        top, bottom = self._down(rect.top()), self._down(rect.bottom())
        coarse = max(1, (bottom - top) // _FINE)
        lines = range(top, bottom, max(self.ratio, coarse))
        rows = [self._pixels[y * self._width + left : y * self._width + right] for y in lines]
        whole = blake2b(digest_size=16)
        for row in rows:
            whole.update(row)
        name = whole.digest()
        if name not in self._known:
            found: Counter[int] = Counter()
            for row in rows:
                found.update(row[::coarse])
            self._known[name] = farthest(found)
        return self._known[name]

    def row(self, y: float, left: float, right: float) -> list[int]:
        """The pixels of one line, `ratio` of them a px."""
        start = self._down(y) * self._width
        return self._pixels[start + self._across(left) : start + self._across(right)].tolist()

    def _across(self, x: float) -> int:
        return min(max(0, round(x * self.ratio)), self._width)

    def _down(self, y: float) -> int:
        return min(max(0, round(y * self.ratio)), self._height - 1)


def farthest(colours: Counter[int]) -> float:
    """The contrast between the ground, which is the commonest colour, and what differs from it most."""
    if not colours:
        return 1.0
    ground = colours.most_common(1)[0][0]
    return max(contrast(ground, colour) for colour, count in colours.items() if count >= _FEW or colour == ground)


@cache
def contrast(one: int, other: int) -> float:
    """1–21, of two pixels."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@cache
def luminance(pixel: int) -> float:
    parts = [(pixel >> shift & 255) / 255 for shift in (16, 8, 0)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
