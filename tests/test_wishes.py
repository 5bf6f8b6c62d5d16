"""The theme follows what the person has asked of the whole system, until they choose in the window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.widgets.theme import Mode, Theme
from desktop.wishes import CONTRAST, STILLNESS, Wishes
from tests.portal import Settings, portal, possible

ROOT = Path(__file__).parent.parent
APPEARANCE, GNOME = "org.freedesktop.appearance", "org.gnome.desktop.interface"
#: A process of its own: Qt has one session bus for as long as it lives. It says the mode, and whether things move.
ASKING = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from PySide6.QtCore import QDeadlineTimer
from PySide6.QtWidgets import QApplication
from desktop.widgets.theme import Mode, Theme
from desktop.wishes import Wishes

application = QApplication(["wishes", "-style", "fusion"])
theme = Theme()
wishes = Wishes(application, theme, dressing=True)
patience = QDeadlineTimer(5000)
while wishes.awaited and not patience.hasExpired():
    application.processEvents()
print(theme.mode, theme.animations)
"""


def asked(settings: Settings) -> str:
    with portal(settings) as address:
        environ = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address, "QT_QPA_PLATFORM": "offscreen"}
        command = [sys.executable, "-c", ASKING]
        done = subprocess.run(command, env=environ, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout.strip()


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme()


needs_a_bus = pytest.mark.skipif(not possible(), reason="dbus-daemon is not there")


def test_a_setting_is_read_as_the_wish_it_is() -> None:
    assert CONTRAST[APPEARANCE, "contrast"](1)
    assert not CONTRAST[APPEARANCE, "contrast"](0)
    assert STILLNESS[GNOME, "enable-animations"](False)
    assert not STILLNESS[GNOME, "enable-animations"](True)


def test_more_contrast_wins_over_brightness_and_goes_with_the_wish(qapp: QApplication, theme: Theme) -> None:
    wishes = Wishes(qapp, theme, dressing=True)
    wishes.hear((APPEARANCE, "contrast"), 1)
    assert Mode.CONTRAST is theme.mode
    wishes.hear((APPEARANCE, "contrast"), 0)
    assert Mode.CONTRAST is not theme.mode


def test_what_the_person_chose_in_the_window_stays(qapp: QApplication, theme: Theme) -> None:
    wishes = Wishes(qapp, theme, dressing=True)
    theme.set_mode(Mode.DARK)
    wishes.let_be()
    wishes.hear((APPEARANCE, "contrast"), 1)
    assert Mode.DARK is theme.mode


def test_a_mode_that_was_asked_for_at_the_start_stays_too(qapp: QApplication, theme: Theme) -> None:
    wishes = Wishes(qapp, theme, dressing=False)
    wishes.hear((APPEARANCE, "contrast"), 1)
    assert Mode.LIGHT is theme.mode


def test_nothing_moves_for_who_wants_it_still(qapp: QApplication, theme: Theme) -> None:
    wishes = Wishes(qapp, theme, dressing=True)
    wishes.hear((GNOME, "enable-animations"), False)
    assert not theme.animations
    wishes.hear((GNOME, "enable-animations"), True)
    assert theme.animations


def test_it_is_read_again_when_the_person_comes_back(qapp: QApplication, theme: Theme) -> None:
    wishes = Wishes(qapp, theme, dressing=True)
    moved = []
    for state in (Qt.ApplicationState.ApplicationInactive, Qt.ApplicationState.ApplicationActive):
        theme.animations = False
        qapp.applicationStateChanged.emit(state)
        moved.append(theme.animations)
    assert [False, True] == moved
    wishes.deleteLater()


@needs_a_bus
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "light True"),
        ({(APPEARANCE, "contrast"): ("u", 1)}, "contrast True"),
        ({("org.gnome.desktop.a11y.interface", "high-contrast"): ("b", True)}, "contrast True"),
        ({(APPEARANCE, "reduced-motion"): ("u", 1)}, "light False"),
        ({(GNOME, "enable-animations"): ("b", False), (APPEARANCE, "contrast"): ("u", 0)}, "light False"),
    ],
    ids=["nothing", "contrast", "gnome-contrast", "still", "gnome-still"],
)
def test_the_desktop_of_linux_is_asked_over_its_bus(settings: Settings, said: str) -> None:
    assert said == asked(settings)
