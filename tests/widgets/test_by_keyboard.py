"""Choices, agreements and the rail work by keyboard alone, and say what they are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.widgets.agreement import AgreementList
from desktop.widgets.button import Button
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.rail import Rail, RailEntry, RailState
from desktop.widgets.theme import Theme


@pytest.fixture
def cards(theme: Theme, qtbot: QtBot) -> ChoiceCards:
    cards = ChoiceCards(theme, [("sms", "문자", "문자로 받습니다", "message"), ("ars", "전화", "", "call")])
    qtbot.addWidget(cards)
    cards.show()
    cards.cards()[0].setFocus()
    return cards


@pytest.fixture
def terms(theme: Theme, qtbot: QtBot) -> AgreementList:
    items = [("a", "이용약관", "필수", True), ("b", "개인정보", "필수", True), ("c", "알림", "선택", False)]
    terms = AgreementList(theme, "모두 동의합니다", items, "읽기")
    qtbot.addWidget(terms)
    return terms


def test_arrow_keys_move_the_choice(cards: ChoiceCards, qtbot: QtBot) -> None:
    cards.set_value("sms")

    with qtbot.waitSignal(cards.chosen) as chosen:
        QTest.keyClick(cards.cards()[0], Qt.Key.Key_Down)

    assert (["ars"], "ars") == (chosen.args, cards.value())


def test_space_chooses_the_card_that_has_the_focus(cards: ChoiceCards, qtbot: QtBot) -> None:
    with qtbot.waitSignal(cards.chosen):
        QTest.keyClick(cards.cards()[0], Qt.Key.Key_Space)

    assert "sms" == cards.value()


def test_a_value_set_by_the_program_gives_no_signal(cards: ChoiceCards, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(cards.chosen):
        cards.set_value("ars")
        cards.set_value("")

    assert "" == cards.value()


def test_a_card_says_its_title_and_its_body(cards: ChoiceCards) -> None:
    first = cards.cards()[0]

    assert ("문자", "문자로 받습니다") == (first.accessibleName(), first.accessibleDescription())


def test_agreeing_to_all_ticks_each(terms: AgreementList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(terms.changed):
        QTest.keyClick(terms.boxes()[0], Qt.Key.Key_Space)

    assert {"a", "b", "c"} == terms.accepted()


def test_the_box_for_all_follows_the_others(terms: AgreementList) -> None:
    for box in terms.boxes()[1:]:
        QTest.keyClick(box, Qt.Key.Key_Space)
    assert terms.boxes()[0].isChecked()

    QTest.keyClick(terms.boxes()[3], Qt.Key.Key_Space)

    assert not terms.boxes()[0].isChecked()
    assert terms.complete()


def test_a_text_can_be_read_before_it_is_agreed_to(terms: AgreementList, qtbot: QtBot) -> None:
    buttons = [b for b in terms.findChildren(Button) if b.accessibleName() == "개인정보 읽기"]

    with qtbot.waitSignal(terms.read) as read:
        QTest.keyClick(buttons[0], Qt.Key.Key_Space)

    assert ["b"] == read.args


def test_the_rail_goes_back_to_reachable_steps_only(theme: Theme, qtbot: QtBot) -> None:
    rail = Rail(theme)
    qtbot.addWidget(rail)
    rail.set_items(
        [
            RailEntry("terms", "약관", RailState.DONE, True),
            RailEntry("identity", "본인 확인", RailState.CURRENT),
            RailEntry("phone", "휴대전화", RailState.TODO),
        ]
    )
    done, current, todo = rail.steps()

    with qtbot.waitSignal(rail.chosen) as chosen:
        QTest.keyClick(done, Qt.Key.Key_Space)

    assert ["terms"] == chosen.args
    assert [True, False, False] == [s.isEnabled() for s in (done, current, todo)]
    assert ["마침", "지금 단계", "남은 단계"] == [s.accessibleDescription() for s in (done, current, todo)]


def test_the_rail_keeps_its_widgets_when_only_states_change(theme: Theme, qtbot: QtBot) -> None:
    rail = Rail(theme)
    qtbot.addWidget(rail)
    rail.set_items([RailEntry("a", "약관", RailState.CURRENT), RailEntry("b", "확인", RailState.TODO)])
    before = rail.steps()

    rail.set_items([RailEntry("a", "약관", RailState.DONE, True), RailEntry("b", "확인", RailState.CURRENT)])
    QApplication.processEvents()

    assert before == rail.steps()


def test_cards_stay_together_where_there_is_room_to_spare(cards: ChoiceCards) -> None:
    cards.resize(400, 900)
    QApplication.processEvents()
    first, second = cards.cards()

    assert second.y() - first.geometry().bottom() < 20
