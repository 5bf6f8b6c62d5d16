"""A sheet of the pictures in a folder, small enough to keep: python -m scripts.contact_sheet FOLDER SHEET [COLUMNS]."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

COLUMNS, WIDTH, GAP, QUALITY = 3, 2160, 8, 72


def main(folder: Path, sheet: Path, columns: int = COLUMNS) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication(["contact-sheet"])
    pictures = [QImage(str(path)) for path in sorted(folder.glob("*.png"))]
    sheet.parent.mkdir(parents=True, exist_ok=True)
    written = _sheet(pictures, columns).save(str(sheet), quality=QUALITY)
    application.quit()
    return 0 if written else 1


def _sheet(pictures: list[QImage], columns: int) -> QImage:
    thumb = WIDTH // columns
    scaled = [picture.scaledToWidth(thumb, Qt.TransformationMode.SmoothTransformation) for picture in pictures]
    height = max(picture.height() for picture in scaled)
    rows = math.ceil(len(scaled) / columns)
    whole = QImage(QSize(columns * (thumb + GAP) + GAP, rows * (height + GAP) + GAP), QImage.Format.Format_RGB32)
    whole.fill(QColor(Qt.GlobalColor.gray))
    painter = QPainter(whole)
    for n, picture in enumerate(scaled):
        painter.drawImage(GAP + n % columns * (thumb + GAP), GAP + n // columns * (height + GAP), picture)
    painter.end()
    return whole


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:])))
