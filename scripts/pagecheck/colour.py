"""Whether what is drawn can be told from its ground: texts, icons, edges of fields, marks, the ring of the focus."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QRegion
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from desktop.widgets.code_cells import CodeCells
from desktop.widgets.field_edit import FieldEdit
from desktop.widgets.icon import IconView
from desktop.widgets.scroll import PageScroll
from desktop.widgets.theme import Mode
from scripts.pagecheck.drawn import Part, Rooms, Word
from scripts.pagecheck.findings import Fault, fault
from scripts.pagecheck.pixels import Picture, contrast

_CONTROL = 3.0
#: Thickness of the ring, px.
_RING = {Mode.LIGHT: 2, Mode.DARK: 2, Mode.CONTRAST: 3}
#: Two pixels of one stroke, whose edges are softened.
_SAME = 1.2
#: Ink of so many px is a line.
_THIN = 6
#: So narrow (share of its height) a letter is one stroke; and how much is looked at on both sides of it (px).
_STROKE, _AROUND = 0.35, 3
#: The mark of a box or a radio button, px at 100 %.
_MARK = (14, 32)


def bound(word: Word, mode: Mode) -> float:
    if mode is Mode.CONTRAST:
        return 4.5 if word.large else 7.0
    return 3.0 if word.large else 4.5


def faint(picture: Picture, parts: list[Part], mode: Mode, scale: float, done: set[int]) -> Iterator[Fault]:
    """Of what is to be seen now; `done` keeps what has been measured, for it is scrolled on after that."""
    room_of = Rooms(scrolled=False)
    for part in parts:
        widget = part.widget
        for word in part.words:
            if id(word) in done:
                continue
            spot = room_of.place(widget, word.ink)
            if not room_of(widget).contains(spot) or _covered(widget, spot):
                continue
            done.add(id(word))
            if spot.height() < _THIN:  # such as an underscore, which may be drawn a pixel beside where it is measured
                spot = spot.adjusted(0, -1, 0, 1)
            if spot.width() < _STROKE * spot.height():  # such as a capital I, which leaves nothing of its ground
                spot = spot.adjusted(-_AROUND, 0, _AROUND, 0)
            found, least = picture.farthest(spot), bound(word, mode)
            if found < least:
                yield fault("contrast", widget, f"{word.text!r} {found:.1f}:1, at least {least}:1", word.ink)
        if id(part) in done or not isinstance(widget, IconView | FieldEdit | QAbstractButton):
            continue
        whole = room_of.place(widget)
        if room_of(widget).contains(whole) and not _covered(widget, whole):
            done.add(id(part))
            yield from _shape(picture, part, whole, scale)


def _shape(picture: Picture, part: Part, whole: QRectF, scale: float) -> Iterator[Fault]:
    widget = part.widget
    if isinstance(widget, IconView):
        found = picture.farthest(whole)
        what = "the icon"
    elif isinstance(widget, FieldEdit) and widget.isEnabled():
        found, what = _edge(picture, whole), "the edge"
        if isinstance(widget, CodeCells):
            what = "the edge of the first cell"
    elif isinstance(widget, QAbstractButton) and widget.isCheckable() and part.shapes:
        low, high = (size * scale for size in _MARK)
        at = whole.topLeft()
        alike = [s for s in part.shapes if low <= s.width() <= high and abs(s.width() - s.height()) < 2]
        marks = [mark.translated(at) for mark in alike if not _covered(widget, mark.translated(at))]
        if not marks:
            return
        found = max(picture.farthest(mark.adjusted(-3, -3, 3, 3)) for mark in marks)
        what = "the mark"
    else:
        return
    if found < _CONTROL:
        yield fault("contrast", widget, f"{what} {found:.1f}:1, at least {_CONTROL}:1")


def _edge(picture: Picture, whole: QRectF) -> float:
    """From outside to inside over the left edge, at half the height."""
    line = picture.row(whole.center().y(), whole.left() - 3, whole.left() + 4)
    return max((contrast(line[0], pixel) for pixel in line), default=1.0)


def _covered(widget: QWidget, spot: QRectF) -> bool:
    """Whether something else lies over its middle."""
    at = widget.window().childAt(spot.center().toPoint())
    return at is not None and at is not widget and not at.isAncestorOf(widget) and not widget.isAncestorOf(at)


def unlit(stops: list[QWidget], mode: Mode, scale: float, done: set[object]) -> Iterator[Fault]:
    """What looks the same, or nearly so, with the focus and without it. `done`: kinds that were looked at."""
    for widget in stops:
        kind = (type(widget), getattr(widget, "_kind", None), mode, scale)
        if kind in done or widget.size() == QSize(0, 0):
            continue
        done.add(kind)
        window = widget.window()
        other = next((stop for stop in stops if stop is not widget), None)
        if other is None:
            return
        before, after = (_with_focus(here, widget) for here in (other, widget))
        found, least = _changed(before, after), _RING[mode]
        if found < least:
            yield fault("focus", widget, f"its ring is {found:.1f} px thick, at least {least}")
        window.setFocus()


def _with_focus(focused: QWidget, shown: QWidget) -> QImage:
    focused.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.sendPostedEvents()
    above = shown.parentWidget()
    while above is not None:
        if isinstance(above, PageScroll):
            above.bring(shown)
        above = above.parentWidget()
    window = shown.window()
    part = shown.visibleRegion().boundingRect()  # of what is higher than what shows it
    part = shown.rect() if part.isEmpty() else part
    at = QRect(shown.mapTo(window, part.topLeft()), part.size())
    image = QImage(at.size() * 2, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2)
    image.fill(Qt.GlobalColor.black)
    window.render(image, QPoint(), QRegion(at))
    return image


def _changed(before: QImage, after: QImage) -> float:
    """How thick (px) the ring is that comes with the focus, on the left edge at half the height.

    It is one colour where there was another, and can be told from what was there, what it encloses, or the ground.
    """
    y, width = before.height() // 2, min(before.width() // 2, 40)
    old, new = ([image.pixel(x, y) & 0xFFFFFF for x in range(width)] for image in (before, after))
    longest = 0
    for start in range(width):
        end = start
        while end < width and new[end] != old[end] and contrast(new[start], new[end]) < _SAME:
            end += 1
        beside = (new[min(end, width - 1)], old[start], new[-1])
        if end > start and max(contrast(new[start], pixel) for pixel in beside) >= _CONTROL:
            longest = max(longest, end - start)
    return longest / 2
