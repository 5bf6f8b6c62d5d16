"""What changes without the focus is said aloud."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.announce import announce

Heard = list[tuple[str, QAccessible.AnnouncementPoliteness]]
Politeness = QAccessible.AnnouncementPoliteness


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """A screen reader is there, and this is what it hears."""
    messages: Heard = []

    def hear(event: QAccessibleAnnouncementEvent) -> None:
        messages.append((event.message(), event.politeness()))

    was = QAccessible.isActive()
    QAccessible.setActive(True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    yield messages
    QAccessible.setActive(was)


@pytest.mark.parametrize(("urgent", "manner"), [(False, Politeness.Polite), (True, Politeness.Assertive)])
def test_an_announcement_reaches_the_reader(qtbot: QtBot, heard: Heard, urgent: bool, manner: Politeness) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)

    announce(widget, "인증번호를 보냈습니다", urgent=urgent)

    assert [("인증번호를 보냈습니다", manner)] == heard
