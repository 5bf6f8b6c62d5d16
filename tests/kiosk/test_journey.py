"""Whole journeys at the kiosk by touch alone, from the first page to a proven certificate and the next person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPointingDevice, QSinglePointEvent

from desktop.kiosk.keypad import Key
from desktop.services.api import Issued
from desktop.wizard.flow.steps import Proof
from tests.kiosk.floor import Floor, Guest, example

#: The same millimetres as on a screen of 1080 × 1920, on fewer pixels to paint.
SMALL = 0.7384
_POINTED = {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.TouchBegin}


class Watcher(QObject):
    """Sees what comes to the keys, and from what kind of device."""

    def __init__(self) -> None:
        super().__init__()
        self.pressed = 0
        self.kinds: set[QPointingDevice.DeviceType] = set()
        self.typed = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            self.typed += 1
        elif event.type() in _POINTED and isinstance(event, QSinglePointEvent):
            self.kinds.add(event.pointingDevice().type())
            self.pressed += isinstance(watched, Key)
        return False


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize(("orientation", "screen"), [("portrait", (540, 960)), ("landscape", (960, 540))])
def test_a_journey_by_touch_alone_ends_with_a_proven_certificate_and_a_new_first_page(
    floor: Floor, orientation: str, screen: tuple[int, int], percent: int
) -> None:
    floor = replace(floor, screen=screen, config=example(mm_per_pixel=SMALL, orientation=orientation))
    watcher = Watcher()

    async def work(guest: Guest) -> None:
        await guest.visit.counter.opened.wait()
        await guest.enlarge(percent)
        view = await guest.walk_to("done", stage=1)
        assert view.facts.get(Issued) is not None
        assert view.facts.get(Proof) is not None
        assert percent == round(100 * guest.visit.theme.scale / floor.size.scale)
        first = guest.visit
        assert guest.window.frame is not None
        guest.touch(guest.window.frame.footer.primary)
        await guest.next_visit(first)
        fresh = guest.window
        assert fresh is not first.window
        assert fresh.frame is None
        assert floor.size.scale == guest.visit.theme.scale

    floor.application.installEventFilter(watcher)
    try:
        floor.run(work)
    finally:
        floor.application.removeEventFilter(watcher)
    assert {QPointingDevice.DeviceType.TouchScreen} == watcher.kinds
    assert 60 < watcher.pressed
    assert 0 == watcher.typed
