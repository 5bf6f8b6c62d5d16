"""Agreeing at once or one by one, and reading each term in whole."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.widgets.agreement import AgreementList
from tests.wizard.conftest import Desk
from tests.wizard.pages.seeing import button, words
from tests.wizard.views import VIEWS


def test_one_key_agrees_to_everything(desk: Desk) -> None:
    page = desk.draw(VIEWS["terms"])
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Space)
    page.submit()
    assert {"terms": "service privacy"} == desk.asked.given[0].plain


def test_a_term_is_read_in_the_window_and_agreed_to_there(desk: Desk) -> None:
    page = desk.draw(VIEWS["terms"])
    button(page, "개인정보 수집·이용 동의 읽기").click()
    assert "privacy ko 제1조" in words(page)
    assert "모두 동의합니다" not in words(page)
    button(page, "이 내용에 동의합니다").click()
    assert "privacy ko" not in words(page)
    assert "privacy" == page.editors["terms"].value()


def test_escape_closes_what_is_read_and_not_the_journey(desk: Desk) -> None:
    page = desk.draw(VIEWS["terms"])
    button(page, "금융인증서비스 이용약관 읽기").click()
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Escape)
    assert "service ko" not in words(page)
    assert [] == desk.asked.moves
    assert desk.window.focusWidget() in page.findChild(AgreementList).boxes()  # type: ignore[union-attr]  # it is there


def test_what_is_read_changes_its_language_too(desk: Desk) -> None:
    page = desk.draw(VIEWS["terms"])
    button(page, "금융인증서비스 이용약관 읽기").click()
    desk.speak("en")
    assert "service en" in words(page)


def test_what_was_agreed_to_is_still_ticked_on_the_way_back(desk: Desk) -> None:
    page = desk.draw(VIEWS["terms"])
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Space)
    desk.draw(VIEWS["guidance"])
    desk.draw(VIEWS["terms"])
    assert "service privacy" == page.editors["terms"].value()
