"""Fields, summaries, waiting, countdown and the phone say what happens, in words and to a reader."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.button import Button
from desktop.widgets.countdown import Countdown
from desktop.widgets.entry import DigitEntry
from desktop.widgets.error_summary import ErrorSummary
from desktop.widgets.field import FieldBox
from desktop.widgets.gallery_sheets import SHEETS
from desktop.widgets.help_panel import HelpPanel
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.phone_panel import PhonePanel
from desktop.widgets.pictures import SecurityCardPicture
from desktop.widgets.progress import BusyPanel
from desktop.widgets.scroll import PageScroll
from desktop.widgets.theme import Mode, Theme
from tests.conftest import FakeClock


def test_a_field_tells_its_editor_everything_about_itself(theme: Theme, qtbot: QtBot) -> None:
    entry = DigitEntry(theme)
    box = FieldBox(theme, "휴대전화 번호", "숫자만 입력해 주세요.", entry)
    qtbot.addWidget(box)

    box.set_problem("번호가 짧습니다.", "다시 확인해 주세요.")
    box.set_warning("Caps Lock이 켜져 있습니다.")

    assert "휴대전화 번호" == entry.accessibleName()
    said = "번호가 짧습니다. 다시 확인해 주세요. Caps Lock이 켜져 있습니다. 숫자만 입력해 주세요."
    assert said == entry.accessibleDescription()
    box.set_problem(None)
    box.set_warning(None)
    assert "숫자만 입력해 주세요." == entry.accessibleDescription()


def test_an_error_summary_takes_the_focus_and_leads_to_the_field(theme: Theme, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = Column(theme)
    page.setLayout(column)
    summary = ErrorSummary(theme)
    column.addWidget(summary)
    page.show()
    page.activateWindow()

    summary.show("확인해 주세요", [("phone", "번호가 짧습니다."), ("", "잠시 뒤 다시 시도해 주세요.")])

    assert summary is page.focusWidget()
    assert "번호가 짧습니다. 잠시 뒤 다시 시도해 주세요." == summary.accessibleDescription()
    with qtbot.waitSignal(summary.chosen) as chosen:
        QTest.keyClick(summary.findChildren(Button)[0], Qt.Key.Key_Space)
    assert ["phone"] == chosen.args


def test_waiting_can_be_stopped_only_where_it_may(theme: Theme, qtbot: QtBot) -> None:
    busy = BusyPanel(theme)
    qtbot.addWidget(busy)
    busy.show("계좌를 확인하고 있습니다", "보통 3초쯤 걸립니다.")
    cancel = busy.findChildren(Button)[0]
    assert not cancel.isVisible()

    busy.show("전화를 기다리고 있습니다", "", cancellable=True)

    with qtbot.waitSignal(busy.cancelled):
        QTest.keyClick(cancel, Qt.Key.Key_Space)
    assert "전화를 기다리고 있습니다" == busy.accessibleName()


def test_a_countdown_shows_minutes_and_seconds_and_ends_once(theme: Theme, qtbot: QtBot, clock: FakeClock) -> None:
    timer = Countdown(theme, clock)
    qtbot.addWidget(timer)
    ended: list[bool] = []
    timer.expired.connect(lambda: ended.append(True))

    timer.set_until(clock() + 154, "남은 시간 {left}")
    assert "남은 시간 2:34" == timer.text()
    clock.advance(149.5)
    timer.tick()
    assert "남은 시간 0:05" == timer.text()
    clock.advance(5)
    timer.tick()
    timer.tick()

    assert [True] == ended


def test_the_security_card_says_which_digits_are_asked(theme: Theme, qtbot: QtBot) -> None:
    card = SecurityCardPicture(theme)
    qtbot.addWidget(card)

    card.set_positions(8, 35)

    assert "보안카드 8번 앞 두 자리, 35번 뒤 두 자리" == card.accessibleName()


def test_the_phone_sends_the_digits_typed_on_it_once(theme: Theme, qtbot: QtBot) -> None:
    phone = PhonePanel(theme)
    qtbot.addWidget(phone)
    phone.add_event("call", "ars", "1577-5500", "두 자리를 눌러 주세요.", "오후 3:03", "digits", "누르기")
    entry, button = phone.findChildren(DigitEntry)[0], phone.findChildren(Button)[0]
    QTest.keyClicks(entry, "38")

    with qtbot.waitSignal(phone.answered) as answered:
        QTest.keyClick(button, Qt.Key.Key_Space)
    phone.mark_answered("call")

    assert ["call", "38"] == answered.args
    assert [False, False] == [entry.isEnabled(), button.isEnabled()]


def test_the_help_panel_folds_to_a_strip_and_back(theme: Theme, qtbot: QtBot) -> None:
    panel = HelpPanel(theme)
    qtbot.addWidget(panel)
    panel.set_content("도움말", ["첫째", "둘째"], [("centre", "고객센터에 묻기")])
    wide = panel.width()

    with qtbot.waitSignal(panel.folded):
        panel.set_folded(True)

    assert panel.width() < wide / 3
    panel.set_folded(False)
    assert wide == panel.width()


def test_a_page_scrolls_to_whatever_gets_the_focus(theme: Theme, qtbot: QtBot) -> None:
    content = QWidget()
    column = Column(theme)
    content.setLayout(column)
    buttons = [Button(theme, f"{n}") for n in range(30)]
    for button in buttons:
        column.addWidget(button)
    scroll = PageScroll(theme, content)
    qtbot.addWidget(scroll)
    scroll.resize(300, 300)
    scroll.show()
    scroll.activateWindow()
    QApplication.processEvents()

    buttons[29].setFocus()

    qtbot.waitUntil(lambda: scroll.verticalScrollBar().value() > 0)


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_nothing_that_takes_the_focus_is_without_a_name_or_too_small(
    theme: Theme, qtbot: QtBot, name: str, scale: float
) -> None:
    theme.set_scale(scale)
    sheet = SHEETS[name](theme)
    qtbot.addWidget(sheet)
    sheet.resize(theme.px(sheet.property("sheet_width")), theme.px(900))
    sheet.show()
    QApplication.processEvents()
    reached = [w for w in sheet.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus and w.isVisible()]

    assert [] == [type(w).__name__ for w in reached if not w.accessibleName()]
    assert [] == [type(w).__name__ for w in reached if w.height() < theme.px(32) or w.width() < theme.px(32)]
    for timer in sheet.findChildren(Countdown):
        timer.set_until(None)


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_no_text_is_cut_in_any_mode(theme: Theme, qtbot: QtBot, name: str, scale: float) -> None:
    theme.set_scale(scale)
    theme.set_mode(Mode.CONTRAST)
    sheet = SHEETS[name](theme)
    qtbot.addWidget(sheet)
    sheet.resize(theme.px(sheet.property("sheet_width")), theme.px(1000))
    sheet.show()
    QApplication.processEvents()
    shown = [w for w in sheet.findChildren(QWidget) if isinstance(w, Label | QPushButton) and w.isVisible()]

    short = [w.accessibleName() for w in shown if w.hasHeightForWidth() and w.height() < w.heightForWidth(w.width())]

    assert [] == short
    for timer in sheet.findChildren(Countdown):
        timer.set_until(None)
