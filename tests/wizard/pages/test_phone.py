"""The check by phone, in all its three ways."""

from __future__ import annotations

from dataclasses import replace

from desktop.wizard.flow.view import ActionView
from tests.wizard.conftest import Desk
from tests.wizard.pages.seeing import button, buttons, words
from tests.wizard.views import KEYED, NOW, SMS, TYPED, VIEWS


def test_the_way_is_chosen_first(desk: Desk) -> None:
    page = desk.draw(VIEWS["phone"])
    page.submit()
    assert {"channel": "sms"} == desk.asked.given[0].plain


def test_the_sender_is_shown_before_the_message_is_trusted(desk: Desk) -> None:
    seen = words(desk.draw(VIEWS["phone-sms"]))
    assert SMS.sender in seen
    assert SMS.phone in seen
    assert "남은 시간 2:52" in seen


def test_sending_again_waits_for_its_time(desk: Desk) -> None:
    page = desk.draw(VIEWS["phone-sms"])
    again = button(page, "다시 받기")
    assert "다시 받기 (30초 뒤)" == again.plain_text()
    assert not again.isEnabled()
    desk.clock.advance(31)
    desk.draw(VIEWS["phone-sms"])
    assert "다시 받기" == again.plain_text()
    again.click()
    assert ["resend"] == desk.asked.moves


def test_the_other_way_is_one_press_away(desk: Desk) -> None:
    page = desk.draw(VIEWS["phone-sms"])
    button(page, "전화(ARS)로 받기").click()
    assert ["use_ars"] == desk.asked.moves


def test_digits_to_key_on_the_phone_are_shown_large(desk: Desk) -> None:
    seen = words(desk.draw(VIEWS["phone-keyed"]))
    assert KEYED.shown is not None
    assert " ".join(KEYED.shown) in seen
    assert "저절로" in seen


def test_a_call_that_tells_the_code_asks_for_it_here(desk: Desk) -> None:
    page = desk.draw(VIEWS["phone-typed"])
    assert f"들리는 {TYPED.digits}자리" in words(page)
    assert page.editors["code"].input.isVisible()


def test_changing_the_way_changes_the_page(desk: Desk) -> None:
    page = desk.draw(VIEWS["phone-sms"])
    desk.draw(VIEWS["phone-typed"])
    assert "문자로 받기" in buttons(page)
    assert "전화(ARS)로 받기" not in buttons(page)


def test_what_is_proven_says_so_and_only_leads_on(desk: Desk) -> None:
    page = desk.draw(VIEWS["phone-settled"])
    assert "이미 확인되었습니다" in words(page)
    assert "계속하기" == desk.frame.footer.primary.plain_text()
    assert not page.editors["code"].input.isEnabled()


def test_behind_another_page_nothing_counts_on(desk: Desk) -> None:
    page = desk.draw(VIEWS["phone-sms"])
    desk.draw(VIEWS["medium-card"])
    assert "남은 시간" not in words(page)
    desk.draw(replace(VIEWS["phone-sms"], actions=(ActionView("resend", NOW),)))
    assert "남은 시간" in words(page)
