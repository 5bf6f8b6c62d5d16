"""Each rule ticks while the password is typed, and the forbidden characters are named as soon as one comes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.widgets.secret_entry import SecretEntry
from desktop.wizard.pages.password import PasswordPage
from tests.wizard.conftest import DrawTask
from tests.wizard.pages.seeing import words
from tests.wizard.task_views import TASK_VIEWS


@pytest.fixture
def page(draw_task: DrawTask) -> PasswordPage:
    drawn = draw_task(TASK_VIEWS["password"]).frame.page
    assert isinstance(drawn, PasswordPage)
    return drawn


def kept(page: PasswordPage) -> dict[str, bool | None]:
    return {name.removeprefix("password_"): rule.kept for name, rule in page.rules.items()}


def test_before_anything_is_typed_no_rule_is_broken(page: PasswordPage) -> None:
    assert {None} == set(kept(page).values())


def test_what_is_not_there_yet_waits_and_what_is_wrong_is_said_at_once(page: PasswordPage) -> None:
    QTest.keyClicks(page.editors["password"].input, "abc'")
    judged = kept(page)
    assert (True, None, None) == (judged["letters"], judged["digits"], judged["length"])
    assert (False, False, True) == (judged["forbidden"], judged["sequence"], judged["repeated"])


def test_a_good_password_keeps_every_rule_once_it_is_typed_twice(page: PasswordPage) -> None:
    for name in ("password", "password_again"):
        QTest.keyClicks(page.editors[name].input, "Wq7!mZ-4kP")
    assert {True} == set(kept(page).values())


def test_a_slip_in_the_second_is_seen_when_it_is_whole(page: PasswordPage) -> None:
    QTest.keyClicks(page.editors["password"].input, "Wq7!mZ-4kP")
    QTest.keyClicks(page.editors["password_again"].input, "Wq7!mZ-4k")
    assert kept(page)["same"] is None
    QTest.keyClicks(page.editors["password_again"].input, "X")
    assert kept(page)["same"] is False


def test_the_advice_of_the_guides_that_is_unsafe_is_turned_round(page: PasswordPage) -> None:
    """C8."""
    assert "다른 곳에서 쓰지 않는 것으로 정하고" in words(page)


def test_strength_is_told_in_words_while_typing_and_gone_when_all_is_erased(page: PasswordPage) -> None:
    bar, entry = page.bar, page.editors["password"].input
    assert bar is not None
    assert isinstance(entry, SecretEntry)
    QTest.keyClicks(entry, "tkfkdgo12!9")
    assert bar.score in {0, 1}
    assert "한글을 영문 자판으로" in bar.said
    entry.selectAll()
    QTest.keyClick(entry, Qt.Key.Key_Backspace)
    assert "" == bar.said
    assert bar.score is None
