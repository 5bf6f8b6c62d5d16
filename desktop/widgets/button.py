"""Buttons in five weights; a page has one primary one."""

from __future__ import annotations

import math
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from desktop.widgets import icon as icons
from desktop.widgets.flowing import Flowing
from desktop.widgets.paint import fill, focus_frame, outline, smooth, write
from desktop.widgets.pressable import Pressable
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import BUTTON, TARGET
from desktop.widgets.wrap import Wrapped, longest


class ButtonKind(StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"
    LINK = "link"
    DANGER = "danger"


_HEIGHT = {ButtonKind.QUIET: 44, ButtonKind.LINK: TARGET}
#: Left of the words of a link (px at 100 %).
LINK_PAD = 6
_PADDING = {ButtonKind.QUIET: 14, ButtonKind.LINK: LINK_PAD}
_LEAST = {ButtonKind.PRIMARY: 132, ButtonKind.SECONDARY: 104, ButtonKind.DANGER: 104}
_ICON = 20
#: Wide enough for any words in one line (px).
_BROAD = 1 << 20
_ICON_GAP = 6
#: Above and below a line of words at least, together (px at 100 %).
_AIR = 8


class Button(Flowing, Pressable, QPushButton):
    """`text` is drawn as it is (an `&` stays one) and wraps between words when there is no room."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        kind: ButtonKind = ButtonKind.SECONDARY,
        icon: str | None = None,
    ) -> None:
        super().__init__()
        self._theme, self._kind, self._icon = theme, kind, icon
        self._text = ""
        self._wrapped = Wrapped()
        self.flow_horizontally(QSizePolicy.Policy.Preferred)
        self.setAutoDefault(False)
        self.set_text(text)
        follow(theme, self._restyle)

    def set_text(self, text: str) -> None:
        self._text = text
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(text)
        self.updateGeometry()

    def plain_text(self) -> str:
        return self._text

    def set_kind(self, kind: ButtonKind) -> None:
        self._kind = kind
        self._restyle()

    def set_icon(self, name: str | None) -> None:
        self._icon = name
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        lines, line = len(self._lines(width)), self._theme.leading(Type.STRONG)
        return max(self._theme.px(_HEIGHT.get(self._kind, BUTTON)), line + self._theme.px(_AIR)) + (lines - 1) * line

    def _lines(self, width: int) -> list[str]:
        return self._wrapped(self._text, self.font(), width - self._around())

    def sizeHint(self) -> QSize:
        width = math.ceil(longest([self._text], self.font())) + 1 + self._around()
        least = self._theme.px(_LEAST.get(self._kind, 0))
        return self.flowed(QSize(max(width, least), self.heightForWidth(width)))

    def minimumSizeHint(self) -> QSize:
        """Its longest word, so that nothing is cut that could wrap."""
        word = math.ceil(longest(self._text.split(), self.font())) + 1 + self._around()
        return QSize(min(word, self._theme.em(200)), self.heightForWidth(_BROAD))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = smooth(self)
        frame, radius = QRectF(self.rect()), float(self._theme.radius())
        inner = focus_frame(painter, self._theme, frame, radius, focused=self.hasFocus())
        if inner != frame:
            radius -= (frame.width() - inner.width()) / 2
        ground, ink = self._colours()
        if ground is not None:
            fill(painter, inner, radius, ground)
        plain = self._kind is ButtonKind.LINK or (self._kind is ButtonKind.PRIMARY and self.isEnabled())
        if self._theme.outlined and not plain:
            outline(painter, inner, radius, ink, self._theme.px(1.5))
        self._draw_content(painter, ink)

    def _draw_content(self, painter: QPainter, ink: QColor) -> None:
        px = self._theme.px
        lines = self._lines(self.width())
        text_width = longest(lines, self.font())
        taken = self._theme.em(_ICON) + px(_ICON_GAP) if self._icon else 0
        if self._kind is ButtonKind.LINK:
            left = float(px(_PADDING[self._kind]))
        else:
            left = (self.width() - text_width - taken) / 2
        if self._icon:
            side = self._theme.em(_ICON)
            top = (self.height() - side) / 2
            icons.draw_icon(painter, self._icon, QRectF(left, top, side, side), ink)
        font = self.font()
        font.setUnderline(self._kind is ButtonKind.LINK and self.underMouse() and self.isEnabled())
        painter.setFont(font)
        height = self._theme.leading(Type.STRONG)
        top = (self.height() - height * len(lines)) / 2
        for n, line in enumerate(lines):
            box = QRectF(left + taken, top + n * height, text_width + 2, height)
            write(self, painter, box, line, ink, centred=len(lines) > 1 and self._kind is not ButtonKind.LINK)

    def _colours(self) -> tuple[QColor | None, QColor]:
        """Ground and ink for the state the button is in."""
        theme, kind = self._theme, self._kind
        shade = 0.0 if not self.isEnabled() else 0.2 if self.isDown() else 0.1 if self.underMouse() else 0.0
        if not self.isEnabled():
            bare = kind in (ButtonKind.QUIET, ButtonKind.LINK)
            return None if bare else theme.blend(Role.MUTED, Role.SURFACE, 0.14), theme.color(Role.MUTED)
        if kind is ButtonKind.PRIMARY:
            return theme.blend(Role.TEXT, Role.ACCENT, shade), theme.color(Role.ON_ACCENT)
        if kind is ButtonKind.DANGER:
            return theme.blend(Role.DANGER, Role.DANGER_SOFT, shade / 4), theme.color(Role.DANGER)
        if kind is ButtonKind.SECONDARY:
            return theme.blend(Role.TEXT, Role.SURFACE, 0.06 + shade / 2), theme.color(Role.TEXT)
        ink = theme.color(Role.ACCENT if kind is ButtonKind.LINK else Role.MUTED)
        return (theme.blend(Role.TEXT, Role.SURFACE, shade / 2) if shade else None), ink

    def _around(self) -> int:
        """Width of all that is not text, px."""
        px = self._theme.px
        return 2 * px(_PADDING.get(self._kind, 20)) + (self._theme.em(_ICON) + px(_ICON_GAP) if self._icon else 0)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Type.STRONG))
        self.updateGeometry()
        self.update()
