"""Certificates and types are chosen by what a person knows of them, and a forgotten password has a way out."""

from __future__ import annotations

from desktop.widgets.choice import ChoiceCards
from tests.wizard.conftest import DrawTask
from tests.wizard.pages.seeing import button, words
from tests.wizard.task_views import TASK_VIEWS, USAGES


def test_a_card_says_bank_kind_masked_owner_and_how_the_certificate_stands(draw_task: DrawTask) -> None:
    desk = draw_task(TASK_VIEWS["certificate"])
    assert desk.frame.page is not None
    cards = desk.frame.page.editors["certificate"].input
    assert isinstance(cards, ChoiceCards)
    assert "우체국 금융인증서" == cards.card("a").accessibleName()
    said = cards.card("a").accessibleDescription()
    assert "김*체" in said
    assert "지금 갱신할 수 있습니다" in said
    assert "잠시 멈추어 두었습니다" in cards.card("b").accessibleDescription()
    assert not desk.frame.footer.primary.isEnabled()


def test_a_type_is_offered_with_its_fee(draw_task: DrawTask) -> None:
    page = draw_task(TASK_VIEWS["type"]).frame.page
    assert page is not None
    cards = page.editors["usage"].input
    assert isinstance(cards, ChoiceCards)
    assert USAGES[0] == cards.value()
    assert all("비용: " in cards.card(usage).accessibleDescription() for usage in USAGES)


def test_who_has_forgotten_the_password_takes_another_way(draw_task: DrawTask) -> None:
    desk = draw_task(TASK_VIEWS["password_check"])
    assert "비밀번호를 잊으셨나요?" in words(desk.window)
    button(desk.window, desk.kit.text("action.forgot_password")).click()
    assert ["forgot_password"] == desk.asked.moves


def test_the_account_page_asks_what_the_bank_asks_side_by_side(draw_task: DrawTask) -> None:
    page = draw_task(TASK_VIEWS["account"]).frame.page
    assert page is not None
    boxes = [page.editors[name].box for name in ("account", "account_password")]
    assert 1 == len({box.mapToGlobal(box.rect().topLeft()).y() for box in boxes})


def test_the_present_pin_is_called_so_and_the_new_ones_new(draw_task: DrawTask) -> None:
    page = words(draw_task(TASK_VIEWS["pin-change"]).window)
    assert "새 비밀번호 다시 입력" in page
    assert "비밀번호 규칙" in page
    assert "비밀번호 규칙" not in words(draw_task(TASK_VIEWS["pin-register"]).window)
