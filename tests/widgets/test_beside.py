"""What stands in a row as long as it fits, and in a column when it does not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.beside import EASE, Beside
from desktop.widgets.button import Button
from desktop.widgets.error_summary import ErrorSummary
from desktop.widgets.label import Label
from desktop.widgets.scroll import PageScroll
from desktop.widgets.theme import Theme

LONG = "보안카드의 일련번호를 뒤에서부터 여섯 자리 입력해 주세요."


class Holder(QWidget):
    """A window with one thing in it, as wide as itself."""

    def hold(self, part: QWidget, width: int) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(part)
        self.show()
        self.widen(width)

    def widen(self, width: int) -> None:
        self.resize(width, 600)
        settle()


@pytest.fixture
def holder(qtbot: QtBot) -> Holder:
    holder = Holder()
    qtbot.addWidget(holder)
    return holder


def form(both: Beside) -> str:
    return "row" if both.is_row else "column"


def settle() -> None:
    for _ in range(5):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


def test_a_row_becomes_a_column_when_it_no_longer_fits_and_a_row_again(theme: Theme, holder: Holder) -> None:
    both, words, button = Beside(theme, gap=8), Label(theme, LONG), Button(theme, "읽기")
    both.add(words)
    both.add(button, stretch=0)
    holder.hold(both, 600)
    assert "row" == form(both)
    assert words.y() == button.y()
    holder.widen(EASE + 40)
    assert "column" == form(both)
    assert button.y() >= words.y() + words.height()
    holder.widen(600)
    assert "row" == form(both)


def test_it_never_asks_for_more_width_than_its_widest_part(theme: Theme, holder: Holder) -> None:
    both = Beside(theme)
    parts = [Button(theme, "영수증 저장하기") for _ in range(3)]
    for part in parts:
        both.add(part, stretch=0)
    holder.hold(both, 900)
    assert "row" == form(both)
    assert max(part.minimumSizeHint().width() for part in parts) == both.minimumSizeHint().width()


def test_it_turns_when_everything_is_enlarged(theme: Theme, holder: Holder) -> None:
    both, told = Beside(theme), list[bool]()
    both.turned.connect(told.append)
    for words in ("하나를 고르세요", "그리고 누르세요"):
        both.add(Label(theme, words), whole=True)
    holder.hold(both, 300)
    assert "row" == form(both)
    theme.set_scale(2.0)
    settle()
    assert "column" == form(both)
    assert [False] == told


def test_other_words_are_measured_anew(theme: Theme, holder: Holder) -> None:
    both, first = Beside(theme), Label(theme, "짧게")
    both.add(first, whole=True)
    both.add(Label(theme, "옆"), whole=True)
    holder.hold(both, 200)
    assert "row" == form(both)
    first.set_text(LONG)
    settle()
    assert "column" == form(both)


def test_what_is_hidden_on_purpose_needs_no_room(theme: Theme, holder: Holder) -> None:
    both, hidden = Beside(theme), Label(theme, LONG)
    both.add(Label(theme, "보임"), whole=True)
    both.add(hidden, whole=True)
    hidden.hide()
    holder.hold(both, 200)
    assert "row" == form(both)


def test_one_within_another_finds_back_to_its_row(theme: Theme, holder: Holder) -> None:
    outer, inner = Beside(theme), Beside(theme)
    for words in ("8번의 앞 두 자리", "35번의 뒤 두 자리"):
        inner.add(Label(theme, words), stretch=0)
    outer.add(Label(theme, LONG))
    outer.add(inner, stretch=0)
    holder.hold(outer, 560)
    assert ("row", "row") == (form(outer), form(inner))
    for width in (100, 280, 560):
        holder.widen(width)
    assert ("row", "row") == (form(outer), form(inner))


def test_a_page_whose_bar_comes_with_one_form_and_goes_with_the_other_comes_to_rest(theme: Theme, qtbot: QtBot) -> None:
    holder = QWidget()
    column = QVBoxLayout(holder)
    both = Beside(theme)
    both.add(Label(theme, LONG))
    both.add(Label(theme, LONG))
    column.addWidget(both)
    scroll = PageScroll(theme, holder)
    qtbot.addWidget(scroll)
    scroll.show()
    for width in range(2 * EASE, 2 * EASE + 80, 2):
        for height in range(30, 200, 10):
            scroll.resize(width, height)
    settle()
    assert both.width() <= scroll.viewport().width()


def test_what_is_taken_out_leaves_nothing_behind(theme: Theme, holder: Holder) -> None:
    both, gone = Beside(theme), Button(theme, "다시 받기")
    both.add(Button(theme, "읽기"), stretch=0)
    holder.hold(both, 600)
    before = len(both.findChildren(QLayout))
    for _ in range(3):
        both.add(gone, stretch=0)
        settle()
        both.drop(gone)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        settle()
        assert before == len(both.findChildren(QLayout))
    assert gone.parentWidget() is both  # it is the caller's, and still there


def test_a_summary_of_errors_settles_at_every_width(theme: Theme, qtbot: QtBot) -> None:
    """Its margins go with its form: without room to spare for them, the one would turn the other for ever."""
    summary = ErrorSummary(theme)
    scroll = PageScroll(theme, summary)
    qtbot.addWidget(scroll)
    scroll.show()
    summary.show("확인이 필요합니다", [("rrn", LONG), ("account", LONG)])
    (row,) = summary.findChildren(Beside)
    turns: list[bool] = []
    row.turned.connect(turns.append)
    for width in [*range(420, 180, -1), *range(180, 420)]:
        turns.clear()
        scroll.resize(width, 200)
        settle()
        assert len(turns) <= 1, width
    assert "row" == form(row)


@pytest.mark.parametrize("centred", [False, True])
def test_in_the_column_a_part_may_stand_in_the_middle(theme: Theme, holder: Holder, centred: bool) -> None:
    both, words, picture = Beside(theme, needs=400), Label(theme, LONG), QWidget()
    picture.setFixedSize(100, 100)
    both.add(words)
    both.add(picture, stretch=0, centred=centred)
    holder.hold(both, 300)
    assert ("column", 100 if centred else 0) == (form(both), picture.mapTo(both, picture.rect().topLeft()).x())
    holder.widen(900)
    assert ("row", 900) == (form(both), picture.mapTo(both, picture.rect().topRight()).x() + 1)
