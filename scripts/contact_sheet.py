"""A sheet of the pictures in a folder, small enough to keep: python -m scripts.contact_sheet FOLDER SHEET [COLUMNS]."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

COLUMNS, WIDTH, GAP, QUALITY = 3, 2160, 8, 72
_SMOOTH = Qt.TransformationMode.SmoothTransformation


def main(folder: Path, sheet: Path, columns: int = COLUMNS) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication(["contact-sheet"])
    pictures = [QImage(str(path)) for path in sorted(folder.glob("*.png"))]
    sheet.parent.mkdir(parents=True, exist_ok=True)
    written = _sheet(pictures, columns).save(str(sheet), quality=QUALITY)
    application.quit()
    return 0 if written else 1


def _sheet(pictures: list[QImage], columns: int) -> QImage:
    """All on one scale, each row as high as it needs: a menu beside windows stays as small as it is."""
    thumb = WIDTH // columns
    share = thumb / max(picture.width() for picture in pictures)
    scaled = [picture.scaledToWidth(round(picture.width() * share), _SMOOTH) for picture in pictures]
    rows = [scaled[first : first + columns] for first in range(0, len(scaled), columns)]
    heights = [max(picture.height() for picture in row) for row in rows]
    whole = QImage(
        QSize(columns * (thumb + GAP) + GAP, sum(heights) + GAP * (len(rows) + 1)), QImage.Format.Format_RGB32
    )
    whole.fill(QColor(Qt.GlobalColor.gray))
    painter = QPainter(whole)
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        for column, picture in enumerate(row):
            painter.drawImage(GAP + column * (thumb + GAP), top, picture)
        top += height + GAP
    painter.end()
    return whole


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:])))
