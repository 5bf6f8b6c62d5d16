"""Codes and seconds become sentences that lack nothing."""

from __future__ import annotations

import pytest

from desktop.banks import Bank
from desktop.services.api import Task
from desktop.text import Text
from desktop.wizard.flow.view import Problem
from desktop.wizard.naming import journey_name
from desktop.wizard.wording import position, sentences, step_place, time_left
from tests.wizard.views import VIEWS

KO = Text("ko")


def test_tries_left_are_said_after_the_remedy(bank: Bank) -> None:
    said = sentences(KO, Problem("wrong_card", tries_left=3), bank)
    assert said.remedy.endswith("앞으로 3번 더 시도할 수 있습니다.")


def test_once_there_is_no_try_left_the_centre_is_named(bank: Bank) -> None:
    said = sentences(KO, Problem("card_locked", tries_left=0), bank)
    assert bank.centre.phone in said.remedy


def test_seconds_to_wait_are_rounded_up(bank: Bank) -> None:
    said = sentences(KO, Problem("resend_too_soon", retry_after=12.2), bank)
    assert "13초" in said.remedy


def test_the_file_or_the_medium_at_fault_is_named_last(bank: Bank) -> None:
    said = sentences(KO, Problem("medium_full", where="내 USB"), bank)
    assert said.remedy.endswith("문제가 있는 곳: 내 USB")


def test_a_weak_pin_is_explained_by_the_rule_it_breaks(bank: Bank) -> None:
    by_rule = sentences(KO, Problem("weak_pin", detail="pin_ascending"), bank)
    assert sentences(KO, Problem("pin_ascending"), bank) == by_rule


def test_a_code_without_words_is_said_as_an_internal_error(bank: Bank) -> None:
    assert sentences(KO, Problem("internal"), bank) == sentences(KO, Problem("never_heard_of"), bank)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [((10, 50), "1분 안에 끝납니다"), ((70, 110), "약 2분 남음"), ((90, 160), "약 2–3분 남음")],
)
def test_time_left_is_said_in_minutes(seconds: tuple[int, int], said: str) -> None:
    assert said == time_left(KO, seconds)


def test_a_place_is_the_number_of_the_step_and_its_name() -> None:
    assert (4, 10) == position(VIEWS["identity"])
    assert "4/10 단계 · 본인 확인" == step_place(KO, VIEWS["identity"])


@pytest.mark.parametrize(
    ("language", "bank", "product", "name"),
    [
        ("ko", "우체국", "금융인증서", "우체국 금융인증서 발급"),
        ("en", "Korea Post", "Financial certificate", "Korea Post Financial certificate issue"),
    ],
)
def test_a_journey_is_named_by_bank_product_and_task(language: str, bank: str, product: str, name: str) -> None:
    assert name == journey_name(Text(language), bank, product, Task.ISSUE)
