"""Whether Korean is really drawn: two syllables that look alike, or like nothing, are the boxes of a missing face."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QImage, QPainter

#: As unlike as two syllables can be.
SYLLABLES = ("가", "뷁")


def drawn(font: QFont) -> bool:
    """Draws both; whatever face the system puts in the place of this one counts."""
    one, other = (_picture(syllable, font) for syllable in SYLLABLES)
    return one != other


def _picture(syllable: str, font: QFont) -> QImage:
    picture = QImage(48, 48, QImage.Format.Format_RGB32)
    picture.fill(QColor(255, 255, 255))
    painter = QPainter(picture)
    painter.setFont(font)
    painter.drawText(4, 36, syllable)
    painter.end()
    return picture
