"""Each field has its input, its words, and hands over what it holds, secrets by moving them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.secret import Secret
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.code_cells import CodeCells
from desktop.widgets.entry import DigitEntry, TextEntry
from desktop.widgets.secret_entry import SecretEntry
from desktop.wizard.flow.view import FieldView, Problem
from desktop.wizard.kit import Kit
from desktop.wizard.pages.fields import Editor
from tests.wizard.conftest import Desk
from tests.wizard.pages.seeing import words
from tests.wizard.views import ACCOUNT, BIRTH, CHANNEL, CODE, NAME, PASSWORD, PHONE, PIN, RRN, VIEWS


def editor(kit: Kit, field: FieldView) -> Editor:
    return Editor(kit, field, "이름표", "힌트", lambda value: (value, value, "", ""))


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (RRN, SecretEntry),
        (ACCOUNT, SecretEntry),
        (CODE, CodeCells),
        (PIN, CodeCells),
        (CHANNEL, ChoiceCards),
        (NAME, TextEntry),
        (PHONE, DigitEntry),
        (BIRTH, DigitEntry),
    ],
)
def test_the_input_follows_from_the_field(kit: Kit, field: FieldView, kind: type[QWidget]) -> None:
    assert kind is type(editor(kit, field).input)


def test_a_secret_moves_out_of_its_input(kit: Kit) -> None:
    made = editor(kit, PASSWORD)
    QTest.keyClicks(made.input, "5071")
    secrets: dict[str, Secret] = {}
    made.hand_over({}, secrets)
    assert Secret.of("5071") == secrets["account_password"]
    assert made.empty


def test_a_secret_that_the_session_holds_is_not_asked_again(kit: Kit) -> None:
    made = editor(kit, replace(PASSWORD, mask="••••"))
    secrets: dict[str, Secret] = {}
    made.hand_over({}, secrets)
    assert {} == secrets
    assert not made.empty


def test_what_is_given_is_prefilled_and_what_is_typed_stays(kit: Kit) -> None:
    made = editor(kit, BIRTH)
    assert "18850314" == made.value()
    QTest.keyClick(made.input, Qt.Key.Key_Backspace)
    QTest.keyClicks(made.input, "5")
    made.draw(BIRTH)
    assert "18850315" == made.value()


def test_digits_are_taken_as_people_give_them(desk: Desk) -> None:
    page = desk.draw(VIEWS["cloud"])
    phone = page.editors["phone"].input
    assert isinstance(phone, DigitEntry)
    phone.enter("０１０-0000 1885")
    assert "01000001885" == page.given().plain["phone"]


def test_hangul_in_a_digit_field_is_said_at_the_field(desk: Desk) -> None:
    page = desk.draw(VIEWS["cloud"])
    entry = page.editors["phone"].input
    assert isinstance(entry, DigitEntry)
    entry.enter("ㅂ", typed=True)
    assert "한글로 입력되고 있습니다." in words(page)
    QTest.keyClicks(entry, "0")
    assert "한글로 입력되고 있습니다." not in words(page)


def test_caps_lock_is_said_at_a_secret_field(desk: Desk) -> None:
    page = desk.draw(VIEWS["identity"])
    entry = page.editors["account_password"].input
    assert isinstance(entry, SecretEntry)
    entry.caps_lock.emit(True)
    assert "Caps Lock이 켜져 있습니다." in words(page)
    entry.caps_lock.emit(False)
    assert "Caps Lock이 켜져 있습니다." not in words(page)


def test_a_doubt_is_said_and_does_not_block(desk: Desk) -> None:
    page = desk.draw(VIEWS["identity-warned"])
    assert "맞으면 그대로 계속하면 됩니다." in words(page)
    assert desk.frame.footer.primary.isEnabled()


def test_the_pair_of_problem_and_remedy_stands_at_the_field(kit: Kit) -> None:
    made = editor(kit, replace(PASSWORD, problem=Problem("wrong_length", "account_password")))
    assert "글자 수가 맞지 않습니다." in made.input.accessibleDescription()
