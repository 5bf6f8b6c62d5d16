"""C1: the other bank's certificate is shown, both consequences are said, and nobody chooses for the person."""

from __future__ import annotations

from desktop.widgets.choice import ChoiceCards
from tests.wizard.conftest import DrawTask
from tests.wizard.pages.seeing import words
from tests.wizard.task_views import TASK_VIEWS


def test_nothing_is_chosen_beforehand_and_going_on_needs_a_choice(draw_task: DrawTask) -> None:
    desk = draw_task(TASK_VIEWS["existing"])
    assert desk.frame.page is not None
    cards = desk.frame.page.editors["existing"].input
    assert isinstance(cards, ChoiceCards)
    assert "" == cards.value()
    assert not desk.frame.footer.primary.isEnabled()
    cards.card("register").click()
    assert desk.frame.footer.primary.isEnabled()


def test_the_consequence_of_each_choice_stands_on_its_card(draw_task: DrawTask) -> None:
    desk = draw_task(TASK_VIEWS["existing"])
    assert desk.frame.page is not None
    cards = desk.frame.page.editors["existing"].input
    assert isinstance(cards, ChoiceCards)
    assert "다른 은행에서도 그대로" in cards.card("register").accessibleDescription()
    assert "다른 은행 인증서는 폐기합니다" in cards.card("new").accessibleDescription()


def test_the_other_banks_certificate_is_named(draw_task: DrawTask) -> None:
    desk = draw_task(TASK_VIEWS["existing"])
    assert "우리은행 금융인증서" in words(desk.window)
