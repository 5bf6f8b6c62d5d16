"""Everything once more, masked, before the one step that cannot be undone."""

from __future__ import annotations

from tests.wizard.conftest import Desk
from tests.wizard.pages.seeing import button, buttons, words
from tests.wizard.views import ROWS, VIEWS


def test_every_answer_is_shown_as_it_is_masked(desk: Desk) -> None:
    seen = words(desk.draw(VIEWS["review"]))
    assert all(row.text in seen for row in ROWS if row.field != "channel")
    assert "문자로 받기" in seen


def test_what_can_still_be_changed_leads_to_its_page(desk: Desk) -> None:
    page = desk.draw(VIEWS["review"])
    assert 1 == buttons(page).count("바꾸기")
    button(page, "인증서 비밀번호: 바꾸기").click()
    assert ["go_to pin"] == desk.asked.moves


def test_the_consequence_is_said_in_one_sentence(desk: Desk) -> None:
    consequence = desk.kit.journey.consequence
    assert consequence is not None
    assert consequence["ko"] in words(desk.draw(VIEWS["review"]))


def test_while_the_certificate_is_made_the_wait_is_shown_and_can_be_stopped(desk: Desk) -> None:
    desk.draw(VIEWS["review-busy"])
    assert "인증서를 만들고 있습니다." in words(desk.frame.busy)
    button(desk.frame.busy, "취소").click()
    assert ["cancel_call"] == desk.asked.moves


def test_an_outcome_that_is_not_known_is_asked_again_and_not_called_a_failure(desk: Desk) -> None:
    page = desk.draw(VIEWS["review-unknown"])
    assert "두 번 만들어지지는 않습니다" in words(page)
    assert desk.frame.footer.primary.isEnabled()
