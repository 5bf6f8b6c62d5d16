"""Whether Tab alone comes to everything, in the order in which the page is read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from scripts.pagecheck.drawn import Rooms, in_window, visible
from scripts.pagecheck.findings import Fault, fault


def stops_of(window: QWidget, above: QWidget | None = None) -> list[QWidget]:
    """Whatever takes the focus; of radio buttons of one choice, the one through which Tab enters.

    `above`: without what it covers, which Tab alone uncovers.
    """
    found = []
    for widget in visible(window):
        if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget.focusProxy() is not None:
            continue
        if above is not None and above.isVisible() and _touched(widget, above):
            continue
        if widget.isEnabled() and not _entered_elsewhere(widget):
            found.append(widget)
    return found


def walked(window: QWidget, above: QWidget | None = None) -> tuple[list[QWidget], list[QWidget]]:
    """Where the focus goes by Tab, pressed until it comes back to where it began; and what of that lay under `above`
    when it had the focus."""
    order: list[QWidget] = []
    hidden: list[QWidget] = []
    for _ in range(2 * len(stops_of(window)) + 4):
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        focused = window.focusWidget()
        if focused is None or focused in order:
            break
        order.append(focused)
        if above is not None and above.isVisible() and _under(focused, above):
            hidden.append(focused)
    return order, hidden


def disorderly(window: QWidget, above: QWidget | None) -> Iterator[Fault]:
    """`above` lies over the rest: what it covers must not have the focus."""
    order, hidden = walked(window, above)
    for widget in hidden:
        yield fault("focus", widget, "it has the focus and something lies over it")
    reached = set(order)
    for widget in stops_of(window):
        if widget not in reached:
            yield fault("order", widget, "Tab never comes to it")
    if not order:
        return
    room_of = Rooms(scrolled=False)
    seen = [_place(widget) for widget in order if room_of(widget).contains(_place(widget))]
    first_line = min(seen, key=QRectF.top).bottom() if seen else 0.0
    for one, following in pairwise([*order, order[0]]):
        if _place(following).top() < first_line:
            continue  # round again
        if not following.isVisible():
            continue  # what lay over the page went when the focus did
        here, there = _place(one), _place(following)
        beside = here.left() < there.right() and there.left() < here.right()
        if there.bottom() <= here.top() + 1 and beside and _zone(one) is _zone(following):
            yield fault("order", following, f"comes after {type(one).__name__} {one.accessibleName()[:30]!r} below it")


def _touched(widget: QWidget, above: QWidget) -> bool:
    """Also once it is scrolled into view."""
    beside = above.parentWidget()
    if above.isAncestorOf(widget) or beside is None or not beside.isAncestorOf(widget):
        return False
    here, there = _place(widget), _place(above)
    return here.left() < there.right() and there.left() < here.right()


def _under(widget: QWidget, above: QWidget) -> bool:
    return not above.isAncestorOf(widget) and _place(above).contains(_place(widget).center())


def _place(widget: QWidget) -> QRectF:
    return in_window(widget, QRectF(widget.rect()))


def _zone(widget: QWidget) -> QWidget | None:
    """What scrolls on its own is read on its own."""
    above = widget.parentWidget()
    while above is not None and above.parentWidget() is not None and not above.isWindow():
        if above.objectName() == "qt_scrollarea_viewport" or above.metaObject().className() == "PageScroll":
            return above
        above = above.parentWidget()
    return above


def _entered_elsewhere(widget: QWidget) -> bool:
    """One of several radio buttons: the arrows lead to it."""
    if not isinstance(widget, QAbstractButton) or widget.group() is None or not widget.group().exclusive():
        return False
    entered = widget.group().checkedButton() or widget.group().buttons()[0]
    return entered is not widget
