"""The certificate, the proof that it works, and the receipt."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop.widgets.certificate_card import CertificateCard
from tests.wizard.conftest import Desk, DrawTask
from tests.wizard.pages.seeing import button, buttons, words
from tests.wizard.task_views import TASK_VIEWS
from tests.wizard.views import ISSUED, VIEWS


def test_the_card_says_what_was_issued_and_that_it_was_proven(desk: Desk) -> None:
    page = desk.draw(VIEWS["done"])
    card = page.findChild(CertificateCard)
    assert card is not None
    said = card.accessibleName()
    assert all(part in said for part in ("우체국 금융인증서", "김*체", "2029.11.22", "서명까지 확인했습니다"))
    assert ISSUED.serial not in said


def test_before_the_proof_nothing_is_called_proven(desk: Desk) -> None:
    page = desk.draw(VIEWS["done-waiting"])
    card = page.findChild(CertificateCard)
    assert card is not None
    assert "서명까지 확인했습니다" not in card.accessibleName()


def test_after_a_restart_the_proof_asks_for_the_pin_or_is_left_out(desk: Desk) -> None:
    page = desk.draw(VIEWS["done-pin"])
    assert page.editors["pin"].input is desk.window.focusWidget()
    button(page, "시험하지 않고 마치기").click()
    assert ["finish"] == desk.asked.moves


def test_what_to_do_next_is_said(desk: Desk) -> None:
    seen = words(desk.draw(VIEWS["done"]))
    assert "타행 인증서 등록" in seen
    assert "폐기하고 새로 발급" in seen


def test_the_receipt_is_handed_out_with_what_it_means(desk: Desk, qtbot: QtBot) -> None:
    page = desk.draw(VIEWS["done"])
    with qtbot.waitSignal(desk.frame.save_asked, check_params_cb=lambda paper: True) as asked:
        page.save_asked.disconnect()
        page.save_asked.connect(desk.frame.save_asked)
        button(page, "영수증 저장").click()
    (paper,) = asked.args
    assert "연습으로 만든 인증서입니다" in paper.as_text()
    assert "은행 직원도 묻지 않습니다" in paper.as_text()
    assert "은행 직원도 묻지 않습니다" not in paper.as_text(whole=False)


@pytest.mark.parametrize(
    ("outcome", "said", "again"),
    [
        ("released", "이제 뽑아도 됩니다.", False),
        ("written", "작업 표시줄에서 안전하게 제거한 뒤", False),
        ("gone", "이미 뽑혀 있습니다.", False),
        ("failed", "뽑지 말고 다른 곳에도 복사해 두세요.", True),
    ],
)
def test_how_far_a_drive_is_let_go_of_is_said(draw_task: DrawTask, outcome: str, said: str, again: bool) -> None:
    page = draw_task(TASK_VIEWS["done-stick"]).frame.page
    assert page is not None
    assert "USB 드라이브 ‘가온 스틱’에 저장했습니다." in words(page)
    button(page, "안전하게 빼기").click()
    assert "아직 뽑지 마세요" in words(page)
    page.tell_removal(outcome)
    assert said in words(page)
    assert again == ("안전하게 빼기" in buttons(page))


def test_the_primary_action_confirms(desk: Desk) -> None:
    desk.draw(VIEWS["done"])
    assert "확인" == desk.frame.footer.primary.plain_text()
    assert "뒤로" not in buttons(desk.frame.footer)
