"""The page of a system without a Korean face: what to do, drawn as shapes, since no letter of it could be written."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QClipboard, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.shipped import shipped
from desktop.text import Text
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.entry import TextEntry
from desktop.widgets.flowing import Flowing
from desktop.widgets.layouts import Column, Row
from desktop.widgets.scroll import PageScroll
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Theme, follow
from desktop.widgets.tokens import XL, XXXL, M

#: By the system's own name for itself, or for what it descends from.
REMEDIES: Mapping[str, str] = {
    "win32": "Add-WindowsCapability -Online -Name Language.Fonts.Kore~~~und-KORE~0.0.1.0",
    "debian": "sudo apt-get install fonts-noto-cjk",
    "fedora": "sudo dnf install google-noto-sans-cjk-fonts",
    "suse": "sudo zypper install google-noto-sans-cjk-fonts",
    "arch": "sudo pacman -S noto-fonts-cjk",
    "alpine": "sudo apk add font-noto-cjk",
}
USUAL = "debian"
#: The smallest that the shapes become where the screen has no room, as a share of their size.
LEAST = 0.4
RELEASE = Path("/etc/os-release")


def remedy(platform: str, release: str) -> str:
    """The one line that installs a Korean face. `release` is what os-release(5) holds, empty elsewhere."""
    if platform in REMEDIES:
        return REMEDIES[platform]
    named = dict(line.split("=", 1) for line in release.splitlines() if "=" in line)
    families = f"{named.get('ID', '')} {named.get('ID_LIKE', '')}".replace('"', "").replace("opensuse", "suse").split()
    return next((REMEDIES[name] for name in families if name in REMEDIES), REMEDIES[USUAL])


def remedy_here() -> str:
    return remedy(sys.platform, RELEASE.read_text(encoding="utf-8") if RELEASE.is_file() else "")


class NoHangul(Surface):
    """A window of its own. Closed, it has said all that there is to say."""

    def __init__(self, theme: Theme, text: Text, line: str, clipboard: QClipboard) -> None:
        """`line`: what to run. A screen reader needs no face: to it everything is said in the person's language."""
        super().__init__(theme, Role.SURFACE, rounded=False)
        self.setWindowTitle("Changgu")
        self.setAccessibleName(text("ui.no_hangul.title"))
        self.setAccessibleDescription(text("ui.no_hangul.body"))
        self.line = TextEntry(theme, len(line))
        self.line.set_value(line)
        self.line.setReadOnly(True)
        self.line.setAccessibleName(line)
        self.line.setAccessibleDescription(text("ui.no_hangul.body"))
        english = Text("en")
        self.copy = Button(theme, english("ui.no_hangul.copy"), ButtonKind.SECONDARY)
        self.copy.setAccessibleName(text("ui.no_hangul.copy"))
        self.copy.clicked.connect(lambda: clipboard.setText(line))
        self.leave = Button(theme, english("ui.no_hangul.close"), ButtonKind.PRIMARY)
        self.leave.setAccessibleName(text("ui.no_hangul.close"))
        self.leave.clicked.connect(self.close)
        ways = Row(theme, gap=M)
        ways.addWidget(self.copy)
        ways.addStretch(1)
        ways.addWidget(self.leave)
        page, column = QWidget(), Column(theme, gap=XL, margins=(XXXL, XXXL, XXXL, XXXL))
        column.addWidget(Shapes(theme))
        column.addWidget(self.line)
        column.addLayout(ways)
        column.addStretch(1)
        page.setLayout(column)
        whole = Column(theme)
        whole.addWidget(PageScroll(theme, page))
        self.setLayout(whole)
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))
        self.copy.setFocus()


class Shapes(Flowing, QWidget):
    """`resources/pictures/no-hangul.svg` in the colour of the text; `scripts.shapes` draws it anew."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._source = shipped("pictures", "no-hangul.svg").read_bytes()
        self._natural = QSvgRenderer(self._source).defaultSize()
        self.flow_horizontally(QSizePolicy.Policy.Maximum)
        follow(theme, self._restyle)

    def sizeHint(self) -> QSize:
        return self.flowed(self._whole())

    def minimumSizeHint(self) -> QSize:
        return self._whole() * LEAST

    def heightForWidth(self, width: int) -> int:
        whole = self._whole()
        return math.ceil(whole.height() * min(1.0, width / whole.width()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        color = self._theme.color(Role.TEXT).name().encode()
        painter = QPainter(self)
        QSvgRenderer(self._source.replace(b"currentColor", color)).render(painter, QRectF(self.rect()))
        painter.end()

    def _whole(self) -> QSize:
        px = self._theme.px
        return QSize(px(self._natural.width()), px(self._natural.height()))

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()
