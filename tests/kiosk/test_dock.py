"""Which keypad a field brings, and what its keys put into the field."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.kiosk.layouts import Pad
from desktop.widgets.code_cells import CodeCells
from desktop.widgets.entry import DigitEntry, TextEntry
from desktop.widgets.secret_entry import SecretEntry
from desktop.wizard.flow.view import Entry, FieldView
from tests.kiosk.conftest import Stand
from tests.wizard.views import VIEWS, view

PASSWORD = FieldView("password", Entry.PASSWORD, secret=True, max_length=56)


def press(stand: Stand, *marks: str) -> None:
    for mark in marks:
        stand.window.dock.keypad.key(mark).click()
        QApplication.processEvents()


def test_digits_fill_a_number_and_the_next_field_follows_by_itself(stand: Stand) -> None:
    page = stand.draw(VIEWS["identity"])
    rrn = page.editors["rrn"].input
    assert isinstance(rrn, SecretEntry)
    assert Pad.DIGITS is stand.window.dock.keypad.pad
    press(stand, *"8503149111640")
    assert 13 == rrn.length()
    assert page.editors["account"].input.hasFocus()
    press(stand, "1", "2", "back")
    account = page.editors["account"].input
    assert isinstance(account, SecretEntry)
    assert "1" == account.text()
    press(stand, "clear")
    assert 0 == account.length()


def test_the_digits_of_a_pin_stand_in_another_order_and_show_no_press(stand: Stand) -> None:
    page = stand.draw(VIEWS["pin"])
    keypad = stand.window.dock.keypad
    assert Pad.SHUFFLED is keypad.pad
    assert "0987654321" == "".join(key.mark for key in keypad.keys if key.mark.isdigit())
    assert all(key.quiet for key in keypad.keys)
    press(stand, *"470382470382")
    first, again = (page.editors[name].input for name in ("pin", "pin_again"))
    assert isinstance(first, CodeCells)
    assert isinstance(again, CodeCells)
    assert (6, 6) == (first.length(), again.length())
    assert first.judged(lambda a: again.judged(lambda b: a == b))
    assert "Next" not in {key.accessibleName() for key in keypad.keys}


def test_a_name_is_written_in_hangul_or_latin(stand: Stand) -> None:
    page = stand.draw(VIEWS["cloud"])
    name = page.editors["name"].input
    assert isinstance(name, TextEntry)
    assert Pad.HANGUL is stand.window.dock.keypad.pad
    press(stand, *"ㄱㅣㅁㅇㅜㅊㅔ")
    assert "김우체" == name.text()
    press(stand, "back", "back")
    assert "김우" == name.text()
    press(stand, "to_latin", "shift", "K", "i", "space", "m")
    assert "김우Ki m" == name.text()
    press(stand, "to_hangul", "shift", "ㄲ", "ㅗ")
    assert "김우Ki m꼬" == name.text()
    name.setText("다른")
    press(stand, "back")
    assert "다" == name.text()
    press(stand, "next", *"01000001885")
    phone = page.editors["phone"].input
    assert isinstance(phone, DigitEntry)
    assert "01000001885" == phone.value()


def test_a_password_takes_letters_marks_and_capitals(stand: Stand) -> None:
    page = stand.draw(view("identity", PASSWORD))
    assert Pad.LATIN is stand.window.dock.keypad.pad
    press(stand, "shift", "S", "a", "to_marks", "+", "to_latin", "6", "1")
    entry = page.editors["password"].input
    assert isinstance(entry, SecretEntry)
    taken = entry.take()
    assert b"Sa+61" == bytes(taken.view())
    taken.wipe()


def test_the_last_next_does_what_the_page_is_for(stand: Stand) -> None:
    stand.draw(VIEWS["phone"])
    assert stand.window.dock.isHidden()
    stand.draw(VIEWS["pin"])
    press(stand, "next", "next")
    assert ["next"] == stand.asked.moves


def test_the_keypad_stays_while_the_page_has_a_field_and_takes_no_focus(stand: Stand) -> None:
    stand.draw(VIEWS["identity"])
    dock = stand.window.dock
    footer = stand.window.frame.footer if stand.window.frame else None
    assert footer is not None
    footer.primary.setFocus()
    assert dock.isVisible()
    press(stand, "8")
    assert dock.target is not None
    assert dock.target.hasFocus()
    stand.draw(VIEWS["review"])
    assert dock.isHidden()


def test_nothing_is_pasted(stand: Stand) -> None:
    page = stand.draw(VIEWS["identity"])
    rrn = page.editors["rrn"].input
    assert isinstance(rrn, SecretEntry)
    QApplication.clipboard().setText("8503149111640")
    rrn._paste()
    QTest.keyClick(rrn, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert 0 == rrn.length()
