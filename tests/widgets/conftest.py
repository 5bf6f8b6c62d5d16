"""Widgets are tested on the offscreen platform, with a theme that does not animate."""

from __future__ import annotations

import os

import pytest
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.widgets.theme import Theme

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    theme = Theme(animations=False)
    theme.apply(qapp)
    return theme


def compose(widget: QWidget, *, preedit: str = "", commit: str = "") -> None:
    """What an input method sends while a syllable is made, and when it is done."""
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(widget, event)
