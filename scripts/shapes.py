"""The sentences that must be read where there is no Korean face, drawn as shapes: python -m scripts.shapes."""

from __future__ import annotations

import os
import sys

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QPainterPath

from desktop.shipped import shipped
from desktop.text import LANGUAGES, Text
from desktop.widgets.tokens import FAMILIES
from desktop.widgets.wrap import wrap

#: As the page shows them: the Korean first, px.
SIZES = {"title": (22, 700), "body": (15, 400)}
WIDTH, GAP, LEADING = 520, 20, 1.5


def main() -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication(["shapes"])
    family = next(name for name in FAMILIES if QFontDatabase.hasFamily(name))
    path = shipped("pictures", "no-hangul.svg")
    path.parent.mkdir(exist_ok=True)
    path.write_text(drawn(family), encoding="utf-8")
    application.quit()
    return 0


def drawn(family: str) -> str:
    """An SVG in `currentColor`: title and body in each language, under one another."""
    whole, top = QPainterPath(), 0.0
    said = [Text(language)(f"ui.no_hangul.{part}") for language in LANGUAGES for part in SIZES]
    whole.setFillRule(whole.fillRule().WindingFill)
    for language in LANGUAGES:
        text = Text(language)
        for part, (size, weight) in SIZES.items():
            font = QFont(family)
            font.setPixelSize(size)
            font.setWeight(QFont.Weight(weight))
            for line in wrap(text(f"ui.no_hangul.{part}"), font, WIDTH):
                whole.addText(0, top + QFontMetricsF(font).ascent(), font, line)
                top += size * LEADING
            top += GAP / 2
        top += GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {round(top - GAP)}">'
        f"<desc>{' '.join(said)}</desc>"
        f'<path fill="currentColor" d="{outline(whole)}"/></svg>\n'
    )


def outline(path: QPainterPath) -> str:
    """The path's own words, to a tenth of a px."""
    said, kinds = [], {0: "M", 1: "L", 2: "C", 3: ""}
    for n in range(path.elementCount()):
        element = path.elementAt(n)
        kind = kinds[element.type.value]
        said.append(f"{kind}{element.x:.1f} {element.y:.1f}")
    return " ".join(said)


if __name__ == "__main__":
    sys.exit(main())
