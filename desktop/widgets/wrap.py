"""Breaks Korean where Koreans do, between words (어절), which Qt's own line breaking does not."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontMetricsF


def wrap(text: str, font: QFont, width: float) -> list[str]:
    """Lines no wider than `width` px; a word wider than that alone is split between characters."""
    metrics = QFontMetricsF(font)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        if metrics.horizontalAdvance(paragraph) <= width:
            lines.append(paragraph)
            continue
        line = ""
        for word in paragraph.split(" "):
            joined = f"{line} {word}" if line else word
            if metrics.horizontalAdvance(joined) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            *whole, line = _split(word, metrics, width)
            lines += whole
        lines.append(line)
    return lines


def longest(lines: list[str], font: QFont) -> float:
    """Width of the widest line, px."""
    metrics = QFontMetricsF(font)
    return max((metrics.horizontalAdvance(line) for line in lines), default=0.0)


def _split(word: str, metrics: QFontMetricsF, width: float) -> list[str]:
    parts = [""]
    for character in word:
        if parts[-1] and metrics.horizontalAdvance(parts[-1] + character) > width:
            parts.append("")
        parts[-1] += character
    return parts
