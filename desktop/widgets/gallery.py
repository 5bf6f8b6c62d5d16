"""`python -m desktop.widgets.gallery DIR` leaves a picture of every widget in each mode at 100 and 200 %."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from desktop.widgets.gallery_sheets import SHEETS
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Accents, Mode, Role, Theme

POST = Accents(light="#c4161c", dark="#ff8a80", contrast="#ffd54f")


def leave(folder: Path, app: QApplication, names: list[str]) -> None:
    """Writes `<sheet>-<mode>-<percent>.png`; `names` limits it to some sheets."""
    folder.mkdir(parents=True, exist_ok=True)
    for mode in Mode:
        for scale in (1.0, 2.0):
            theme = Theme(mode=mode, scale=scale, accents=POST, animations=False)
            theme.apply(app)
            for name, build in SHEETS.items():
                if not names or name in names:
                    shot(theme, build(theme), folder / f"{name}-{mode.value}-{round(scale * 100)}.png")


def shot(theme: Theme, content: QWidget, path: Path) -> None:
    """One picture of a sheet, as wide as it asks and as high as it then needs."""
    page = Surface(theme, Role.SURFACE, rounded=False)
    layout = content.layout()
    assert layout is not None
    page.setLayout(layout)
    width = theme.px(content.property("sheet_width") or 640)
    height = layout.heightForWidth(width) if page.hasHeightForWidth() else page.sizeHint().height()
    least = theme.px(content.property("sheet_height") or 0)
    page.resize(width, max(height, least, page.minimumSizeHint().height()))
    page.show()
    for _ in range(3):
        QApplication.processEvents()
    page.grab().save(str(path))
    page.close()


def main() -> None:
    app = QApplication([*sys.argv[:1], "-style", "fusion"])
    leave(Path(sys.argv[1] if len(sys.argv) > 1 else "gallery"), app, sys.argv[2:])


if __name__ == "__main__":
    main()
