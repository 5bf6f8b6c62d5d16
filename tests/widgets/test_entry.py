"""Plain entries: what is typed, pasted or composed ends as a plain value."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.widgets.entry import DigitEntry, TextEntry
from desktop.widgets.theme import Theme
from tests.widgets.conftest import compose


@pytest.fixture
def phone(theme: Theme, qtbot: QtBot) -> DigitEntry:
    entry = DigitEntry(theme)
    qtbot.addWidget(entry)
    return entry


def test_typed_digits_are_grouped_while_the_value_stays_plain(phone: DigitEntry, qtbot: QtBot) -> None:
    QTest.keyClicks(phone, "01000001234")

    assert "01000001234" == phone.value()
    assert "010-0000-1234" == phone.text()


def test_typing_stops_at_the_length(phone: DigitEntry, qtbot: QtBot) -> None:
    QTest.keyClicks(phone, "010000012345")

    assert "01000001234" == phone.value()


def test_a_pasted_number_with_hyphens_or_full_width_digits_is_taken(phone: DigitEntry, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("０１０-0000-1234")

    with qtbot.waitSignal(phone.edited):
        QTest.keyClick(phone, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    assert "01000001234" == phone.value()


def test_a_paste_that_does_not_fit_is_refused_instead_of_cut(phone: DigitEntry, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("010-0000-1234-5")

    with qtbot.waitSignal(phone.refused) as refused:
        QTest.keyClick(phone, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    assert ["wrong_length"] == refused.args
    assert "" == phone.value()


@pytest.mark.parametrize(("key", "code"), [("a", "not_digits"), ("ㅁ", "hangul_typed")])
def test_a_key_that_is_no_digit_is_refused_with_its_reason(
    phone: DigitEntry, qtbot: QtBot, key: str, code: str
) -> None:
    with qtbot.waitSignal(phone.refused) as refused:
        phone.enter(key, typed=True)

    assert [code] == refused.args


def test_a_hangul_syllable_in_the_making_is_noticed(phone: DigitEntry, qtbot: QtBot) -> None:
    with qtbot.waitSignal(phone.refused) as refused:
        compose(phone, preedit="ㅁ")

    assert ["hangul_typed"] == refused.args
    assert "" == phone.text()


def test_full_width_digits_from_an_input_method_are_taken(phone: DigitEntry) -> None:
    compose(phone, commit="０１０")

    assert "010" == phone.value()


def test_a_digit_in_the_middle_can_be_put_right(phone: DigitEntry, qtbot: QtBot) -> None:
    phone.set_value("0109001234")
    phone.setCursorPosition(4)

    QTest.keyClick(phone, Qt.Key.Key_Delete)
    QTest.keyClicks(phone, "00")

    assert "01000001234" == phone.value()
    assert 6 == phone.cursorPosition()


def test_backspace_passes_over_the_hyphen(phone: DigitEntry, qtbot: QtBot) -> None:
    phone.set_value("0100")

    for _ in range(2):
        QTest.keyClick(phone, Qt.Key.Key_Backspace)

    assert "01" == phone.value()


def test_typing_over_all_replaces_all(phone: DigitEntry, qtbot: QtBot) -> None:
    phone.set_value("01000001234")
    QTest.keyClick(phone, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)

    QTest.keyClicks(phone, "011")

    assert "011" == phone.value()


def test_home_and_end_move_within_the_number(phone: DigitEntry, qtbot: QtBot) -> None:
    phone.set_value("10000")
    QTest.keyClick(phone, Qt.Key.Key_Home)
    QTest.keyClicks(phone, "0")
    QTest.keyClick(phone, Qt.Key.Key_End)
    QTest.keyClicks(phone, "1")

    assert "0100001" == phone.value()


def test_text_set_by_assistive_technology_is_cleaned_like_any_other(phone: DigitEntry) -> None:
    phone.setText("010 0000 1234")

    assert "01000001234" == phone.value()
    assert "010-0000-1234" == phone.text()


def test_a_value_that_is_no_number_is_a_mistake_of_the_caller(phone: DigitEntry) -> None:
    with pytest.raises(ValueError, match="not digits"):
        phone.set_value("01a")


def test_a_name_is_given_without_the_space_around_it(theme: Theme, qtbot: QtBot) -> None:
    entry = TextEntry(theme)
    qtbot.addWidget(entry)

    compose(entry, commit=" 김용감 ")
    entry.commit()

    assert "김용감" == entry.value()


def test_caps_lock_is_told_from_the_case_of_a_letter(theme: Theme, qtbot: QtBot) -> None:
    entry = TextEntry(theme)
    qtbot.addWidget(entry)
    told: list[bool] = []
    entry.caps_lock.connect(told.append)

    QTest.keyClicks(entry, "A")
    QTest.keyClicks(entry, "B", Qt.KeyboardModifier.ShiftModifier)

    assert [True, False] == told
