"""The list of steps keeps its room; what is said of the centre gives way to it."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.widgets.label import Label
from desktop.widgets.rail import Rail, RailEntry, RailState
from desktop.widgets.scroll import PageScroll
from desktop.widgets.theme import Theme

VARIANTS = [
    "1588-1900 · 평일 09:00–18:00\n문 여는 시각과 점심시간은 붐빕니다.",
    "1588-1900 · 평일 09:00–18:00",
    "1588-1900",
]


def test_as_much_is_said_of_the_centre_as_the_steps_leave_room_for(theme: Theme, qtbot: QtBot) -> None:
    rail = Rail(theme)
    qtbot.addWidget(rail)
    rail.set_heading("우체국", "금융인증서 발급")
    rail.set_items([RailEntry(str(n), "단계", RailState.TODO, reachable=False) for n in range(9)])
    rail.set_centre(VARIANTS)
    rail.show()
    scroll = rail.findChild(PageScroll)
    assert scroll is not None
    said = []
    for height in range(800, 300, -10):
        rail.resize(248, height)
        QApplication.processEvents()
        texts = [label.plain_text() for label in rail.findChildren(Label)]
        said.append(next(n for n, variant in enumerate(VARIANTS) if variant in texts))
        assert said[-1] == 2 or scroll.verticalScrollBar().maximum() == 0
    assert sorted(said) == said
    assert {0, 1, 2} == set(said)


def test_steps_that_come_later_take_their_room(theme: Theme, qtbot: QtBot) -> None:
    rail = Rail(theme)
    qtbot.addWidget(rail)
    rail.resize(248, 400)
    rail.show()
    rail.set_items([RailEntry(str(n), "단계", RailState.TODO, reachable=False) for n in range(9)])
    rail.set_centre(VARIANTS)
    qtbot.waitUntil(lambda: VARIANTS[2] in [label.plain_text() for label in rail.findChildren(Label)])
