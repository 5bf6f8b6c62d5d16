"""Millimetres on the screen: of texts, keys and everything that is touched."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from desktop.kiosk.keypad import Key
from desktop.kiosk.size import KEY, Millimetres
from desktop.widgets.theme import Type
from tests.kiosk.conftest import Stand
from tests.wizard.views import VIEWS


@pytest.mark.parametrize(
    ("width", "height", "per_pixel", "wanted"),
    [(1080, 1920, 0.3692, 12.0), (1080, 1920, 0.248, 12.0), (1280, 800, 0.17, 7.25)],
)
def test_a_syllable_is_as_high_as_it_has_to_be(width: int, height: int, per_pixel: float, wanted: float) -> None:
    size = Millimetres(width, height, per_pixel)
    assert wanted <= round(size.scale * 15) * 0.92 * per_pixel < wanted + per_pixel


def test_the_smallest_text_of_a_page_measures_twelve_millimetres(identity: Stand) -> None:
    theme = identity.visit.theme
    drawn = QFontMetricsF(theme.font(Type.SMALL)).tightBoundingRect("한")
    assert 11.5 <= drawn.height() * 0.3692 <= 13.5  # of the ink, which leaves some of a syllable's height free
    assert theme.font(Type.SMALL).pixelSize() == theme.font(Type.BODY).pixelSize()


@pytest.mark.parametrize("name", ["identity", "cloud", "pin", "terms", "review", "done"])
def test_everything_that_is_touched_is_at_least_twenty_millimetres(stand: Stand, name: str) -> None:
    stand.draw(VIEWS[name])
    least = stand.floor.size.px(KEY)
    small = [
        (type(part).__name__, part.accessibleName(), part.width(), part.height())
        for kind in (QAbstractButton, QLineEdit)
        for part in stand.window.findChildren(kind)
        if part.isVisible() and part.isEnabled() and min(part.width(), part.height()) < least
    ]
    assert [] == small


def test_the_keys_stand_apart_and_within_the_screen(stand: Stand) -> None:
    stand.draw(VIEWS["cloud"])
    keys = [key for key in stand.window.findChildren(Key) if key.isVisible()]
    assert 30 < len(keys)
    spots = [QRect(key.mapTo(stand.window, QPoint()), key.size()) for key in keys]
    assert all(stand.window.rect().contains(spot) for spot in spots)
    assert not any(a.intersects(b) for n, a in enumerate(spots) for b in spots[n + 1 :])
