"""The rules tick while the PIN is typed."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest

from desktop.wizard.pages.pin import PinPage
from tests.wizard.conftest import Desk
from tests.wizard.views import PIN, PIN_AGAIN, VIEWS, faulty, view


def typed(desk: Desk, pin: str, again: str = "") -> dict[str, bool | None]:
    page = desk.draw(VIEWS["pin"])
    assert isinstance(page, PinPage)
    QTest.keyClicks(page.editors["pin"].input, pin)
    QTest.keyClicks(page.editors["pin_again"].input, again)
    return {name: rule.kept for name, rule in page.rules.items()}


def test_nothing_is_said_before_anything_is_typed(desk: Desk) -> None:
    assert {None} == set(typed(desk, "").values())


def test_a_good_pin_typed_twice_keeps_every_rule_the_page_can_judge(desk: Desk) -> None:
    kept = typed(desk, "470382", "470382")
    assert kept == {"length": True, "repeated": True, "sequence": True, "personal": None, "same": True}


@pytest.mark.parametrize(
    ("pin", "rule"), [("111111", "repeated"), ("121212", "repeated"), ("123456", "sequence"), ("987654", "sequence")]
)
def test_a_pin_easy_to_guess_breaks_its_rule(desk: Desk, pin: str, rule: str) -> None:
    kept = typed(desk, pin)
    assert [rule] == [name for name, state in kept.items() if state is False]


def test_an_unfinished_pin_is_not_judged(desk: Desk) -> None:
    assert {None} == set(typed(desk, "1234").values())


def test_two_different_pins_are_seen_at_once(desk: Desk) -> None:
    assert typed(desk, "470382", "470383")["same"] is False


def test_a_rule_that_the_flow_found_broken_is_marked(desk: Desk) -> None:
    page = desk.draw(VIEWS["pin-personal"])
    assert isinstance(page, PinPage)
    assert page.rules["personal"].kept is False
    page = desk.draw(view("pin", PIN, faulty(PIN_AGAIN, "pin_mismatch")))
    assert isinstance(page, PinPage)
    assert page.rules["same"].kept is False


def test_the_state_of_a_rule_is_said_in_words(desk: Desk) -> None:
    typed(desk, "111111")
    page = desk.frame.page
    assert isinstance(page, PinPage)
    assert "같은 숫자를 되풀이하지 않기 지키지 않았습니다" == page.rules["repeated"].said


def test_the_rest_of_the_words_are_not_lost_with_the_language(desk: Desk) -> None:
    typed(desk, "470382", "470382")
    desk.speak("en")
    page = desk.frame.page
    assert isinstance(page, PinPage)
    assert "Six digits kept" == page.rules["length"].said
