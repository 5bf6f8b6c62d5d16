"""After a change: the authority's own word, how the certificate stands, and what a person does next."""

from __future__ import annotations

from pathlib import Path

from desktop.services.api import Task
from desktop.widgets.certificate_card import CertificateCard
from desktop.widgets.qr import QrPicture, modules
from tests.wizard.conftest import DrawTask
from tests.wizard.pages.seeing import button, buttons, words
from tests.wizard.task_views import HANDED, TASK_VIEWS


def test_the_confirmation_of_the_authority_stands_there(draw_task: DrawTask) -> None:
    assert "인증기관이 서명으로 확인한 상태: 폐기됨" in words(draw_task(TASK_VIEWS["changed-revoke"]).window)


def test_one_that_can_be_used_is_a_card_and_one_that_cannot_is_none(draw_task: DrawTask) -> None:
    for name, cards in (("changed-pin", 1), ("changed-revoke", 0)):
        page = draw_task(TASK_VIEWS[name]).frame.page
        assert page is not None
        assert cards == len(page.findChildren(CertificateCard))


def test_after_a_loss_the_way_to_a_new_one_is_one_press(draw_task: DrawTask) -> None:
    desk = draw_task(TASK_VIEWS["changed-loss"])
    asked: list[object] = []
    desk.frame.next_task.connect(asked.append)
    assert "신고되어 막힘" in words(desk.window)
    button(desk.window, "다시 발급받기").click()
    assert [Task.REISSUE] == asked


def test_after_a_new_pin_nothing_more_is_pressed(draw_task: DrawTask) -> None:
    assert "다시 발급받기" not in buttons(draw_task(TASK_VIEWS["changed-pin"]).window)


def test_the_confirmation_can_be_kept_and_names_nobody_in_full(draw_task: DrawTask, tmp_path: Path) -> None:
    desk = draw_task(TASK_VIEWS["changed-revoke"])
    page = desk.frame.page
    assert page is not None
    kept: list[str] = []
    page.save_asked.connect(lambda paper: kept.append(paper.as_text()))
    button(desk.window, "확인서 저장").click()
    assert "지금 상태: 폐기됨" in kept[0]
    assert "연습으로 만든" in kept[0]
    assert "73920184650123" not in kept[0]


def test_the_phone_is_shown_a_code_of_the_whole_address(draw_task: DrawTask) -> None:
    page = draw_task(TASK_VIEWS["handoff"]).frame.page
    assert page is not None
    picture = page.findChild(QrPicture)
    assert picture is not None
    assert "KB스타뱅킹" in picture.accessibleName()
    assert modules(HANDED.url) != modules(HANDED.url + "x")
    assert "인증/보안" in words(page)
    assert "남은 시간" in words(page)


def test_what_lives_on_the_phone_is_shown_as_a_card_and_where_it_is(draw_task: DrawTask) -> None:
    page = draw_task(TASK_VIEWS["delivered"]).frame.page
    assert page is not None
    assert 1 == len(page.findChildren(CertificateCard))
    assert "KB스타뱅킹 앱에서" in words(page)
