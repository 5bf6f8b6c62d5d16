"""A secret never enters the line edit, and leaves the entry only by being moved out."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.secret import Secret
from desktop.widgets.code_cells import CodeCells
from desktop.widgets.secret_entry import SecretEntry
from desktop.widgets.theme import Theme
from tests.widgets.conftest import compose

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def pin(theme: Theme, qtbot: QtBot) -> SecretEntry:
    entry = SecretEntry(theme, (6,))
    qtbot.addWidget(entry)
    return entry


@pytest.fixture
def cells(theme: Theme, qtbot: QtBot) -> CodeCells:
    entry = CodeCells(theme, 6)
    qtbot.addWidget(entry)
    return entry


def test_the_line_edit_holds_bullets_and_the_secret_holds_the_digits(pin: SecretEntry, qtbot: QtBot) -> None:
    QTest.keyClicks(pin, "382915")

    assert "••••••" == pin.text()
    assert Secret.of("382915") == pin.take()


def test_taking_empties_the_entry(pin: SecretEntry) -> None:
    pin.enter("382915")

    pin.take()

    assert (0, "", Secret()) == (pin.length(), pin.text(), pin.take())


def test_clearing_wipes_the_secret_itself(pin: SecretEntry) -> None:
    pin.enter("382915")
    kept = pin._kept[0]

    pin.clear()

    assert 0 == len(kept)


def test_a_dying_entry_wipes_its_secret(theme: Theme) -> None:
    entry = SecretEntry(theme, (6,))
    entry.enter("382915")
    kept = entry._kept[0]

    shiboken6.delete(entry)

    assert 0 == len(kept)


@pytest.mark.parametrize("readable", [False, True])
def test_nothing_printed_about_it_tells_the_secret(theme: Theme, qtbot: QtBot, readable: bool) -> None:
    entry = SecretEntry(theme, (6,), readable=readable)
    qtbot.addWidget(entry)
    entry.enter("382915")

    assert "382915" not in repr(entry) + str(vars(entry).get("_kept")) + entry.objectName()


def test_assistive_technology_reads_bullets_only(cells: CodeCells) -> None:
    cells.enter("3829")

    interface = QAccessible.queryAccessibleInterface(cells)

    for kind in (QAccessible.Text.Value, QAccessible.Text.Name, QAccessible.Text.Description):
        assert not any(c.isdigit() for c in interface.text(kind))
    assert interface.state().passwordEdit


def test_the_resident_number_shows_the_birth_date_and_hides_the_rest(theme: Theme, qtbot: QtBot) -> None:
    entry = SecretEntry(theme, (6, 7))
    qtbot.addWidget(entry)

    QTest.keyClicks(entry, "711231-9000000")

    assert "711231-•••••••" == entry.text()
    assert Secret.of("7112319000000") == entry.take()


def test_a_readable_secret_is_shown_in_groups(theme: Theme, qtbot: QtBot) -> None:
    entry = SecretEntry(theme, (6, 2, 6), readable=True)
    qtbot.addWidget(entry)

    QTest.keyClicks(entry, "01234502000000")

    assert "012345-02-000000" == entry.text()


def test_the_length_is_strict(pin: SecretEntry, qtbot: QtBot) -> None:
    QTest.keyClicks(pin, "3829157")

    assert 6 == pin.length()


def test_a_digit_in_the_middle_of_a_secret_can_be_replaced(pin: SecretEntry, qtbot: QtBot) -> None:
    pin.enter("380915")
    QTest.keyClick(pin, Qt.Key.Key_Home)
    for _ in range(3):
        QTest.keyClick(pin, Qt.Key.Key_Right)

    QTest.keyClick(pin, Qt.Key.Key_Backspace)
    QTest.keyClicks(pin, "2")

    assert Secret.of("382915") == pin.take()


def test_typing_over_all_replaces_all(pin: SecretEntry, qtbot: QtBot) -> None:
    pin.enter("111111")
    QTest.keyClick(pin, Qt.Key.Key_A, CONTROL)

    QTest.keyClicks(pin, "38")

    assert Secret.of("38") == pin.take()


def test_a_secret_is_pasted_but_never_copied(pin: SecretEntry, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("382 915")
    QTest.keyClick(pin, Qt.Key.Key_V, CONTROL)
    pin.selectAll()
    QTest.keyClick(pin, Qt.Key.Key_C, CONTROL)
    QTest.keyClick(pin, Qt.Key.Key_X, CONTROL)

    assert "382 915" == QGuiApplication.clipboard().text()
    assert Secret.of("382915") == pin.take()


def test_at_a_kiosk_nothing_is_pasted(theme: Theme, qtbot: QtBot) -> None:
    entry = SecretEntry(theme, (6,), paste_allowed=False)
    qtbot.addWidget(entry)
    QGuiApplication.clipboard().setText("382915")

    QTest.keyClick(entry, Qt.Key.Key_V, CONTROL)

    assert 0 == entry.length()


def test_undo_brings_nothing_back(pin: SecretEntry, qtbot: QtBot) -> None:
    pin.enter("382915")
    pin.clear()

    QTest.keyClick(pin, Qt.Key.Key_Z, CONTROL)
    pin.undo()

    assert (0, "") == (pin.length(), pin.text())


def test_hangul_is_refused_and_told(theme: Theme, qtbot: QtBot) -> None:
    entry = SecretEntry(theme, (6, 7))
    qtbot.addWidget(entry)

    with qtbot.waitSignal(entry.refused) as refused:
        compose(entry, preedit="ㅂ")

    assert ["hangul_typed"] == refused.args


def test_text_set_by_assistive_technology_becomes_bullets_at_once(pin: SecretEntry) -> None:
    pin.setText("382915")

    assert "••••••" == pin.text()
    assert Secret.of("382915") == pin.take()


def test_a_held_value_is_shown_as_its_mask_until_something_is_typed(pin: SecretEntry) -> None:
    pin.set_mask("••••••")

    assert ("••••••", 0) == (pin.placeholderText(), pin.length())


def test_full_cells_say_so_once_they_are_filled(cells: CodeCells, qtbot: QtBot) -> None:
    with qtbot.waitSignal(cells.completed):
        QTest.keyClicks(cells, "382915")


def test_a_plain_code_can_be_read_and_a_secret_one_cannot(theme: Theme, cells: CodeCells, qtbot: QtBot) -> None:
    plain = CodeCells(theme, 2, secret=False)
    qtbot.addWidget(plain)
    QTest.keyClicks(plain, "38")

    assert "38" == plain.value()
    with pytest.raises(RuntimeError, match="taken"):
        cells.value()
