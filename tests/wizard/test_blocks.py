"""Tables and disclosures, wide and narrow."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.button import Button
from desktop.widgets.label import Label
from desktop.widgets.theme import Theme
from desktop.wizard.blocks import Table


def settle() -> None:
    for _ in range(5):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


@pytest.fixture
def holder(qtbot: QtBot) -> QWidget:
    holder = QWidget()
    qtbot.addWidget(holder)
    return holder


@pytest.fixture
def table(theme: Theme, holder: QWidget) -> Table:
    table = Table(theme)
    table.add("인증번호를 받을 방법", "문자로 받기")
    table.add("인증서 비밀번호", "••••••", change="바꾸기", change_to="pin")
    table.add("이름", "김*체")
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(table)
    column.addStretch(1)
    holder.resize(560, 600)
    holder.show()
    settle()
    return table


def spots(table: Table) -> dict[str, QPoint]:
    parts: list[Label | Button] = [*table.findChildren(Label), *table.findChildren(Button)]
    return {part.plain_text(): part.pos() for part in parts}


def test_where_there_is_room_values_stand_in_a_column_beside_the_names(table: Table) -> None:
    at = spots(table)
    assert at["문자로 받기"].x() == at["••••••"].x() == at["김*체"].x() > at["이름"].x()
    assert at["••••••"].x() < at["바꾸기"].x()


def test_where_there_is_none_each_value_stands_under_its_name_and_the_button_beside_the_name(table: Table) -> None:
    table.window().resize(220, 600)
    settle()
    at = spots(table)
    assert at["이름"].x() == at["김*체"].x()
    assert at["이름"].y() < at["김*체"].y()
    assert at["인증서 비밀번호"].x() < at["바꾸기"].x()
    assert at["바꾸기"].y() < at["••••••"].y()


def test_where_there_is_hardly_any_the_button_stands_under_both(table: Table) -> None:
    table.window().resize(120, 600)
    settle()
    at = spots(table)
    assert at["••••••"].y() < at["바꾸기"].y()
    table.window().resize(560, 600)
    settle()
    assert spots(table)["이름"].x() < spots(table)["김*체"].x()
