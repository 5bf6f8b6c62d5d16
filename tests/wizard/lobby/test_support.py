"""The page shows what would be copied, and copies exactly that."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.services.vocabulary import Reason, ServiceError
from desktop.widgets.label import Label
from desktop.wizard.home import Home
from desktop.wizard.lobby.support import SupportPage

FOUND = "changgu 0.1.0\n\n[ok] python version=3.11.7\n"


def opened(home: Home, qtbot: QtBot) -> SupportPage:
    home.open("support")
    leaf = home.leaf
    assert isinstance(leaf, SupportPage)
    qtbot.waitUntil(lambda: bool(leaf.found))
    return leaf


def test_what_is_shown_is_what_is_copied(home: Home, qtbot: QtBot) -> None:
    home.room.support = lambda: FOUND
    leaf = opened(home, qtbot)
    assert FOUND.rstrip() in [label.plain_text() for label in leaf.findChildren(Label)]
    assert leaf.copy is not None
    leaf.copy.click()
    assert FOUND == QGuiApplication.clipboard().text()
    home.stop()


def test_a_machine_that_cannot_be_looked_at_leaves_no_page_that_waits(home: Home, qtbot: QtBot) -> None:
    def refuse() -> str:
        raise ServiceError(Reason.STORE_READ_ONLY)

    home.room.support = refuse
    assert str(Reason.STORE_READ_ONLY) in opened(home, qtbot).found
    home.stop()


def test_help_leads_there_and_back(home: Home, qtbot: QtBot) -> None:
    home.room.support = lambda: FOUND
    home.open("help")
    home.leaf.opened.emit("support", "")
    assert "support" == home.place
    home.step_out()
    assert "help" == home.place
    home.stop()
