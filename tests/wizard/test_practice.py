"""The made-up person's answers, as the practice panel shows them."""

from __future__ import annotations

import pytest

from desktop.shipped import shipped
from desktop.wizard.flow.facts import Facts
from desktop.wizard.practice import PracticeSheet
from tests.wizard.views import VIEWS


@pytest.fixture
def sheet() -> PracticeSheet:
    return PracticeSheet.load(shipped("practice", "epost-financial-issue.toml"))


def test_the_codes_asked_for_are_read_off_the_card(sheet: PracticeSheet) -> None:
    hints = {field.id: answer for field, answer in sheet.hints(VIEWS["medium-card"])}
    assert hints == {"card_serial": sheet.answers["card_serial"], "card_first": sheet.codes[7][:2], "card_second": "06"}


def test_what_comes_by_phone_is_not_known_beforehand(sheet: PracticeSheet) -> None:
    assert [] == sheet.hints(VIEWS["phone-sms"])


def test_the_second_pin_is_the_first(sheet: PracticeSheet) -> None:
    assert sheet.answer("pin", Facts()) == sheet.answer("pin_again", Facts())


def test_a_card_that_was_not_asked_for_answers_nothing(sheet: PracticeSheet) -> None:
    assert sheet.answer("card_first", Facts()) is None


def test_a_token_shows_the_number_of_rfc_6238() -> None:
    sheet = PracticeSheet({}, token=b"12345678901234567890", now=lambda: 1_111_111_109.0)
    assert "081804" == sheet.answer("otp", Facts())


def test_without_a_token_no_number_is_shown() -> None:
    assert PracticeSheet({}).answer("otp", Facts()) is None
