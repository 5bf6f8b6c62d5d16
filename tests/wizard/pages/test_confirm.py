"""A change is read once more with the certificate it is about and with what follows from it."""

from __future__ import annotations

from datetime import datetime

import pytest

from desktop.wizard.receipt import KST, day
from tests.wizard.conftest import DrawTask
from tests.wizard.pages.seeing import button, words
from tests.wizard.task_views import DAY, NOW, TASK_VIEWS


def test_the_certificate_is_named_and_can_still_be_changed(draw_task: DrawTask) -> None:
    desk = draw_task(TASK_VIEWS["confirm-revoke"])
    page = words(desk.window)
    assert "우체국 금융인증서" in page
    assert day(NOW + 24 * DAY) in page
    button(desk.window, "인증서: 바꾸기").click()
    assert ["go_to certificate"] == desk.asked.moves


@pytest.mark.parametrize(
    ("name", "said"), [("confirm-revoke", "되돌릴 수 없습니다"), ("confirm-devices", "이 기기에서만")]
)
def test_what_follows_is_said(draw_task: DrawTask, name: str, said: str) -> None:
    assert said in words(draw_task(TASK_VIEWS[name]).window)


def test_a_reissue_says_that_the_old_one_dies_and_that_its_last_day_stays(draw_task: DrawTask) -> None:
    page = words(draw_task(TASK_VIEWS["review-reissue"]).window)
    assert "다시 발급하면 되돌릴 수 없습니다" in page
    assert f"새 인증서의 만료일: {day(NOW + 24 * DAY)}" in page


def test_a_renewal_says_the_new_last_day(draw_task: DrawTask) -> None:
    new = datetime.fromtimestamp(NOW + 24 * DAY, KST).year + 3
    assert f"새 만료일: {new}." in words(draw_task(TASK_VIEWS["review-renew"]).window)


def test_what_an_issue_does_to_the_other_banks_certificate_is_said_again(draw_task: DrawTask) -> None:
    assert "다른 은행에서 받은 인증서는 폐기됩니다" in words(draw_task(TASK_VIEWS["review-replaces"]).window)
