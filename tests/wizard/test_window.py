"""The frame around every page: its buttons follow from the View, its keys work, and nothing typed is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.services.api import Channel, PhoneEvent
from desktop.text import Text
from desktop.widgets.label import Label
from desktop.widgets.notice import NoticeKind
from desktop.widgets.roomy import LEAST
from desktop.widgets.theme import Mode
from desktop.wizard.flow.view import End, Problem
from desktop.wizard.home import Home, News
from desktop.wizard.leave import LeaveQuestion
from desktop.wizard.paper import Paper
from desktop.wizard.reading import stops
from desktop.wizard.window import Window
from tests.wizard.conftest import Desk
from tests.wizard.views import ACCOUNT, PASSWORD, RRN, VIEWS, faulty, view

CTRL = Qt.KeyboardModifier.ControlModifier


def words(widget: QWidget) -> str:
    """All that can be read on a widget, once it is laid out."""
    QApplication.processEvents()
    seen = [part for part in widget.findChildren(Label) if part.isVisible()]
    return " ".join(part.plain_text() for part in seen)


def pressable(widget: QWidget) -> list[str]:
    """What the buttons of a widget say."""
    QApplication.processEvents()
    return [button.text() for button in widget.findChildren(QAbstractButton) if button.isVisible()]


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget.focusWidget() or widget, key, modifier)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_drawn_with_its_title_and_buttons(desk: Desk, name: str, language: str) -> None:
    desk.speak(language)
    shown = VIEWS[name]
    page = desk.draw(shown)
    assert desk.kit.text(f"step.{shown.step}.title") == page.title
    assert shown.can_back != desk.frame.footer.back.isHidden()
    restart = any(action.id == "restart" for action in shown.actions)
    assert (shown.can_next or restart) == desk.frame.footer.primary.isEnabled()
    assert (shown.busy is None) == desk.frame.busy.isHidden()


@pytest.mark.parametrize("name", VIEWS)
def test_everything_that_takes_the_focus_has_a_name(desk: Desk, name: str) -> None:
    desk.draw(VIEWS[name])
    unnamed = [w for w in stops(desk.window) if not w.accessibleName() and not getattr(w, "text", str)()]
    assert [] == unnamed


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("size", [(1080, 720), (880, 640)])
def test_no_page_is_wider_than_the_window(desk: Desk, size: tuple[int, int], scale: float) -> None:
    desk.kit.theme.set_scale(scale)
    desk.window.resize(*size)
    for shown in VIEWS.values():
        page = desk.draw(shown)
        QApplication.sendPostedEvents()
        assert size[0] >= page.mapTo(desk.window, page.rect().topRight()).x()
        assert size == (desk.window.width(), desk.window.height())


class Apart(QObject):
    """Notes every widget that is shown as a window of its own."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._window = window

    def eventFilter(self, thing: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(thing, QWidget) and thing.isWindow():
            self.seen += [] if thing is self._window else [f"{type(thing).__name__} {thing.accessibleName()}"]
        return False


def test_no_part_of_a_page_flashes_up_as_a_window_of_its_own(desk: Desk, qapp: QApplication) -> None:
    """It would flicker, and take the focus from the window and the words from a screen reader."""
    watch = Apart(desk.window)
    qapp.installEventFilter(watch)
    try:
        for shown in VIEWS.values():
            desk.draw(shown)
        desk.speak("en")
        desk.window.show_home(News("cancelled", NoticeKind.INFO, {"task": "발급"}))
    finally:
        qapp.removeEventFilter(watch)
    assert [] == watch.seen


def test_the_focus_starts_in_the_first_empty_field(desk: Desk) -> None:
    page = desk.draw(view("identity", replace(RRN, mask="850314-*******"), ACCOUNT, PASSWORD))
    assert page.editors["account"].input is desk.window.focusWidget()


def test_errors_take_the_focus_and_lead_to_the_field(desk: Desk) -> None:
    desk.draw(VIEWS["identity"])
    page = desk.draw(VIEWS["identity-faulty"])
    summary = desk.window.focusWidget()
    assert summary is not None
    assert "달력에 없는" in summary.accessibleDescription()
    link = next(button for button in summary.findChildren(QAbstractButton))
    link.click()
    assert page.editors["rrn"].input is desk.window.focusWidget()


def test_an_error_elsewhere_does_not_take_the_focus_back(desk: Desk) -> None:
    page = desk.draw(VIEWS["identity-faulty"])
    page.focus_field("account")
    desk.draw(VIEWS["identity-faulty"])
    assert page.editors["account"].input is desk.window.focusWidget()


def test_a_page_without_fields_begins_at_its_primary_action(desk: Desk) -> None:
    desk.draw(VIEWS["guidance"])
    assert desk.frame.footer.primary is desk.window.focusWidget()


def test_enter_hands_over_what_is_typed(desk: Desk) -> None:
    desk.draw(VIEWS["identity"])
    QTest.keyClicks(desk.window.focusWidget(), "8503149111640")
    press(desk.window, Qt.Key.Key_Return)
    assert ["next"] == desk.asked.moves
    assert "8503149111640" == desk.asked.given[0].secrets["rrn"].reveal()


def test_enter_on_another_button_presses_that_one(desk: Desk) -> None:
    desk.draw(VIEWS["identity"])
    desk.frame.footer.back.setFocus()
    press(desk.window, Qt.Key.Key_Return)
    assert ["back"] == desk.asked.moves


def test_while_a_call_is_under_way_nothing_is_asked_twice(desk: Desk) -> None:
    desk.draw(VIEWS["identity-busy"])
    press(desk.window, Qt.Key.Key_Return)
    QTest.mouseClick(desk.frame.footer.primary, Qt.MouseButton.LeftButton)
    assert [] == desk.asked.moves


def test_escape_cancels_the_call_under_way(desk: Desk) -> None:
    desk.draw(VIEWS["identity-busy"])
    press(desk.window, Qt.Key.Key_Escape)
    assert ["cancel_call"] == desk.asked.moves


def test_what_is_typed_survives_a_call_that_failed_elsewhere(desk: Desk) -> None:
    page = desk.draw(VIEWS["cloud"])
    page.focus_field("phone")
    QTest.keyClicks(desk.window.focusWidget(), "01000001885")
    desk.draw(replace(VIEWS["cloud"], problem=Problem("unreachable")))
    assert "01000001885" == page.editors["phone"].value()


def test_alt_left_goes_back(desk: Desk) -> None:
    desk.draw(VIEWS["identity"])
    press(desk.window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert ["back"] == desk.asked.moves


def test_a_finished_step_in_the_rail_leads_back_to_it(desk: Desk) -> None:
    desk.draw(VIEWS["identity"])
    QTest.mouseClick(desk.frame.rail.steps()[1], Qt.MouseButton.LeftButton)
    QTest.mouseClick(desk.frame.rail.steps()[5], Qt.MouseButton.LeftButton)
    assert ["go_to guidance"] == desk.asked.moves


def test_a_journey_that_is_over_offers_to_begin_again(desk: Desk) -> None:
    desk.draw(VIEWS["identity-over"])
    desk.frame.press_primary()
    assert ["restart"] == desk.asked.moves


def test_tab_goes_through_the_page_in_reading_order(desk: Desk) -> None:
    page = desk.draw(VIEWS["identity"])
    seen = []
    for _ in range(3):
        seen.append(desk.window.focusWidget())
        press(desk.window, Qt.Key.Key_Tab)
    assert [page.editors[name].input for name in ("rrn", "account", "account_password")] == seen
    assert desk.frame.footer.back is desk.window.focusWidget()
    press(desk.window, Qt.Key.Key_Backtab)
    assert seen[-1] is desk.window.focusWidget()


# ── Language, size, brightness ────────────────────────────────────────────────────────────────────────────────


def test_another_language_changes_every_word_and_nothing_typed(desk: Desk) -> None:
    page = desk.draw(VIEWS["identity"])
    QTest.keyClicks(desk.window.focusWidget(), "850314")
    focused = desk.window.focusWidget()
    desk.speak("en")
    assert "We check that it is you" == page.title
    assert isinstance(focused, QLineEdit)
    assert "850314" in focused.text()
    assert focused is desk.window.focusWidget()
    assert "본인" not in words(page)


def test_another_language_keeps_what_is_agreed_and_chosen(desk: Desk) -> None:
    page = desk.draw(VIEWS["terms"])
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Space)
    desk.speak("en")
    assert "service privacy" == page.editors["terms"].value()


def test_control_l_asks_for_the_other_language(desk: Desk, qtbot: QtBot) -> None:
    desk.draw(VIEWS["identity"])
    with qtbot.waitSignal(desk.window.language_changed) as asked:
        press(desk.window, Qt.Key.Key_L, CTRL)
    assert ["en"] == asked.args


def test_text_grows_and_shrinks_in_steps(desk: Desk) -> None:
    desk.draw(VIEWS["identity"])
    sizes = []
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_0):
        press(desk.window, key, CTRL)
        sizes.append(desk.kit.theme.scale)
    assert [1.25, 1.5, 1.25, 1.0] == sizes


def test_the_rail_becomes_a_line_where_there_is_no_room(desk: Desk) -> None:
    desk.draw(VIEWS["identity"])
    assert desk.frame.rail.isVisible()
    desk.kit.theme.set_scale(2.0)
    assert not desk.frame.rail.isVisible()
    assert "4/10 단계 · 본인 확인" in words(desk.frame)


def test_brightness_goes_round(desk: Desk) -> None:
    seen = []
    for _ in Mode:
        desk.window.header.mode.click()
        seen.append(desk.kit.theme.mode)
    assert [Mode.DARK, Mode.CONTRAST, Mode.LIGHT] == seen


def test_in_a_narrow_window_the_controls_are_one_menu(desk: Desk) -> None:
    desk.draw(VIEWS["identity"])
    desk.kit.theme.set_scale(2.0)
    desk.window.resize(1080, 720)
    desk.window.header.fold(narrow=True)
    assert desk.window.header.menu_button.isVisible()
    menu = desk.window.header.make_menu()
    next(entry for entry in menu.actions() if entry.text() == "125%").trigger()
    assert 1.25 == desk.kit.theme.scale
    next(entry for entry in menu.actions() if entry.text() == "고대비").trigger()
    assert Mode.CONTRAST == desk.kit.theme.mode


# ── Help and the practice phone ───────────────────────────────────────────────────────────────────────────────


def test_f1_brings_help_for_this_step_and_takes_it_away(desk: Desk) -> None:
    desk.draw(VIEWS["identity"])
    press(desk.window, Qt.Key.Key_F1)
    assert desk.kit.text.items("step.identity.help")[0] in words(desk.frame.side)
    press(desk.window, Qt.Key.Key_F1)
    assert desk.frame.side.folded


def test_where_help_lies_over_the_page_escape_closes_it(desk: Desk) -> None:
    desk.window.resize(880, 640)
    desk.draw(VIEWS["identity"])
    assert not desk.frame.side.isVisible()
    press(desk.window, Qt.Key.Key_F1)
    assert desk.frame.side.isVisible()
    press(desk.window, Qt.Key.Key_Escape)
    assert not desk.frame.side.isVisible()
    assert [] == desk.asked.moves


def test_help_over_the_page_has_the_focus_and_goes_when_tab_leaves_it_for_the_page(desk: Desk) -> None:
    desk.window.resize(880, 640)
    page = desk.draw(VIEWS["identity"])
    press(desk.window, Qt.Key.Key_F1)
    side = desk.frame.side
    assert side.isAncestorOf(desk.window.focusWidget())
    while not page.isAncestorOf(desk.window.focusWidget()):
        assert side.isVisible()
        press(desk.window, Qt.Key.Key_Tab)
    assert side.isHidden()


def test_an_entry_of_the_menu_is_as_high_as_a_button(desk: Desk) -> None:
    for scale in (1.0, 2.0):
        desk.kit.theme.set_scale(scale)
        menu = desk.window.header.make_menu()
        entries = [entry for entry in menu.actions() if not entry.isSeparator()]
        assert {desk.kit.theme.px(LEAST)} == {menu.actionGeometry(entry).height() for entry in entries}


def test_a_question_in_the_help_opens_its_answer_and_leads_back(desk: Desk) -> None:
    desk.draw(VIEWS["cloud-code"])
    press(desk.window, Qt.Key.Key_F1)
    faq = next(faq for faq in desk.kit.bank.faq if "cloud" in faq.steps)
    desk.frame.side.help.chosen.emit(faq.id)
    assert faq.answer["ko"] in words(desk.frame.side)
    desk.frame.side.help.chosen.emit("")
    assert faq.answer["ko"] not in words(desk.frame.side)


def test_practice_shows_what_the_made_up_person_would_enter(desk: Desk) -> None:
    desk.draw(VIEWS["identity"])
    assert "850314-9111640" in words(desk.frame.side)


DATA = {"bank": "epost", "code": "470612", "minutes": "3"}


def message(number: int, expects: str = "type", *, answered: bool = False) -> PhoneEvent:
    return PhoneEvent(number, Channel.SMS, "010-0000-****", "epost", "sms", DATA, "1", expects, 0.0, answered)


def test_a_message_on_the_practice_phone_is_shown_at_once(desk: Desk) -> None:
    desk.draw(VIEWS["phone-sms"])
    desk.frame.show_event(message(7))
    assert "인증번호 [470612]" in words(desk.frame.side)
    assert not desk.frame.message.isVisible()


def test_the_practice_phone_speaks_the_language_of_the_person(desk: Desk) -> None:
    desk.draw(VIEWS["phone-sms"])
    desk.frame.show_event(message(7))
    desk.speak("en")
    assert "Practice Korea Post" in words(desk.frame.side)
    assert "Korea Post code [470612]" in words(desk.frame.side)
    assert "인증번호" not in words(desk.frame.side)


@pytest.mark.parametrize(("width", "height", "scale"), [(880, 640, 1.0), (1080, 720, 2.0)])
def test_where_the_phone_has_no_room_its_message_covers_no_field(
    desk: Desk, qtbot: QtBot, width: int, height: int, scale: float
) -> None:
    desk.kit.theme.set_scale(scale)
    desk.window.resize(width, height)
    desk.draw(VIEWS["phone-sms"])
    desk.frame.show_event(message(7))
    QApplication.processEvents()
    assert "인증번호 [470612]" in words(desk.frame.message)
    assert not desk.frame.side.isVisible()
    field = desk.window.focusWidget()
    qtbot.waitUntil(lambda: field.rect() == field.visibleRegion().boundingRect())


def test_a_reply_is_given_on_the_phone_that_the_message_opens(desk: Desk) -> None:
    desk.window.resize(880, 640)
    desk.draw(VIEWS["cloud-code"])
    desk.frame.show_event(message(7, "reply"))
    desk.frame.message.open.click()
    assert desk.frame.side.isVisible()
    assert "답장 보내기" in pressable(desk.frame.side)


def test_what_lies_over_a_question_goes_when_the_person_types(desk: Desk) -> None:
    desk.window.resize(880, 640)
    page = desk.draw(VIEWS["phone-sms"])
    desk.frame.show_event(message(7))
    desk.frame.message.open.click()
    page.focus_first()
    QTest.keyClicks(desk.window.focusWidget(), "4")
    assert not desk.frame.side.isVisible()


def test_what_lies_over_a_question_does_not_cover_the_next_one(desk: Desk) -> None:
    desk.window.resize(880, 640)
    desk.draw(VIEWS["phone-sms"])
    desk.frame.show_event(message(7))
    desk.frame.message.open.click()
    desk.draw(VIEWS["pin"])
    assert not desk.frame.side.isVisible()
    assert not desk.frame.message.isVisible()


def test_nobody_is_asked_for_a_reply_that_is_no_longer_awaited(desk: Desk) -> None:
    desk.draw(VIEWS["cloud-code"])
    desk.frame.show_event(message(7, "reply"))
    desk.draw(VIEWS["pin"])
    assert "답장 보내기" not in pressable(desk.frame.side)
    assert "인증번호 [470612]" in words(desk.frame.side)


def test_a_reply_typed_on_the_phone_goes_out_once_and_not_through_the_page(desk: Desk, qtbot: QtBot) -> None:
    desk.draw(VIEWS["cloud-code"])
    desk.frame.show_event(message(8, "reply"))
    entry = next(e for e in desk.frame.side.phone.findChildren(QLineEdit) if e.isEnabled())
    QTest.keyClicks(entry, "47")
    entry.setFocus()
    with qtbot.waitSignal(desk.frame.phone_answered) as answered:
        QTest.keyClick(entry, Qt.Key.Key_Return)
    assert [8, "47"] == answered.args
    assert [] == desk.asked.moves
    desk.frame.side.close_event(8, accepted=False, note="다시 답장해 주세요.")
    assert "다시 답장해 주세요." in words(desk.frame.side)
    assert entry.isEnabled()
    desk.frame.side.close_event(8, accepted=True, note="")
    assert not entry.isEnabled()


# ── The way out ───────────────────────────────────────────────────────────────────────────────────────────────


def question(window: Window) -> QWidget:
    return next(child for child in window.findChildren(QWidget) if child.objectName() == "leave")


def test_leaving_is_asked_about_once(desk: Desk) -> None:
    desk.draw(VIEWS["identity"])
    press(desk.window, Qt.Key.Key_Escape)
    desk.window.ask_leave()
    assert 1 == len([w for w in desk.window.findChildren(QWidget) if w.objectName() == "leave"])
    QTest.keyClick(question(desk.window), Qt.Key.Key_Return)
    assert [] == desk.asked.moves


def test_who_wants_to_leave_leaves(desk: Desk) -> None:
    desk.draw(VIEWS["identity"])
    desk.window.ask_leave()
    next(b for b in question(desk.window).findChildren(QAbstractButton) if b.text() == "그만두기").click()
    assert ["leave"] == desk.asked.moves


def test_closing_the_window_in_the_middle_asks_first(desk: Desk, qtbot: QtBot) -> None:
    desk.draw(VIEWS["identity"])
    desk.window.close()
    assert desk.window.isVisible()
    with qtbot.waitSignal(desk.window.closing):
        next(b for b in question(desk.window).findChildren(QAbstractButton) if b.text() == "그만두기").click()


def test_closing_the_window_on_the_first_page_asks_nothing(window: Window, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.closing):
        window.close()
    assert window.isVisible()
    window.close_now()
    assert not window.isVisible()


def test_the_end_of_a_journey_wipes_its_pages_and_tells_the_news(desk: Desk) -> None:
    page = desk.draw(VIEWS["identity"])
    QTest.keyClicks(desk.window.focusWidget(), "8503149111640")
    entry = page.editors["rrn"]
    desk.draw(replace(VIEWS["identity"], end=End.CANCELLED))
    desk.window.show_home(News("cancelled", NoticeKind.INFO, {"task": "발급"}))
    assert entry.empty
    assert desk.window.home.isVisible()
    assert "그만두었습니다" in words(desk.window.home)


# ── The first page ────────────────────────────────────────────────────────────────────────────────────────────


def test_enter_twice_starts_what_is_chosen_first_at_the_bank_that_is_chosen_first(window: Window, qtbot: QtBot) -> None:
    window.home.focus_first()
    window.home.set_ready(True)
    press(window, Qt.Key.Key_Return)
    with qtbot.waitSignal(window.home.chosen) as chosen:
        press(window, Qt.Key.Key_Return)
    assert [window.home.room.offers[0]] == chosen.args


def test_a_start_pressed_too_early_is_done_as_soon_as_it_can_be(home: Home, qtbot: QtBot) -> None:
    home.press_primary()
    home.press_primary()
    with qtbot.waitSignal(home.chosen):
        home.set_ready(True)
    home.deleteLater()


def test_an_interrupted_journey_is_offered_first(window: Window, qtbot: QtBot) -> None:
    window.home.offer_resume(window.home.room.offers[0])
    window.home.focus_first()
    assert "끝내지 못한 일이 있습니다" in words(window.home)
    with qtbot.waitSignal(window.home.resumed):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)


def test_the_first_page_speaks_both_languages(window: Window) -> None:
    window.set_text(Text("en"))
    assert "Practice mode" in words(window.home)
    assert "연습" not in words(window.home)


# ── The receipt ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_receipt_is_saved_where_the_person_says(desk: Desk, tmp_path: Path) -> None:
    page = desk.draw(VIEWS["done"])
    next(b for b in page.findChildren(QAbstractButton) if b.text() == "영수증 저장").click()
    chooser = desk.window.findChild(QFileDialog)
    assert chooser is not None
    chooser.fileSelected.emit(str(tmp_path / "receipt.txt"))
    chooser.close()
    assert "인증서 발급 영수증" in (tmp_path / "receipt.txt").read_text(encoding="utf-8")
    assert "영수증을 저장했습니다." in words(page)


def test_a_receipt_that_cannot_be_saved_is_said(desk: Desk, tmp_path: Path) -> None:
    page = desk.draw(VIEWS["done"])
    desk.window.save(tmp_path / "missing" / "receipt.txt", Paper("receipt", "", "", ()))
    assert "저장하지 못했습니다" in words(page)


def test_a_field_at_fault_tells_the_same_sentence_as_the_summary(desk: Desk) -> None:
    page = desk.draw(view("identity", faulty(RRN, "rrn_length"), ACCOUNT, PASSWORD))
    assert 2 == words(page).count("13자리가 아닙니다") + sum(
        "13자리가 아닙니다" in button.text() for button in page.findChildren(QAbstractButton)
    )


def test_who_leaves_after_the_result_is_asked_nothing(desk: Desk) -> None:
    desk.draw(VIEWS["done"])
    desk.window.ask_leave()
    assert ["leave"] == desk.asked.moves


def test_who_leaves_in_doubt_is_told_that_the_outcome_can_be_found_out(desk: Desk) -> None:
    desk.draw(VIEWS["review-unknown"])
    desk.window.ask_leave()
    question = desk.window.findChild(LeaveQuestion)
    assert question is not None
    assert "되었는지 아직 모릅니다" in words(question)
    question.reject()
