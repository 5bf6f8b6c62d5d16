"""A page scrolls when it must, and no longer."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.label import Label
from desktop.widgets.scroll import PageScroll
from desktop.widgets.theme import Theme


def settle() -> None:
    """Layouts ask and answer in turn."""
    for _ in range(4):
        QApplication.processEvents()


def test_a_bar_does_not_stay_for_its_own_sake(theme: Theme, qtbot: QtBot) -> None:
    """Beside a bar the words break once more, and what is so much higher would need the bar."""
    label = Label(theme, "앞으로 인증서를 쓸 때마다 이 번호 여섯 자리를 입력합니다")
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(label)
    scroll = PageScroll(theme, content)
    qtbot.addWidget(scroll)
    bar = scroll.verticalScrollBar()
    widths = range(120, 400)
    width = next(w for w in widths if label.heightForWidth(w) < label.heightForWidth(w - bar.sizeHint().width()))
    height = label.heightForWidth(width)
    scroll.resize(width, height)
    scroll.show()
    settle()
    assert 0 == bar.maximum()
    fits = label.plain_text()
    label.set_text(" ".join([fits] * 9))
    settle()
    assert 0 < bar.maximum()
    label.set_text(fits)
    settle()
    assert (0, width) == (bar.maximum(), content.width())
    scroll.resize(width, height - 1)
    settle()
    assert 0 < bar.maximum()
    scroll.resize(width, height)
    settle()
    assert (0, width, False) == (bar.maximum(), content.width(), bar.isVisible())
    label.set_text(" ".join([fits] * 9))
    settle()
    assert bar.isVisible()
