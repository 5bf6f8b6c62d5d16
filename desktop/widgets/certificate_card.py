"""The certificate as a card one would keep: bank, kind, masked owner, serial, expiry, and that it was proven."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy

from desktop.widgets.flowing import Flowing
from desktop.widgets.icon import draw_icon
from desktop.widgets.paint import fill, outline, smooth, tick
from desktop.widgets.theme import Role, Theme, follow
from desktop.widgets.wrap import longest, wrap

_WIDTH, _HEIGHT, _SIDE = 420, 252, 26
#: The least width of a card, and from which width on its margins are the usual ones.
_LEAST, _NARROW, _SIDE_NARROW = 160, 260, 18
#: How much lower the name stands below the shield.
_LOW = 20
#: The badge with what stands beside it, a line of the foot, a line of the title, a caption with its text below.
_BADGE, _LINE, _TITLE, _PAIR = 28, 26, 32, 46
#: Room kept for the shield beside the title, and where the second column begins (share of the width).
_SHIELD, _SECOND = 48, 0.52
_CAPTION, _TEXT, _NAME, _PROOF = (13, 400), (17, 600), (24, 700), (13, 600)


class _Fit(NamedTuple):
    """What takes a line of its own at a width, for want of room beside something else."""

    side: int
    titles: list[str]
    columns: bool
    proofs: list[str]
    serials: list[str]
    low: bool

    @property
    def more(self) -> int:
        """Height beyond the usual one, px at 100 %."""
        return _TITLE * max(0, len(self.titles) - 2) + _PAIR * self.columns + _LINE * self.foot + _LOW * self.low

    @property
    def foot(self) -> int:
        """Lines beyond the one that has room at the foot of a card."""
        return max(0, len(self.proofs) + len(self.serials) - 1)


class CertificateCard(Flowing, QLabel):
    """Drawn in the bank's accent; said aloud as one sentence. Narrower than a card, it is higher."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._content = ("", "", "", "", "")
        self._proven: str | None = None
        self.flow_horizontally(QSizePolicy.Policy.Maximum)
        follow(theme, self._restyle)

    def set_content(
        self, bank: str, kind: str, owner: str, serial: str, expiry: str, proven: str | None = None
    ) -> None:
        """All as shown; `owner` already masked. `proven` says how it was tried out, None when it was not."""
        self._content = (bank, kind, owner, serial, expiry)
        self._proven = proven
        self._restyle()

    def heightForWidth(self, width: int) -> int:
        return self._theme.px(_HEIGHT + self._fit(width).more)

    def sizeHint(self) -> QSize:
        width = self._theme.px(_WIDTH)
        return self.flowed(QSize(width, self.heightForWidth(width)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(_LEAST), self._theme.px(_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        bank, _, owner, _, expiry = self._content
        painter, rect, fit = smooth(self), QRectF(self.rect()), self._fit(self.width())
        self._draw_ground(painter, rect)
        left, width = px(fit.side), rect.width() - px(2 * fit.side)
        self._write(painter, QRectF(left, px(22), width, px(24)), bank, (15, 600))
        for n, line in enumerate(fit.titles):
            self._write(painter, QRectF(left, px(48 + _LOW * fit.low + _TITLE * n), width, px(36)), line, _NAME)
        draw_icon(painter, "shield", QRectF(rect.right() - px(36 + fit.side), px(24), px(36), px(36)), self._ink())
        top = rect.height() - px(110 + _PAIR * fit.columns + _LINE * fit.foot)
        self._draw_pair(painter, QPointF(left, top), theme.words.owner, owner)
        second = QPointF(left, top + px(_PAIR)) if fit.columns else QPointF(left + width * _SECOND, top)
        self._draw_pair(painter, second, theme.words.expiry, expiry)
        self._draw_foot(painter, QRectF(left, rect.height() - px(50 + _LINE * fit.foot), width, px(28)), fit)

    def _fit(self, width: int) -> _Fit:
        sized, px = self._theme.sized, self._theme.px
        _, kind, owner, _, expiry = self._content
        side = _SIDE if width >= px(_NARROW) else _SIDE_NARROW
        room = width - px(2 * side)
        column = room * min(_SECOND, 1 - _SECOND)
        proof, serial = self._proven or "", self._serial()
        foot = longest([proof], sized(*_PROOF)) + longest([serial], sized(*_CAPTION)) + px(_BADGE + _SIDE / 2)
        both = not proof or foot <= room
        # Beside the shield there may be no room for a word: then the name stands below it.
        low = longest(kind.split(), sized(*_NAME)) > room - px(_SHIELD)
        return _Fit(
            side,
            wrap(kind, sized(*_NAME), room if low else room - px(_SHIELD)),
            longest([owner, expiry], sized(*_TEXT)) > column,
            wrap(proof, sized(*_PROOF), room - px(_BADGE)) if proof else [],
            [] if both and proof else wrap(serial, sized(*_CAPTION), room),
            low,
        )

    def _serial(self) -> str:
        serial = self._content[3]
        return f"{self._theme.words.serial} {serial}" if serial else ""

    def _draw_pair(self, painter: QPainter, at: QPointF, caption: str, text: str) -> None:
        px = self._theme.px
        self._write(painter, QRectF(at.x(), at.y(), self.width(), px(20)), caption, _CAPTION)
        self._write(painter, QRectF(at.x(), at.y() + px(20), self.width(), px(26)), text, _TEXT)

    def _draw_foot(self, painter: QPainter, foot: QRectF, fit: _Fit) -> None:
        px, down = self._theme.px, float(self._theme.px(_LINE))
        if not fit.serials:
            self._write(painter, foot, self._serial(), _CAPTION, right=True)
        for n, line in enumerate(fit.serials, len(fit.proofs)):
            self._write(painter, foot.translated(0, n * down), line, _CAPTION)
        if not fit.proofs:
            return
        side = px(20)
        badge = QRectF(foot.left(), foot.center().y() - side / 2, side, side)
        paper = self._theme.color(Role.SURFACE if self._theme.outlined else Role.ACCENT)
        fill(painter, badge, side / 2, self._ink())
        tick(painter, badge, paper, max(1.75, px(2)))
        for n, line in enumerate(fit.proofs):
            self._write(painter, foot.adjusted(px(_BADGE), n * down, 0, n * down), line, _PROOF)

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
