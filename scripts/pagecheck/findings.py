"""What is wrong on a page, once for all looks in which it is, with a picture of its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget

from scripts.pagecheck.drawn import in_window

_AROUND = 60  # px left round the place in its picture


@dataclass(frozen=True, slots=True)
class Fault:
    """`what` is said of the widget, `spot` is the place in its own px."""

    rule: str
    what: str
    widget: QWidget
    spot: QRectF


@dataclass(slots=True)
class Finding:
    """`looks` are the combinations in which it was seen, the first one first; `picture` was taken there."""

    page: str
    rule: str
    what: str
    picture: QImage
    looks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Findings:
    """`combinations` counts the pages in each look that were checked."""

    combinations: int = 0
    found: dict[tuple[str, str, str], Finding] = field(default_factory=dict)

    def add(self, page: str, look: str, faults: Iterable[Fault], window: QWidget) -> None:
        for fault in faults:
            key = (page, fault.rule, fault.what)
            if key not in self.found:
                self.found[key] = Finding(page, fault.rule, fault.what, _picture(window, fault))
            if look not in self.found[key].looks:
                self.found[key].looks.append(look)

    def save(self, folder: Path) -> list[str]:
        """Leaves the pictures and gives a line for each finding, by page."""
        if self.found:
            folder.mkdir(parents=True, exist_ok=True)
        lines = []
        for n, one in enumerate(sorted(self.found.values(), key=lambda f: (f.page, f.rule, f.what)), 1):
            name = f"{n:03}-{one.rule}-{one.page.replace('/', '-')}.png"
            one.picture.save(str(folder / name))
            lines.append(
                f"{one.page}: {one.rule}: {one.what} [{one.looks[0]}, {len(one.looks)} in all] {folder.name}/{name}"
            )
        return lines


def fault(rule: str, widget: QWidget, what: str, spot: QRectF | None = None) -> Fault:
    """`spot` in the widget's own px; the whole of it unless given."""
    return Fault(rule, f"{called(widget)}: {what}", widget, QRectF(widget.rect()) if spot is None else spot)


def called(widget: QWidget) -> str:
    """Its class and what stands on it, short enough for a line."""
    said = widget.accessibleName()
    if not said and isinstance(widget, QLabel | QAbstractButton):
        said = widget.text()
    return f"{type(widget).__name__} {said[:40]!r}"


def _picture(window: QWidget, fault: Fault) -> QImage:
    """A part of the window with a frame round the place, which is scrolled to."""
    above = fault.widget.parentWidget()
    while above is not None:
        content = above.widget() if isinstance(above, QScrollArea) else None
        if isinstance(above, QScrollArea) and content is not None and content.isAncestorOf(fault.widget):
            spot = fault.widget.mapTo(content, fault.spot.center().toPoint())
            above.ensureVisible(spot.x(), spot.y(), 0, _AROUND)
        above = above.parentWidget()
    place = in_window(fault.widget, fault.spot)
    whole = window.grab().toImage()
    painter = QPainter(whole)
    painter.setPen(QPen(QColor(255, 0, 80), 2))
    painter.drawRect(place.adjusted(-3, -3, 3, 3))
    painter.end()
    around = place.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND).toAlignedRect().intersected(window.rect())
    return whole.copy(around) if around.isValid() and not around.isEmpty() else whole
