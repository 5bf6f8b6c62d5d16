"""Everything to have at hand, each with its remedy."""

from __future__ import annotations

import pytest

from desktop.wizard.blocks import Disclosure
from tests.wizard.conftest import Desk
from tests.wizard.pages.seeing import button, words
from tests.wizard.views import VIEWS


def test_everything_the_bank_wants_is_listed(desk: Desk) -> None:
    page = desk.draw(VIEWS["checklist"])
    assert all(item.text["ko"] in words(page) for item in desk.kit.bank.checklist)


@pytest.mark.parametrize("number", range(4))
def test_who_lacks_something_is_told_what_to_do(desk: Desk, number: int) -> None:
    page = desk.draw(VIEWS["checklist"])
    item = desk.kit.bank.checklist[number]
    assert item.remedy["ko"] not in words(page)
    button(page, f"{item.text['ko']}: 준비가 안 됐나요?").click()
    assert item.remedy["ko"] in words(page)
    button(page, f"{item.text['ko']}: 준비가 안 됐나요?").click()
    assert item.remedy["ko"] not in words(page)


def test_an_unfolded_remedy_is_read_out_with_its_button(desk: Desk) -> None:
    page = desk.draw(VIEWS["checklist"])
    line = page.findChildren(Disclosure)[0]
    line.unfold(True)
    assert desk.kit.bank.checklist[0].remedy["ko"] == button(page, line.asked).accessibleDescription()
