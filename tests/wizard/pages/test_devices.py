"""The devices are listed with their last use; who leaves out the one they sit at is warned."""

from __future__ import annotations

from desktop.widgets.agreement import TickList
from desktop.widgets.choice import ChoiceCards
from tests.wizard.conftest import DrawTask
from tests.wizard.pages.seeing import words
from tests.wizard.task_views import TASK_VIEWS


def test_the_list_comes_with_the_choice(draw_task: DrawTask) -> None:
    desk = draw_task(TASK_VIEWS["devices"])
    assert desk.frame.page is not None
    cards = desk.frame.page.editors["limit"].input
    assert isinstance(cards, ChoiceCards)
    cards.card("chosen").click()
    assert ["choose limit chosen"] == desk.asked.moves
    desk.draw(TASK_VIEWS["devices-chosen"])
    ticks = desk.frame.page.editors["devices"].input
    assert isinstance(ticks, TickList)
    assert {"d1", "d2"} == ticks.ticked()
    assert "창구 PC (이 기기)" == ticks.boxes()["d1"].accessibleName()
    assert "마지막 사용" in ticks.boxes()["d2"].accessibleDescription()


def test_leaving_this_device_out_is_warned_of_and_no_device_at_all_cannot_be(draw_task: DrawTask) -> None:
    desk = draw_task(TASK_VIEWS["devices-chosen"])
    assert desk.frame.page is not None
    ticks = desk.frame.page.editors["devices"].input
    assert isinstance(ticks, TickList)
    warning = "이 기기를 빼면"
    assert warning not in words(desk.window)
    ticks.boxes()["d1"].click()
    assert warning in words(desk.window)
    ticks.boxes()["d2"].click()
    assert not desk.frame.footer.primary.isEnabled()


def test_the_names_of_the_devices_are_read_once_more_before_the_change(draw_task: DrawTask) -> None:
    assert "창구 PC, 휴대폰" in words(draw_task(TASK_VIEWS["confirm-devices"]).window)
