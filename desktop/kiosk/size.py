"""How large things are at a kiosk, in millimetres, and what that means in pixels on this screen."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Height of a Hangul syllable (mm): on any screen, and on one whose diagonal is at most SMALL_SCREEN.
TEXT, TEXT_SMALL_SCREEN = 12.0, 7.25
SMALL_SCREEN = 280.0
#: Side of a key of the keypad (mm), and of anything else that is touched.
KEY, TARGET = 20.0, 20.0
#: Height of a Hangul syllable as a share of the size of its face, as the Korean gothics have it.
SYLLABLE = 0.92
#: The smallest text of the program at a kiosk, px at 100 %: small print is set as large as what is read.
LEAST = 15
#: What a person may enlarge everything to.
SIZES = (1.0, 1.5, 2.0)
#: The share of a portrait screen, from its lower edge, that somebody in a wheelchair reaches.
REACHED = 0.72


@dataclass(frozen=True, slots=True)
class Millimetres:
    """`width`, `height` of the screen in px; `per_pixel` as calibrated."""

    width: int
    height: int
    per_pixel: float

    @property
    def diagonal(self) -> float:
        return math.hypot(self.width, self.height) * self.per_pixel

    @property
    def scale(self) -> float:
        """Of the theme, so that the smallest text has its height. Letters are whole pixels high: one more, not less."""
        wanted = TEXT_SMALL_SCREEN if self.diagonal <= SMALL_SCREEN else TEXT
        return math.ceil(wanted / self.per_pixel / SYLLABLE) / LEAST

    def px(self, millimetres: float) -> int:
        return math.ceil(millimetres / self.per_pixel)

    @property
    def key(self) -> int:
        return self.px(KEY)
