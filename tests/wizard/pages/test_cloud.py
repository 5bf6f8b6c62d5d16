"""The cloud asks little, and its message is not to be taken for phishing."""

from __future__ import annotations

from tests.wizard.conftest import Desk
from tests.wizard.pages.seeing import words
from tests.wizard.views import CLOUD_SENT, VIEWS


def test_what_is_known_is_not_asked_again(desk: Desk) -> None:
    page = desk.draw(VIEWS["cloud"])
    assert "18850314" == page.editors["birth_date"].value()
    assert page.editors["name"].input is desk.window.focusWidget()


def test_both_ways_to_answer_and_the_sender_are_said(desk: Desk) -> None:
    seen = words(desk.draw(VIEWS["cloud-code"]))
    assert "답장하거나, 아래에 입력해 주세요." in seen
    assert CLOUD_SENT.sender in seen
    assert "안전합니다" in seen


def test_only_the_code_is_left_to_be_entered(desk: Desk) -> None:
    page = desk.draw(VIEWS["cloud-code"])
    assert ["cloud_code"] == [name for name, editor in page.editors.items() if editor.input.isVisible()]
