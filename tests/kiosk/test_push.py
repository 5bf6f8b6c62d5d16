"""A finger that pushes a page moves it and presses nothing; one that trembles presses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desktop.kiosk.push import Push
from desktop.widgets.choice import ChoiceCards
from desktop.wizard.hands import laid_out
from tests.kiosk.floor import Floor, Guest, example

#: Further than a finger trembles, px.
FAR = 40


@pytest.fixture
def long(floor: Floor) -> Floor:
    """The first page, at twice the size on a small screen, goes on below."""
    return replace(floor, screen=(540, 960), config=example(mm_per_pixel=0.7384))


async def enlarged(guest: Guest) -> tuple[ChoiceCards, str]:
    """The offers, and one in sight that is not chosen."""
    await guest.visit.counter.opened.wait()
    await guest.enlarge(200)
    cards = guest.window.home.front.banks
    other = next(offer.id for offer in guest.floor.config.offers if offer.id != cards.value())
    guest.bring(cards.card(other))
    return cards, other


def test_a_page_is_pushed_down_and_up_by_a_finger_and_what_lies_under_it_is_not_chosen(long: Floor) -> None:
    async def work(guest: Guest) -> None:
        cards, other = await enlarged(guest)
        chosen, card, scroll = cards.value(), cards.card(other), guest.window.home.page_scroll
        assert scroll is not None
        bar, middle = scroll.verticalScrollBar(), card.rect().center()
        value = bar.value()
        assert FAR < value
        guest.push(card, middle, middle + QPoint(0, FAR))
        assert value - FAR == bar.value()
        guest.push(card, middle, middle - QPoint(0, FAR))
        assert value == bar.value()
        await laid_out()
        assert chosen == cards.value()
        assert not card.isDown()
        guest.touch(card)
        assert other == cards.value()

    long.run(work)


def test_a_finger_that_trembles_presses(long: Floor) -> None:
    async def work(guest: Guest) -> None:
        cards, other = await enlarged(guest)
        middle = cards.card(other).rect().center()
        guest.push(cards.card(other), middle, middle + QPoint(0, 8))
        assert other == cards.value()

    long.run(work)


def test_a_finger_that_comes_back_within_the_millisecond_pushes_again(qtbot: QtBot) -> None:
    area, page, push = QScrollArea(), QLabel(), Push(FAR // 2)
    qtbot.addWidget(area)
    page.resize(100, 2000)
    area.setWidget(page)
    area.resize(100, 200)
    area.show()
    bar = area.verticalScrollBar()

    def act(kind: QEvent.Type, y: int, widget: QWidget = page) -> bool:
        left = Qt.MouseButton.LeftButton
        event = QMouseEvent(kind, QPointF(5, y), QPointF(5, y), left, left, Qt.KeyboardModifier.NoModifier)
        event.setTimestamp(7)
        return push.takes(widget, event)

    for times in (1, 2):
        assert not act(QEvent.Type.MouseButtonPress, 150)
        assert not act(QEvent.Type.MouseButtonPress, 0, area)  # what lies below takes no press
        assert act(QEvent.Type.MouseMove, 150 - FAR)
        assert act(QEvent.Type.MouseButtonRelease, 150 - FAR)
        assert times * FAR == bar.value()
