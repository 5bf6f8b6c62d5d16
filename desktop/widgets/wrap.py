"""Breaks Korean where Koreans do, between words (어절), which Qt's own line breaking does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtGui import QFont, QFontMetricsF

#: A word with the spaces before it; words in brackets are one, and a line may begin with their bracket.
_UNITS = re.compile(r"( *)(\([^()]*\)[^\s(]*|[^\s(]+(?:\([^\s()]*\)[^\s(]*)*|\S+)")

#: A word too long for a line is parted after one of these.
_MARKS = "@/-_"
#: How many answers a widget keeps: a layout asks for three or four widths in turn, a drag for every one.
KEPT = 8


class Wrapped:
    """`wrap` for one widget, which keeps what it was asked last: a layout asks a hundred times over.

    Kept with the widget and not for all: a text may be personal, and goes when its widget does.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, float], list[str]] = {}

    def __call__(self, text: str, font: QFont, width: float) -> list[str]:
        """As `wrap`; the list is not to be changed."""
        asked = (text, font.key(), width)
        if asked not in self._kept:
            if len(self._kept) == KEPT:
                self._kept = {}
            self._kept[asked] = wrap(text, font, width)
        return self._kept[asked]


def wrap(text: str, font: QFont, width: float) -> list[str]:
    """Lines no wider than `width` px; a word wider than that alone is split between characters."""
    metrics = QFontMetricsF(font)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        if metrics.horizontalAdvance(paragraph) <= width:
            lines.append(paragraph)
            continue
        line = ""
        for gap, unit in _fitting(paragraph, metrics, width):
            joined = f"{line}{gap}{unit}" if line else unit
            if metrics.horizontalAdvance(joined) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            *whole, line = _split(unit, metrics, width)
            lines += whole
        lines.append(line)
    return lines


def _fitting(paragraph: str, metrics: QFontMetricsF, width: float) -> Iterator[tuple[str, str]]:
    """What stays together on a line, with the spaces before it; brackets too long for a line break inside."""
    for gap, unit in _UNITS.findall(paragraph):
        if metrics.horizontalAdvance(unit) <= width:
            yield gap, unit
            continue
        for n, word in enumerate(unit.split(" ")):
            yield (" " if n else gap), word


def longest(lines: list[str], font: QFont) -> float:
    """Width of the widest line, px."""
    metrics = QFontMetricsF(font)
    return max((metrics.horizontalAdvance(line) for line in lines), default=0.0)


def _split(word: str, metrics: QFontMetricsF, width: float) -> list[str]:
    """After a mark inside of it where there is one, as in an address; else wherever the line ends."""
    parts = [""]
    for character in word:
        if parts[-1] and metrics.horizontalAdvance(parts[-1] + character) > width:
            cut = max((parts[-1].rfind(mark) for mark in _MARKS), default=-1) + 1
            rest = parts[-1][cut:] if cut else ""
            parts[-1] = parts[-1][:cut] or parts[-1]
            parts.append(rest)
        parts[-1] += character
    return parts
