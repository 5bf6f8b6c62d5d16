"""Where things stand: too small to hit, cut off, one over another, wider than the window."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLabel, QLineEdit, QMenu, QWidget

from scripts.pagecheck.drawn import Part, Rooms, letters, meant_by, visible
from scripts.pagecheck.findings import Fault, called, fault

#: Ink may touch what it is cut by: letters are drawn a little wider than they are measured (px), and those like j
#: reach out of the line on which they begin (share of their size).
_TOUCH, _REACH = 1.5, 0.12
#: So much must two things share in both directions before one hides the other (px).
_SHARED = 2.0


def unnamed(window: QWidget) -> Iterator[Fault]:
    """What takes the focus and says nothing to a screen reader."""
    for widget in visible(window):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None and widget.isEnabled():
            # Not asked of QAccessible: what it hands out is deleted twice, by Qt and by its wrapper.
            said = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            if not said.strip():
                yield fault("name", widget, "no name for a screen reader")


def small(window: QWidget, least: float) -> Iterator[Fault]:
    """What is pressed or typed into and smaller than `least` px in either direction."""
    for widget in visible(window):
        if isinstance(widget, QMenu):
            for entry in widget.actions():
                place = widget.actionGeometry(entry)
                if not entry.isSeparator() and place.height() + 0.5 < least:
                    yield fault("target", widget, f"{entry.text()!r} {place.height()} px, at least {least:.0f}")
        if not isinstance(widget, QAbstractButton | QLineEdit):
            continue
        if min(widget.width(), widget.height()) + 0.5 < least:
            yield fault("target", widget, f"{widget.width()}×{widget.height()} px, at least {least:.0f}")


def tiny(parts: list[Part], least: float) -> Iterator[Fault]:
    """Letters lower than `least` px, which is the height of a Hangul syllable."""
    for part in parts:
        for word in part.words:
            if word.size + 0.5 < least:
                yield fault("text", part.widget, f"{word.size:.0f} px high, at least {least:.0f}", word.ink)


def cut(parts: list[Part]) -> Iterator[Fault]:
    """Text whose ink is outside of what can be seen, even by scrolling down; and text that is not drawn whole."""
    room_of = Rooms(scrolled=True)
    for part in parts:
        whole = room_of(part.widget)
        typed = isinstance(part.widget, QLineEdit)
        for word in part.words:
            reach = max(_TOUCH, _REACH * word.size)
            room = whole.adjusted(-reach, -_TOUCH, reach, _TOUCH)
            ink = room_of.place(part.widget, word.ink)
            if not room.contains(ink) and not (typed and _scrolls_itself(part.widget, room, ink)):
                yield fault("clipped", part.widget, f"{word.text!r} is cut off", word.ink)
        if not typed and (missing := _missing(part)):
            yield fault("clipped", part.widget, missing)
        elif not typed and (broken := _broken(part)):
            yield fault("broken", part.widget, f"a line ends within {broken!r}")


def over(window: QWidget, parts: list[Part], above: QWidget | None) -> Iterator[Fault]:
    """Two things in one place. `above` is meant to lie over the rest."""
    room_of = Rooms(scrolled=False)
    seen = [
        (p.widget, _covers(p, room_of)) for p in parts if p.words or isinstance(p.widget, QAbstractButton | QLineEdit)
    ]
    for (one, first), (other, second) in combinations(seen, 2):
        shared = first.intersected(second)
        if shared.width() <= _SHARED or shared.height() <= _SHARED:
            continue
        if one.isAncestorOf(other) or other.isAncestorOf(one):
            continue
        if above is not None and above.isAncestorOf(one) != above.isAncestorOf(other):
            continue
        spot = shared.translated(-QPointF(one.mapTo(window, QPoint(0, 0))))
        yield fault("overlap", one, f"in one place with {called(other)}", spot)
    for part in parts:
        if isinstance(part.widget, QLineEdit):
            continue  # what is selected is drawn twice, the second time in its own colours
        for word, next_word in combinations(part.words, 2):
            shared = word.ink.intersected(next_word.ink)
            # On one line a piece begins where the one before ends, and its first letter may reach out of it.
            least = max(_SHARED, _REACH * word.size) if word.base == next_word.base else _SHARED
            if shared.width() > least and shared.height() > _SHARED:
                yield fault("overlap", part.widget, f"{word.text!r} and {next_word.text!r} in one place", shared)


def wide(window: QWidget, size: QSize, screen: QSize) -> Iterator[Fault]:
    """What would have to be scrolled to the side, and a window that does not fit into its size, or the screen."""
    if window.size() != size or window.size().expandedTo(screen) != screen:
        least = size.boundedTo(screen)
        grown = f"{window.width()}×{window.height()} px instead of {least.width()}×{least.height()}"
        yield fault("scroll", window, f"it is {grown}")
    for widget in visible(window):
        if isinstance(widget, QAbstractScrollArea) and _too_wide(widget):
            yield fault("scroll", widget, "wider than what shows it")


def _too_wide(area: QAbstractScrollArea) -> bool:
    if area.horizontalScrollBar().maximum() > 0:
        return True
    content = next((w for w in area.viewport().children() if isinstance(w, QWidget) and w.isVisible()), None)
    return content is not None and content.width() > area.viewport().width()


def _covers(part: Part, room_of: Rooms) -> QRectF:
    """A text covers its ink, whatever room it was given; all else its whole place."""
    if isinstance(part.widget, QLabel) and part.words:
        box = QRectF()
        for word in part.words:
            box = box.united(word.ink)
    else:
        box = QRectF(part.widget.rect())
    return room_of.place(part.widget, box).intersected(room_of(part.widget))


def _missing(part: Part) -> str:
    """A label or button says all of its text, wherever the lines break."""
    meant = meant_by(part)
    return "" if meant is None or letters(meant) == letters(part.said) else f"only {part.said!r} of {meant!r} is drawn"


def _broken(part: Part) -> str:
    """A word that a line breaks inside, for want of room. Numbers and addresses may be broken."""
    return next((word for word in (meant_by(part) or "").split() if word.isalpha() and word not in part.said), "")


def _scrolls_itself(entry: QWidget, room: QRectF, ink: QRectF) -> bool:
    """What is typed may be longer than its field; the cursor brings every part of it into view."""
    return room.top() <= ink.top() and ink.bottom() <= room.bottom() and bool(entry.isEnabled())
