"""The certificate as a card one would keep: bank, kind, masked owner, serial, expiry, and that it was proven."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy

from desktop.widgets.icon import draw_icon
from desktop.widgets.paint import fill, outline, smooth, tick
from desktop.widgets.theme import Role, Theme, follow
from desktop.widgets.wrap import longest, wrap

_WIDTH, _HEIGHT, _SIDE = 420, 252, 26
#: The badge with what stands beside it, and a line of the foot.
_BADGE, _LINE = 28, 26


class CertificateCard(QLabel):
    """Drawn in the bank's accent; said aloud as one sentence."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._content = ("", "", "", "", "")
        self._proven: str | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        follow(theme, self._restyle)

    def set_content(
        self, bank: str, kind: str, owner: str, serial: str, expiry: str, proven: str | None = None
    ) -> None:
        """All as shown; `owner` already masked. `proven` says how it was tried out, None when it was not."""
        self._content = (bank, kind, owner, serial, expiry)
        self._proven = proven
        self._restyle()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(_WIDTH), self._theme.px(_HEIGHT + (_LINE if self._stacked() else 0)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        bank, _, owner, _, expiry = self._content
        painter = smooth(self)
        rect = QRectF(self.rect())
        self._draw_ground(painter, rect)
        left, width = px(_SIDE), rect.width() - px(2 * _SIDE)
        self._write(painter, QRectF(left, px(22), width, px(24)), bank, (15, 600))
        for n, line in enumerate(self._title(width)):
            self._write(painter, QRectF(left, px(48 + 32 * n), width, px(36)), line, (24, 700))
        draw_icon(painter, "shield", QRectF(rect.right() - px(62), px(24), px(36), px(36)), self._ink())
        words = theme.words
        bottom = rect.height() - (px(_LINE) if self._stacked() else 0)
        top = bottom - px(110)
        for caption, text, x in ((words.owner, owner, 0.0), (words.expiry, expiry, 0.52)):
            at = left + width * x
            self._write(painter, QRectF(at, top, width / 2, px(20)), caption, (13, 400))
            self._write(painter, QRectF(at, top + px(20), width / 2, px(26)), text, (17, 600))
        self._draw_foot(painter, QRectF(left, bottom - px(50), width, px(28)))

    def _title(self, width: float) -> list[str]:
        """The kind, beside the shield; a long name takes two lines."""
        return wrap(self._content[1], self._theme.sized(24, 700), width - self._theme.px(48))

    def _serial(self) -> str:
        serial = self._content[3]
        return f"{self._theme.words.serial} {serial}" if serial else ""

    def _stacked(self) -> bool:
        """The proof and the serial number are too long to stand side by side."""
        sized, px = self._theme.sized, self._theme.px
        taken = longest([self._proven or ""], sized(13, 600)) + longest([self._serial()], sized(13, 400))
        return bool(self._proven) and taken + px(_BADGE + _SIDE / 2) > px(_WIDTH - 2 * _SIDE)

    def _draw_foot(self, painter: QPainter, foot: QRectF) -> None:
        px, serial = self._theme.px, self._serial()
        if not self._proven:
            self._write(painter, foot, serial, (13, 400))
            return
        side = px(20)
        badge = QRectF(foot.left(), foot.center().y() - side / 2, side, side)
        paper = self._theme.color(Role.SURFACE if self._theme.outlined else Role.ACCENT)
        fill(painter, badge, side / 2, self._ink())
        tick(painter, badge, paper, max(1.75, px(2)))
        self._write(painter, foot.adjusted(px(_BADGE), 0, 0, 0), self._proven, (13, 600))
        stacked = self._stacked()
        self._write(painter, foot.translated(0, px(_LINE) if stacked else 0), serial, (13, 400), right=not stacked)

    def _draw_ground(self, painter: QPainter, rect: QRectF) -> None:
        """The accent, a shade deeper towards the corner, under fine engraved waves."""
        theme, px = self._theme, self._theme.px
        if theme.outlined:
            fill(painter, rect, px(20), theme.color(Role.SURFACE))
            outline(painter, rect, px(20), theme.color(Role.ACCENT), px(3))
            return
        shade = QLinearGradient(rect.topLeft(), rect.bottomRight())
        shade.setColorAt(0, theme.color(Role.ACCENT))
        shade.setColorAt(1, deeper(theme.color(Role.ACCENT)))
        shape = QPainterPath()
        shape.addRoundedRect(rect, px(20), px(20))
        painter.fillPath(shape, shade)
        painter.save()
        painter.setClipPath(shape)
        line = QColor(theme.color(Role.ON_ACCENT))
        line.setAlphaF(0.09)
        painter.setPen(QPen(line, max(1.0, px(1))))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for n in range(14):
            painter.drawPath(_wave(rect, n, px(1)))
        painter.restore()

    def _write(self, painter: QPainter, box: QRectF, text: str, face: tuple[int, int], *, right: bool = False) -> None:
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(self._theme.sized(*face))
        painter.setPen(self._ink())
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _ink(self) -> QColor:
        return self._theme.color(Role.TEXT if self._theme.outlined else Role.ON_ACCENT)

    def _restyle(self) -> None:
        words = self._theme.words
        bank, kind, owner, serial, expiry = self._content
        parts = [f"{bank} {kind}", f"{words.owner} {owner}", f"{words.expiry} {expiry}", f"{words.serial} {serial}"]
        self.setAccessibleName(", ".join([*parts, *([self._proven] if self._proven else [])]))
        self.updateGeometry()
        self.update()


def deeper(accent: QColor) -> QColor:
    """The far corner of the card: further from the ink than the accent is."""
    return accent.darker(122) if accent.lightnessF() < 0.55 else accent.lighter(108)


def _wave(rect: QRectF, n: int, unit: float) -> QPainterPath:
    path = QPainterPath()
    for step in range(61):
        x = rect.width() * step / 60
        swing = math.sin(step / 60 * 2 * math.pi + n * 0.22) * (26 + n * 3) * unit
        point = QPointF(x, rect.height() * 0.42 + n * 9 * unit + swing)
        path.moveTo(point) if step == 0 else path.lineTo(point)
    return path
