"""What a window shows: each text where it is really drawn, found by letting every widget paint itself as SVG."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLabel, QLineEdit, QMenu, QWidget

_GROUP = re.compile(r"<g [^>]*?transform=\"matrix\(([^)]*)\)\"[^>]*>(.*?)</g>", re.DOTALL)
_TEXT = re.compile(
    r"<text [^>]*? x=\"([^\"]*)\" y=\"([^\"]*)\" font-family=\"([^\"]*)\" font-size=\"([^\"]*)\""
    r" font-weight=\"([^\"]*)\"[^>]*>(.*?)</text>",
    re.DOTALL,
)
_PATH = re.compile(r"<path [^>]*? d=\"([^\"]*)\"")
#: Further than any page is scrolled, px.
_FAR = 1e6
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


@dataclass(frozen=True, slots=True)
class Word:
    """A run of text that a widget draws: its ink and the line it stands on in the widget's own px, and its letters."""

    widget: QWidget
    text: str
    ink: QRectF
    size: float
    weight: int
    base: float

    @property
    def large(self) -> bool:
        """As WCAG has it: 18 pt, or 14 pt and bold."""
        return self.size >= 24 or (self.size >= 18.66 and self.weight >= 700)


@dataclass(frozen=True, slots=True)
class Part:
    """A visible widget that draws something itself. `state` decides what that is, but for its colours."""

    widget: QWidget
    words: tuple[Word, ...]
    shapes: tuple[QRectF, ...]
    state: tuple[object, ...]

    @property
    def lines(self) -> list[str]:
        """What stands on one line is drawn in pieces, one for each script."""
        lines: dict[int, str] = {}
        for word in self.words:
            lines[round(word.base)] = lines.get(round(word.base), "") + word.text
        return list(lines.values())

    @property
    def said(self) -> str:
        return " ".join(line.strip() for line in self.lines)


def parts_of(window: QWidget, before: Iterable[Part] = ()) -> list[Part]:
    """Every visible widget with what it draws, in the order of the tree.

    `before`: what was found in other colours, in the same language and size. It stands as long as its state does.
    """
    known = {part.widget: part for part in before}
    parts = []
    for widget in visible(window):
        part, state = known.get(widget), _state(widget)
        parts.append(part if part is not None and part.state == state else _part(widget, state))
    return parts


def stands(parts: Iterable[Part]) -> list[object]:
    """Where each is and what it shows, but for how far it is scrolled: the same for pages that are laid out alike."""
    return [(part.widget, part.state, None if _scrolled(part.widget) else part.widget.pos()) for part in parts]


def visible(window: QWidget) -> Iterator[QWidget]:
    """What is in it; those of other windows, such as menus and dialogs, are not among them. A menu and a word that
    stands beside the pointer are windows that draw themselves."""
    if isinstance(window, QMenu | QLabel):
        yield window
    whole = window.window()
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.window() is whole:
            yield widget


def meant_by(part: Part) -> str | None:
    """The text of a label or button, before it was broken into lines; None for what has no such text."""
    plain = getattr(part.widget, "plain_text", None)
    return plain() if plain is not None and isinstance(part.widget, QLabel | QAbstractButton) else None


def whole(part: Part) -> str:
    """What is drawn, without the breaks of its lines where it is all that is meant: an address may break anywhere."""
    meant = meant_by(part)
    return part.said if meant is None or letters(meant) != letters(part.said) else meant


def letters(said: str) -> str:
    return "".join(said.split()).replace("\xa0", "")


def in_window(widget: QWidget, rect: QRectF) -> QRectF:
    """The widget's own rectangle as one of its window."""
    return rect.translated(QPointF(widget.mapTo(widget.window(), QPoint(0, 0))))


class Rooms:
    """Where each widget can be seen, in its window. Good until something moves or is scrolled.

    `scrolled`: and what scrolling down brings into view.
    """

    def __init__(self, *, scrolled: bool) -> None:
        self._scrolled = scrolled
        self._at: dict[QWidget, QPointF] = {}
        self._rooms: dict[QWidget, QRectF] = {}

    def place(self, widget: QWidget, rect: QRectF | None = None) -> QRectF:
        """The widget's own rectangle, or the whole of it, as one of its window."""
        return (QRectF(widget.rect()) if rect is None else rect).translated(self._corner(widget))

    def __call__(self, widget: QWidget) -> QRectF:
        room = self._rooms.get(widget)
        if room is None:
            room = self.place(widget)
            below = widget.parentWidget()
            if below is not None and not widget.isWindow():
                room = room.intersected(self._reach(below))
            self._rooms[widget] = room
        return room

    def _reach(self, below: QWidget) -> QRectF:
        """What it lets be seen of those in it."""
        holder = below.parentWidget()
        if self._scrolled and isinstance(holder, QAbstractScrollArea) and below is holder.viewport():
            return self.place(below).adjusted(0, -_FAR, 0, _FAR)
        return self(below)

    def _corner(self, widget: QWidget) -> QPointF:
        at = self._at.get(widget)
        if at is None:
            above = widget.parentWidget()
            at = QPointF(0, 0) if above is None or widget.isWindow() else self._corner(above) + QPointF(widget.pos())
            self._at[widget] = at
        return at


def _state(widget: QWidget) -> tuple[object, ...]:
    said = widget.text() if isinstance(widget, QLabel | QAbstractButton | QLineEdit) else ""
    return widget.width(), widget.height(), said, widget.accessibleName(), widget.isEnabled()


def _scrolled(widget: QWidget) -> bool:
    above = widget.parentWidget()
    holder = above.parentWidget() if above is not None else None
    return isinstance(holder, QAbstractScrollArea) and above is holder.viewport()


def _part(widget: QWidget, state: tuple[object, ...]) -> Part:
    if widget.width() <= 0 or widget.height() <= 0:
        return Part(widget, (), (), state)
    words: list[Word] = []
    shapes: list[QRectF] = []
    for matrix, content in _GROUP.findall(_svg(widget)):
        a, b, c, d, dx, dy = map(float, matrix.split(","))
        for x, y, family, size, weight, text in _TEXT.findall(content):
            said = unescape(text)
            if said.strip():
                metrics = _metrics(unescape(family), float(size), int(weight))
                ink = metrics.tightBoundingRect(said).translated(float(x), float(y))
                words.append(
                    Word(widget, said, _turned(ink, (a, b, c, d, dx, dy)), float(size), int(weight), float(y) * d + dy)
                )
        for path in _PATH.findall(content):
            numbers = [float(n) for n in _NUMBER.findall(path)]
            xs, ys = numbers[0::2], numbers[1::2]
            if xs and ys:
                box = QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys)))
                shapes.append(_turned(box, (a, b, c, d, dx, dy)))
    return Part(widget, tuple(words), tuple(shapes), state)


def _turned(box: QRectF, matrix: tuple[float, float, float, float, float, float]) -> QRectF:
    """What we draw is moved or enlarged, and never turned."""
    a, _b, _c, d, dx, dy = matrix
    return QRectF(box.x() * a + dx, box.y() * d + dy, box.width() * a, box.height() * d)


def _svg(widget: QWidget) -> str:
    """What this widget paints, without its children."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setResolution(96)
    widget.render(generator, QPoint(), QRegion(), QWidget.RenderFlag(0))
    return bytes(buffer.data().data()).decode()


@cache
def _metrics(family: str, size: float, weight: int) -> QFontMetricsF:
    font = QFont(family)
    font.setPixelSize(max(1, round(size)))
    font.setWeight(QFont.Weight(weight))
    return QFontMetricsF(font)
