"""Texts to agree to: all at once or each, and each can be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QPoint, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from desktop.widgets.beside import Beside
from desktop.widgets.button import LINK_PAD, Button, ButtonKind
from desktop.widgets.flowing import Flowing
from desktop.widgets.layouts import Column
from desktop.widgets.paint import area, fill, focus_frame, outline, smooth, tick
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.wrap import Wrapped, longest

#: A box, and where the words beside it begin (px at 100 %).
_EDGE, _SIDE, _TEXT = 16, 24, 52
Item = tuple[str, str, str, bool]
#: (id, title, a word that marks it or empty, a line below) of one thing out of several.
Thing = tuple[str, str, str, str]


class AgreementList(QWidget):
    """A box for all and one for each text.

    Args:
        theme: colours, fonts and scale.
        all_label: the words of the box for all.
        items: (id, title, the word for required or optional, whether it is required) each.
        read_label: the word on the buttons that open a text.
    """

    changed = Signal()
    read = Signal(str)

    def __init__(self, theme: Theme, all_label: str, items: Sequence[Item], read_label: str) -> None:
        super().__init__()
        self._required = {item[0] for item in items if item[3]}
        self._boxes: dict[str, AgreementBox] = {}
        self._all = AgreementBox(theme, all_label, "", loud=True)
        self._all.toggled.connect(self._set_all)
        column = Column(theme, gap=4)
        self.setLayout(column)
        column.addWidget(self._all)
        column.add_gap(4)
        for item in items:
            column.addWidget(self._row(theme, item, read_label))
        column.addStretch(1)
        self.setFocusProxy(self._all)

    def accepted(self) -> set[str]:
        return {name for name, box in self._boxes.items() if box.isChecked()}

    def set_accepted(self, names: Iterable[str]) -> None:
        """Ticks exactly these, without a signal."""
        _tick(self._boxes, names)
        with QSignalBlocker(self._all):
            self._all.setChecked(bool(self._boxes) and self.accepted() == set(self._boxes))

    def complete(self) -> bool:
        """Whether all that is required is accepted."""
        return self._required <= self.accepted()

    def boxes(self) -> list[QCheckBox]:
        """The box for all, then each, in reading order."""
        return [self._all, *self._boxes.values()]

    def _row(self, theme: Theme, item: Item, read_label: str) -> Beside:
        name, title, word, required = item
        box = AgreementBox(theme, title, word, Role.ACCENT if required else Role.MUTED)
        box.toggled.connect(self._set_one)
        self._boxes[name] = box
        button = Button(theme, read_label, ButtonKind.LINK)
        button.setAccessibleName(f"{title} {read_label}")
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.read.emit(name))
        row = Beside(theme, gap=8, below=0, right=10, middle=True)
        row.add(box)
        row.add(button, stretch=0, indent=_TEXT - LINK_PAD)
        return row

    def _set_all(self, on: bool) -> None:
        self.set_accepted(self._boxes if on else ())
        self.changed.emit()

    def _set_one(self) -> None:
        self.set_accepted(self.accepted())
        self.changed.emit()


class TickList(QWidget):
    """Any number of a few things, such as the devices a certificate may be used on."""

    changed = Signal()

    def __init__(self, theme: Theme, things: Sequence[Thing]) -> None:
        super().__init__()
        self._boxes: dict[str, AgreementBox] = {}
        column = Column(theme, gap=4)
        self.setLayout(column)
        for name, title, word, below in things:
            box = AgreementBox(theme, title, word, below=below)
            box.toggled.connect(self.changed)
            self._boxes[name] = box
            column.addWidget(box)
        column.addStretch(1)
        if self._boxes:
            self.setFocusProxy(next(iter(self._boxes.values())))

    def ticked(self) -> set[str]:
        return {name for name, box in self._boxes.items() if box.isChecked()}

    def set_ticked(self, names: Iterable[str]) -> None:
        """Ticks exactly these, without a signal."""
        _tick(self._boxes, names)

    def boxes(self) -> dict[str, QCheckBox]:
        return dict(self._boxes)


def _tick(boxes: Mapping[str, AgreementBox], names: Iterable[str]) -> None:
    """Exactly these, without a signal. A screen reader toggles a box without a click, so `toggled` is what is heard."""
    wanted = set(names)
    for name, box in boxes.items():
        with QSignalBlocker(box):
            box.setChecked(name in wanted)


class AgreementBox(Flowing, QCheckBox):
    """One box with its title and perhaps a line below; `loud` for the one that stands for all."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        word: str,
        word_role: Role = Role.ACCENT,
        *,
        loud: bool = False,
        below: str = "",
    ) -> None:
        super().__init__(title.replace("&", "&&"))
        self._theme, self._title, self._word, self._loud, self._below = theme, title, word, loud, below
        self._word_role, self._wrapped = word_role, Wrapped()
        self.setAccessibleName(f"{title} ({word})" if word else title)
        self.setAccessibleDescription(below)
        self.flow_horizontally(QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        follow(theme, self._restyle)

    def hitButton(self, pos: QPoint) -> bool:  # noqa: N802 - Qt's name
        return self.rect().contains(pos)

    def heightForWidth(self, width: int) -> int:
        lines = len(self._lines(width)) + self._apart(width)
        below = self._theme.leading(Type.SMALL) * len(self._lines_below(width))
        return lines * self._theme.leading(self._type()) + below + 2 * self._theme.px(17 if self._loud else 11)

    def sizeHint(self) -> QSize:
        width = self._theme.px(320)
        return self.flowed(QSize(width, self.heightForWidth(width)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(44))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = smooth(self)
        rect = QRectF(self.rect())
        radius = float(px(14 if self._loud else 10))
        inner = focus_frame(painter, theme, rect, radius, focused=self.hasFocus())
        radius -= (rect.width() - inner.width()) / 2
        if self._loud:
            ground = theme.color(Role.ACCENT_SOFT if self.isChecked() else Role.RAISED)
            area(painter, theme, inner, ground, radius)
        elif self.underMouse():
            fill(painter, inner, radius, theme.blend(Role.TEXT, Role.SURFACE, 0.04))
        side = px(_SIDE)
        line = theme.leading(self._type())
        lines = self._lines(self.width())
        below = theme.leading(Type.SMALL) * len(self._lines_below(self.width()))
        top = (self.height() - line * (len(lines) + self._apart(self.width())) - below) / 2
        self._draw_box(painter, QRectF(px(_EDGE), top + (line - side) / 2, side, side))
        self._draw_text(painter, lines, float(px(_TEXT)), top)

    def _draw_box(self, painter: QPainter, box: QRectF) -> None:
        theme = self._theme
        radius = theme.px(7)
        if self.isChecked():
            fill(painter, box, radius, theme.color(Role.ACCENT))
            tick(painter, box, theme.color(Role.ON_ACCENT), max(2.0, theme.px(2.25)))
            return
        fill(painter, box, radius, theme.color(Role.SURFACE))
        outline(painter, box, radius, theme.color(Role.CONTROL), max(1.5, theme.px(1.5)))

    def _draw_text(self, painter: QPainter, lines: list[str], left: float, top: float) -> None:
        theme = self._theme
        height = theme.leading(self._type())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self.font())
        if self._word:
            painter.setPen(theme.color(self._word_role))
            painter.drawText(QRectF(left, top, self._word_width(), height), flags, self._word)
            if self._apart(self.width()):
                top += height
            else:
                left += self._word_width()
        painter.setPen(theme.color(Role.TEXT))
        for n, line in enumerate(lines):
            painter.drawText(QRectF(left, top + n * height, self.width() - left, height), flags, line)
        if self._below:
            painter.setFont(theme.font(Type.SMALL))
            painter.setPen(theme.color(Role.MUTED))
            left = float(theme.px(_TEXT))
            top, low = top + len(lines) * height, theme.leading(Type.SMALL)
            for n, line in enumerate(self._lines_below(self.width())):
                painter.drawText(QRectF(left, top + n * low, self.width() - left, low), flags, line)

    def _lines_below(self, width: int) -> list[str]:
        return self._wrapped(self._below, self._theme.font(Type.SMALL), self._room(width)) if self._below else []

    def _type(self) -> Type:
        return Type.HEADING if self._loud else Type.BODY

    def _word_width(self) -> float:
        return longest([self._word], self.font()) + self._theme.px(8) if self._word else 0.0

    def _room(self, width: int) -> float:
        px = self._theme.px
        return width - px(_TEXT) - px(12)

    def _apart(self, width: int) -> bool:
        """Whether the word that marks it stands above the title, which would break beside it."""
        return bool(self._word) and longest(self._title.split(), self.font()) > self._room(width) - self._word_width()

    def _lines(self, width: int) -> list[str]:
        beside = 0.0 if self._apart(width) else self._word_width()
        return self._wrapped(self._title, self.font(), self._room(width) - beside)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(self._type()))
        self.updateGeometry()
        self.update()
